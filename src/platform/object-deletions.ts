// The queue of R2 objects whose row was deleted: deleted at once by the request, and retried by the cron until done.
import { and, asc, gt, isNull, lte, or } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { deleteAudio } from "./audio-store.ts";
import { MAX_BATCHES_PER_RUN, SECOND_CLEANUP_AFTER_MS, STALE_AFTER_MS } from "./cleanup-schedule.ts";
import { isOneOf, MAX_ROWS_PER_STATEMENT, retryIdempotent } from "./database.ts";
import { pendingObjectDeletions } from "./schema.ts";

/** How long the cron leaves a queued deletion to the request that queued it. */
const HEAD_START_MS = 60_000;

/** When an object that is queued at `now` is first due for the cron. */
export const deletionDueAt = (now: Date): Date => new Date(now.getTime() + HEAD_START_MS);

/** Until when the entry of a generation that is deleted at `now` is kept: no upload of it is running any more. */
export const deletionKeptUntil = (now: Date): Date =>
  new Date(now.getTime() + STALE_AFTER_MS + SECOND_CLEANUP_AFTER_MS);

/** Deletes the queued objects at `keys`, and removes them from the queue unless they are kept for longer than `now`. */
export async function deleteQueuedObjects(
  d1: D1Database,
  bucket: R2Bucket,
  keys: string[],
  now: Date,
): Promise<void> {
  await deleteAudio(bucket, keys);
  const db = drizzle(d1);
  const { r2ObjectKey, keptUntil } = pendingObjectDeletions;
  const isNamed = isOneOf(r2ObjectKey, keys);
  await retryIdempotent(async () =>
    db.batch([
      db.delete(pendingObjectDeletions).where(and(isNamed, or(isNull(keptUntil), lte(keptUntil, now)))),
      db
        .update(pendingObjectDeletions)
        .set({ dueAt: keptUntil })
        .where(and(isNamed, gt(keptUntil, now))),
    ]),
  );
}

/** Deletes every object that is due at `now`. If interrupted, the next run continues. */
export async function deletePendingObjects(d1: D1Database, bucket: R2Bucket, now: Date): Promise<void> {
  for (let batch = 0; batch < MAX_BATCHES_PER_RUN; batch += 1) {
    const keys = await findDueDeletions(d1, now, MAX_ROWS_PER_STATEMENT);
    if (keys.length === 0) return;
    await deleteQueuedObjects(d1, bucket, keys, now);
  }
}

/** Up to `limit` keys that are due at `now`, the longest overdue first. */
async function findDueDeletions(d1: D1Database, now: Date, limit: number): Promise<string[]> {
  const rows = await drizzle(d1)
    .select({ r2ObjectKey: pendingObjectDeletions.r2ObjectKey })
    .from(pendingObjectDeletions)
    .where(lte(pendingObjectDeletions.dueAt, now))
    .orderBy(asc(pendingObjectDeletions.dueAt))
    .limit(limit);
  return rows.map(({ r2ObjectKey }) => r2ObjectKey);
}
