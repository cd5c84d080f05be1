// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): what a request under a key that is taken meets.

/** The upload that holds the key. */
interface Holder {
  completedAt: Date | null;
  requestDigest: string | null;
}

export type KeyVerdict = "different-request" | "processing" | "completed";

/** How long after success a key stands for its first answer. */
export const KEY_LIFETIME_MS = 24 * 60 * 60_000;

/** Visible ASCII: what may stand in a header unescaped. */
export const isIdempotencyKey = (key: string): boolean => /^[\x21-\x7e]{1,255}$/.test(key);

/** Judges a request, by the digest of what it asks for, against the holder of its key. */
export function judgeKey(holder: Holder, requestDigest: string): KeyVerdict {
  if (holder.requestDigest !== requestDigest) return "different-request";
  return holder.completedAt ? "completed" : "processing";
}
