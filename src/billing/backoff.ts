// When to try again: twice as late after each failure, with jitter, so that many do not come back at once.

const FIRST_DELAY_MS = 60_000;
const MAX_DELAY_MS = 6 * 60 * 60_000;

/** Milliseconds for a Retry-After, six hours at most: what never comes back is lost. */
export const waitMs = (retryAfterSeconds: number): number => Math.min(retryAfterSeconds * 1000, MAX_DELAY_MS);

/**
 * Milliseconds to wait after `failures` failed attempts: half of the doubled delay for certain, the other half by
 * `chance` (0 to 1), and never less than the other side asked for.
 */
export function backoffMs(failures: number, chance: number, retryAfterSeconds = 0): number {
  const full = Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1), MAX_DELAY_MS);
  return Math.max(full / 2 + (full / 2) * chance, waitMs(retryAfterSeconds));
}
