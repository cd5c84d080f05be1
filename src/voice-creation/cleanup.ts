// Cron job: cleans up after uploads that neither completed nor rolled back, and deletes expired Idempotency-Keys.
import { customVoiceKey, deleteAudio } from "../platform/audio-store.ts";
import {
  MAX_BATCHES_PER_RUN,
  SECOND_CLEANUP_AFTER_MS,
  STALE_AFTER_MS,
} from "../platform/cleanup-schedule.ts";
import { MAX_ROWS_PER_STATEMENT } from "../platform/database.ts";
import {
  deleteExpiredIdempotencyKeys,
  deleteUploads,
  expireStaleUploads,
  markCleanedUp,
  type StaleUpload,
} from "./cleanup-queries.ts";
import { KEY_LIFETIME_MS } from "./idempotency-policy.ts";

const KEYS_PER_BATCH = 1_000;

/**
 * Removes uploads that have not completed within an hour: first the row, so that the voice can no longer become ready,
 * then the object. A day later it deletes the object once more, and the record of the upload. If interrupted, the next
 * run continues.
 */
export async function cleanUpStaleUploads(d1: D1Database, bucket: R2Bucket, now: Date): Promise<void> {
  const staleBefore = new Date(now.getTime() - STALE_AFTER_MS);
  const cleanedUpBefore = new Date(now.getTime() - SECOND_CLEANUP_AFTER_MS);
  for (let batch = 0; batch < MAX_BATCHES_PER_RUN; batch += 1) {
    const stale = await expireStaleUploads(d1, staleBefore, cleanedUpBefore, MAX_ROWS_PER_STATEMENT);
    if (stale.length === 0) return;
    const keys = stale.map(({ orgId, voiceId }) => customVoiceKey(orgId, voiceId));
    await deleteAudio(bucket, keys);
    const first = voiceIds(stale.filter(({ cleanedUpAt }) => cleanedUpAt === null));
    const second = voiceIds(stale.filter(({ cleanedUpAt }) => cleanedUpAt !== null));
    if (second.length > 0) await deleteUploads(d1, second);
    if (first.length > 0) await markCleanedUp(d1, first, now);
  }
}

const voiceIds = (uploads: StaleUpload[]) => uploads.map(({ voiceId }) => voiceId);

/** Deletes expired Idempotency-Keys in batches. The next run continues. */
export async function cleanUpIdempotencyKeys(d1: D1Database, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEY_LIFETIME_MS);
  for (let batch = 0; batch < MAX_BATCHES_PER_RUN; batch += 1) {
    const deleted = await deleteExpiredIdempotencyKeys(d1, before, KEYS_PER_BATCH);
    if (deleted < KEYS_PER_BATCH) return;
  }
}
