// When a failed delivery of an outbox is retried: exponential backoff with jitter, for Polar and the change feed.

const FIRST_DELAY_MS = 60_000;
const MAX_DELAY_MS = 6 * 60 * 60_000;
/** Failed deliveries after which an operator is alerted: after some hours. */
const STUCK_AFTER_FAILURES = 10;
const MAX_ERROR_CHARACTERS = 500;

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

/** What an outbox stores of an event whose delivery failed. */
export interface Retry {
  /** Failed deliveries, with this one. */
  attempts: number;
  dueAt: Date;
  /** Since when the event counts as stuck. It is still retried. */
  stuckAt: Date | null;
  lastError: string;
}

/** What to store of an event that had failed `attempts` times before it failed at `now`. */
export function retryAfterFailure(
  { attempts, stuckAt }: Pick<Retry, "attempts" | "stuckAt">,
  cause: unknown,
  now: Date,
  retryAfterSeconds?: number,
): Retry {
  const failures = attempts + 1;
  return {
    attempts: failures,
    dueAt: new Date(now.getTime() + backoffMs(failures, Math.random(), retryAfterSeconds)),
    stuckAt: failures >= STUCK_AFTER_FAILURES ? (stuckAt ?? now) : null,
    lastError: String(cause).slice(0, MAX_ERROR_CHARACTERS),
  };
}
