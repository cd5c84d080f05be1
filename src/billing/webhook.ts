// Verifies and parses Polar's webhooks. Nothing of a body is used before its signature is verified.
import { webhooks } from "@polar-sh/sdk/2026-10";
import * as z from "zod/mini";
import type { SignatureHeaders } from "./webhook-headers.ts";

export type BillingWebhook =
  | { kind: "subscription"; orgId: string; active: boolean; at: Date }
  /** Signed by Polar, of a type that this service ignores. */
  | { kind: "other" }
  /** Not signed with the secret, or older than Standard Webhooks allows. */
  | { kind: "invalid-signature" };

const customerStateChanged = z.object({
  timestamp: z.coerce.date(),
  data: z.object({ external_id: z.nullish(z.string()), active_subscriptions: z.array(z.unknown()) }),
});

/**
 * Verifies a webhook by its raw body and headers (Standard Webhooks). A time after `now` counts as `now`: a later state
 * wins, so one of next year would otherwise win for a year.
 * @throws {Error} when a signed webhook has not the documented form
 */
export async function verifyBillingWebhook(
  body: string,
  headers: SignatureHeaders,
  secret: string,
  now: Date,
): Promise<BillingWebhook> {
  try {
    const event = await webhooks.validateEvent(body, { ...headers }, secret);
    if (event.type !== "customer.state_changed") return { kind: "other" };
    const { timestamp, data } = customerStateChanged.parse(event);
    if (!data.external_id) return { kind: "other" };
    return {
      kind: "subscription",
      orgId: data.external_id,
      active: data.active_subscriptions.length > 0,
      at: timestamp < now ? timestamp : now,
    };
  } catch (error) {
    if (error instanceof webhooks.PolarWebhookVerificationError) return { kind: "invalid-signature" };
    if (error instanceof webhooks.PolarWebhookUnknownTypeError) return { kind: "other" };
    throw error;
  }
}
