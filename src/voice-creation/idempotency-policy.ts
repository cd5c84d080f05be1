// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): what a request under a key that is taken meets.

/** The upload that holds the key. */
interface Holder {
  createdAt: Date;
  completedAt: Date | null;
  requestDigest: string | null;
}

export type KeyVerdict =
  /** The same request: its first answer is replayed. */
  | "completed"
  | "processing"
  | "different-request"
  /** The key may be taken: its day is over, */
  | "expired"
  /** or its request has not ended for so long that it most likely never will. */
  | "abandoned";

/** How long after success a key stands for its first answer. */
export const KEY_LIFETIME_MS = 24 * 60 * 60_000;
/** Longer than 20 MiB take on a slow line; a slower one finds its voice taken back. */
const ABANDONED_AFTER_MS = 10 * 60_000;

/** Visible ASCII: what may stand in a header unescaped. */
export const isIdempotencyKey = (key: string): boolean => /^[\x21-\x7e]{1,255}$/.test(key);

/** Judges a request, by the digest of what it asks for, against the holder of its key. */
export function judgeKey(
  { createdAt, completedAt, requestDigest }: Holder,
  digest: string,
  now: Date,
): KeyVerdict {
  const isOlderThan = (age: number, time: Date) => now.getTime() - time.getTime() > age;
  if (completedAt && isOlderThan(KEY_LIFETIME_MS, completedAt)) return "expired";
  if (!completedAt && isOlderThan(ABANDONED_AFTER_MS, createdAt)) return "abandoned";
  if (requestDigest !== digest) return "different-request";
  return completedAt ? "completed" : "processing";
}
