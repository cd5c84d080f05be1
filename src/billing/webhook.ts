// What Polar tells by webhook: verified with the account's signing secret before a word of it is believed.
import { webhooks } from "@polar-sh/sdk/2026-10";
import * as z from "zod";

export type BillingNotice =
  | { kind: "subscription"; orgId: string; active: boolean; at: Date }
  /** Polar's, but nothing that this service acts on. */
  | { kind: "other" }
  /** Not signed with the secret, or too old to be anything but a replay. */
  | { kind: "forged" };

const stateChanged = z.object({
  timestamp: z.coerce.date(),
  data: z.object({ external_id: z.string().nullish(), active_subscriptions: z.array(z.unknown()) }),
});

/**
 * Reads a webhook by its raw body and headers.
 * @throws {Error} when a signed notice has not the documented shape
 */
export async function readBillingNotice(
  body: string,
  headers: Headers,
  secret: string,
): Promise<BillingNotice> {
  try {
    const signed = Object.fromEntries(
      ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [name, headers.get(name) ?? ""]),
    );
    const notice = await webhooks.validateEvent(body, signed, secret);
    if (notice.type !== "customer.state_changed") return { kind: "other" };
    const { timestamp, data } = stateChanged.parse(notice);
    if (!data.external_id) return { kind: "other" };
    return {
      kind: "subscription",
      orgId: data.external_id,
      active: data.active_subscriptions.length > 0,
      at: timestamp,
    };
  } catch (error) {
    if (error instanceof webhooks.PolarWebhookVerificationError) return { kind: "forged" };
    if (error instanceof webhooks.PolarWebhookUnknownTypeError) return { kind: "other" };
    throw error;
  }
}
