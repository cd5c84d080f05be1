// Removes the objects of voices that were deleted: at once, and again from the cron until it has worked.
import { deleteAudio } from "./audio-store.ts";
import { findRemovals, forgetRemovals } from "./object-deletions.ts";

/** Left to the request that deleted the voice. */
const HEAD_START_MS = 60_000;
/** At once and in one statement: D1 takes a hundred parameters. */
const BATCH = 80;
const MAX_BATCHES = 25;

export async function removeObjects(d1: D1Database, bucket: R2Bucket, keys: string[]): Promise<void> {
  await deleteAudio(bucket, keys);
  await forgetRemovals(d1, keys);
}

/** Removes all that is still there a minute after it was to go. Stopped anywhere, the next run goes on. */
export async function removeLeftObjects(d1: D1Database, bucket: R2Bucket, now: Date): Promise<void> {
  const before = new Date(now.getTime() - HEAD_START_MS);
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const keys = await findRemovals(d1, before, BATCH);
    if (keys.length === 0) return;
    await removeObjects(d1, bucket, keys);
  }
}
