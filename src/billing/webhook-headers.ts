// The headers of a webhook (Standard Webhooks), checked before its body is read. Verifies no signature.

/** The headers that the signature is verified with. */
export interface SignatureHeaders {
  "webhook-id": string;
  "webhook-timestamp": string;
  "webhook-signature": string;
}

/** Polar's id is a UUID of 36 characters. */
const MAX_ID_CHARACTERS = 128;
/** Unix time in seconds, for as long as it has ten digits. */
const TIMESTAMP = /^\d{10}$/;
const TOLERANCE_SECONDS = 300;
/**
 * Polar sends one signature (server/polar/webhook/tasks.py). Standard Webhooks allows several while a secret is being
 * rotated, and each costs the SDK one HMAC over the whole body for each form of the secret.
 */
const MAX_SIGNATURES = 4;
/** Four entries, also in the longer form of an asymmetric signature. */
const MAX_SIGNATURE_CHARACTERS = 512;
/** An HMAC-SHA256 in base64. */
const HMAC_SIGNATURE = /^v1,[A-Za-z0-9+/]{43}=$/;

/** The headers, with only the signatures that can be valid, or null when no body could make them valid at `now`. */
export function parseSignatureHeaders(headers: Headers, now: Date): SignatureHeaders | null {
  const id = headers.get("webhook-id") ?? "";
  const timestamp = headers.get("webhook-timestamp") ?? "";
  const signature = headers.get("webhook-signature") ?? "";
  if (id === "" || id.length > MAX_ID_CHARACTERS) return null;
  if (!TIMESTAMP.test(timestamp)) return null;
  if (Math.abs(Number(timestamp) - now.getTime() / 1000) > TOLERANCE_SECONDS) return null;
  if (signature.length > MAX_SIGNATURE_CHARACTERS) return null;
  const entries = signature.split(" ");
  if (entries.length > MAX_SIGNATURES) return null;
  const signatures = entries.filter((entry) => HMAC_SIGNATURE.test(entry));
  if (signatures.length === 0) return null;
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}
