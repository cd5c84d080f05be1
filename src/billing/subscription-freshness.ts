// How long a confirmed active subscription is accepted without asking Polar again. Pure.

interface Confirmation {
  active: boolean;
  confirmedAt: Date;
}

/** Without the webhook: a burst of uploads costs one call. */
const POLLED_FRESH_MS = 60_000;
/**
 * With the webhook, which reports an end at once. The limit is for a webhook that has stopped: the cron asks about the
 * oldest states again and finds most ends much earlier.
 */
const REPORTED_FRESH_MS = 24 * 60 * 60_000;
/** While Polar cannot be asked. */
const GRACE_MS = 60 * 60_000;

export type Freshness =
  /** Accepted, and Polar need not be asked. */
  | "fresh"
  /** Polar should be asked; while it cannot be, the organisation continues. */
  | "stale"
  /** Only Polar can tell. */
  | "unknown";

/** What the stored state of an organisation says at `now`. "No subscription" is never taken from it. */
export function freshnessOf(known: Confirmation | null, now: Date, hasWebhook: boolean): Freshness {
  if (!known?.active) return "unknown";
  const ageMs = now.getTime() - known.confirmedAt.getTime();
  if (ageMs < (hasWebhook ? REPORTED_FRESH_MS : POLLED_FRESH_MS)) return "fresh";
  return ageMs < GRACE_MS ? "stale" : "unknown";
}
