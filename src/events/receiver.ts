// Sends one event to the receiver as a Standard Webhooks message (https://www.standardwebhooks.com). Reads no response
// body and follows no redirect. Its results name neither the address nor the secret.
import { Webhook } from "standardwebhooks";
import { parseRetryAfter } from "../http/retry-after.ts";
import type { EventReceiver } from "../platform/env.ts";
import type { ClaimedEvent } from "./outbox.ts";
import type { ChangeEvent } from "./schema.ts";

const TIMEOUT_MS = 15_000;
/** How long nothing is sent after 410: Standard Webhooks asks to stop, and a setting cannot unset itself. */
const GONE_PAUSE_SECONDS = 60 * 60;

export type SendResult =
  | { kind: "accepted" }
  /** The receiver answered, perhaps about this event alone. */
  | { kind: "refused"; cause: string }
  /**
   * The receiver did not answer, or a gateway in its place, or it asked for patience: other events would fare alike.
   * `pauseSeconds` when it asked not to be called for that time.
   */
  | { kind: "unavailable"; cause: string; pauseSeconds?: number | undefined };

/** Without 500, which the handler of one event answers as well. */
const UNAVAILABLE_STATUSES = [408, 410, 429, 502, 503, 504];
/** Cloudflare's own, from 520 to 530, of an origin that it cannot reach. */
const FIRST_CLOUDFLARE_STATUS = 520;

/** Sends `event`. Never throws. */
export async function sendEvent({ url, secret }: EventReceiver, event: ClaimedEvent): Promise<SendResult> {
  const body = JSON.stringify(toMessage(event));
  const sentAt = new Date();
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "resonance-audio-edge",
        "webhook-id": event.id,
        "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1000)),
        "webhook-signature": new Webhook(secret).sign(event.id, sentAt, body),
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok ? { kind: "accepted" } : failureOf(response);
  } catch (error) {
    // The message of an error can name the address, which may hold a token.
    return {
      kind: "unavailable",
      cause: String(error).replaceAll(url, "EVENTS_URL").replaceAll(new URL(url).href, "EVENTS_URL"),
    };
  }
}

function failureOf({ status, headers }: Response): SendResult {
  const cause = `the receiver responded with ${status}`;
  const isUnavailable = UNAVAILABLE_STATUSES.includes(status) || status >= FIRST_CLOUDFLARE_STATUS;
  if (!isUnavailable) return { kind: "refused", cause };
  if (status === 410) return { kind: "unavailable", cause, pauseSeconds: GONE_PAUSE_SECONDS };
  const mayPause = status === 429 || status === 503;
  const pauseSeconds = mayPause ? parseRetryAfter(headers.get("Retry-After"), new Date()) : undefined;
  return { kind: "unavailable", cause, pauseSeconds };
}

/** The outbox has times in milliseconds. */
function toMessage({ type, sequence, occurredAt, data }: ClaimedEvent): ChangeEvent {
  const { createdAt, updatedAt, ...columns } = JSON.parse(data);
  return {
    type,
    timestamp: occurredAt.toISOString(),
    sequence,
    data: {
      ...columns,
      createdAt: new Date(createdAt).toISOString(),
      updatedAt: new Date(updatedAt).toISOString(),
    },
  };
}
