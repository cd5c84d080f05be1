// Exponential backoff with jitter for deliveries to Polar.

const FIRST_DELAY_MS = 60_000;
const MAX_DELAY_MS = 6 * 60 * 60_000;

/** A Retry-After in milliseconds, at most six hours, so that no value postpones a delivery indefinitely. */
export const clampRetryAfterMs = (retryAfterSeconds: number): number =>
  Math.min(retryAfterSeconds * 1000, MAX_DELAY_MS);

/**
 * Milliseconds to wait after `failures` failed deliveries: the delay doubles with each failure, and half of it is
 * scaled by `jitter` (0 to 1). Never less than the Retry-After.
 */
export function backoffMs(failures: number, jitter: number, retryAfterSeconds = 0): number {
  const full = Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1), MAX_DELAY_MS);
  return Math.max(full / 2 + (full / 2) * jitter, clampRetryAfterMs(retryAfterSeconds));
}
