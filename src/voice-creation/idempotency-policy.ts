// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): what applies to a request whose key is already known.

/** The upload that holds the key. */
interface KeyHolder {
  createdAt: Date;
  completedAt: Date | null;
  requestSha256: string | null;
}

export type IdempotencyCheck =
  /** The same request, completed: its response is replayed. */
  | "completed"
  | "in-progress"
  | "different-request"
  /** The key is free: its lifetime is over. */
  | "expired"
  /** The key is free after a rollback: its request has been running for too long to still complete. */
  | "abandoned";

/** How long a key replays its response after success. */
export const KEY_LIFETIME_MS = 24 * 60 * 60_000;
/** Longer than an upload of 20 MiB takes on a slow line. A slower one is rolled back. */
const ABANDONED_AFTER_MS = 10 * 60_000;

/** 1 to 255 visible ASCII characters. */
export const isIdempotencyKey = (key: string): boolean => /^[\x21-\x7e]{1,255}$/.test(key);

/** Compares a request, by the SHA-256 of its parameters, with the upload that holds its key. */
export function checkIdempotencyKey(
  { createdAt, completedAt, requestSha256 }: KeyHolder,
  sha256: string,
  now: Date,
): IdempotencyCheck {
  const isOlderThan = (ageMs: number, time: Date) => now.getTime() - time.getTime() > ageMs;
  if (completedAt && isOlderThan(KEY_LIFETIME_MS, completedAt)) return "expired";
  if (!completedAt && isOlderThan(ABANDONED_AFTER_MS, createdAt)) return "abandoned";
  if (requestSha256 !== sha256) return "different-request";
  return completedAt ? "completed" : "in-progress";
}
