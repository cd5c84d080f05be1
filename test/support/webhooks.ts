// Sends webhooks as Polar does.
import { LOCAL_POLAR_WEBHOOK_SECRET } from "../../dev/identities.ts";
import { signedWebhook } from "../../dev/webhook.ts";
import { type Call, call } from "./call.ts";

interface Options {
  secret?: string;
  sentAt?: number;
  headers?: Record<string, string>;
  env?: Call["env"];
  isolate?: Call["isolate"];
}

/** Sends `payload`, signed with `secret` at `sentAt` (Unix seconds; now when absent). */
export async function sendWebhook(
  payload: unknown,
  { secret = LOCAL_POLAR_WEBHOOK_SECRET, sentAt, headers, env, isolate }: Options = {},
): Promise<Response> {
  const signed = await signedWebhook(payload, { secret, ...(sentAt !== undefined && { sentAt }) });
  return call("/api/webhooks/polar", {
    method: "POST",
    body: signed.body,
    headers: { ...signed.headers, ...headers },
    ...(env && { env }),
    ...(isolate && { isolate }),
  });
}
