// When the cron cleans up after uploads and deletions, and how much of it in one run.

/** Longer than an upload of 100 MiB takes on a slow line. */
export const STALE_AFTER_MS = 60 * 60_000;
/** A write to R2 that was in flight during the first cleanup has landed by then. */
export const SECOND_CLEANUP_AFTER_MS = 24 * 60 * 60_000;
/** The next run continues. */
export const MAX_BATCHES_PER_RUN = 25;
