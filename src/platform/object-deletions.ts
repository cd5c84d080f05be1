// The queue of R2 objects whose row was deleted: deleted at once by the request, and retried by the cron until done.
import { asc, inArray, lt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { deleteAudio } from "./audio-store.ts";
import { MAX_BATCHES_PER_RUN } from "./cleanup-schedule.ts";
import { MAX_ROWS_PER_STATEMENT, retryIdempotent } from "./database.ts";
import { pendingObjectDeletions } from "./schema.ts";

/** How long the cron leaves a queued deletion to the request that queued it. */
const HEAD_START_MS = 60_000;

/** Deletes the queued objects at `keys` and removes them from the queue. */
export async function deleteQueuedObjects(d1: D1Database, bucket: R2Bucket, keys: string[]): Promise<void> {
  await deleteAudio(bucket, keys);
  const isDeleted = inArray(pendingObjectDeletions.r2ObjectKey, keys);
  await retryIdempotent(async () => drizzle(d1).delete(pendingObjectDeletions).where(isDeleted));
}

/** Deletes every object that was queued more than a minute before `now`. If interrupted, the next run continues. */
export async function deletePendingObjects(d1: D1Database, bucket: R2Bucket, now: Date): Promise<void> {
  const before = new Date(now.getTime() - HEAD_START_MS);
  for (let batch = 0; batch < MAX_BATCHES_PER_RUN; batch += 1) {
    const keys = await findPendingDeletions(d1, before, MAX_ROWS_PER_STATEMENT);
    if (keys.length === 0) return;
    await deleteQueuedObjects(d1, bucket, keys);
  }
}

/** Up to `limit` keys that were queued before `before`, the oldest first. */
async function findPendingDeletions(d1: D1Database, before: Date, limit: number): Promise<string[]> {
  const rows = await drizzle(d1)
    .select({ r2ObjectKey: pendingObjectDeletions.r2ObjectKey })
    .from(pendingObjectDeletions)
    .where(lt(pendingObjectDeletions.createdAt, before))
    .orderBy(asc(pendingObjectDeletions.createdAt))
    .limit(limit);
  return rows.map(({ r2ObjectKey }) => r2ObjectKey);
}
