// Rolls back audio uploads: when one fails, and again from the cron, also when a Worker was terminated.
import { deleteAudio, generationKey } from "../platform/audio-store.ts";
import {
  MAX_BATCHES_PER_RUN,
  SECOND_CLEANUP_AFTER_MS,
  STALE_AFTER_MS,
} from "../platform/cleanup-schedule.ts";
import { MAX_ROWS_PER_STATEMENT } from "../platform/database.ts";
import {
  acquireLease,
  expireLease,
  findStaleLeases,
  isDeleted,
  markCleanedUp,
  releaseLease,
  renewLease,
  type UploadLease,
} from "./queries.ts";

/**
 * Deletes what a failed upload stored. The lease expires, so that the audio can be sent again at once, but it is kept:
 * a write to R2 whose response was lost can land after the deletion, and the cron then finds it by the lease.
 */
export async function rollbackAudioUpload(
  d1: D1Database,
  bucket: R2Bucket,
  lease: UploadLease,
  now: Date,
): Promise<void> {
  const rollbackLeaseId = await deleteUnderLease(d1, bucket, lease, now);
  if (rollbackLeaseId) await expireLease(d1, lease.id, rollbackLeaseId, now);
}

/**
 * Deletes the object, unless the generation is ready or another upload holds the lease. The lease is renewed under a new
 * id first, so that a commit of the upload that is still in flight finds it lost. After an hour the cron has taken over
 * the lease; the rollback then acquires a new one. Of a generation that was deleted, what was stored after the deletion
 * is deleted.
 * @returns the new id; null when the lease is not held any more
 */
async function deleteUnderLease(
  d1: D1Database,
  bucket: R2Bucket,
  { id, orgId, leaseId }: UploadLease,
  now: Date,
): Promise<string | null> {
  const rollbackLeaseId = crypto.randomUUID();
  const isRenewed = await renewLease(d1, id, leaseId, now, rollbackLeaseId);
  const isGone = !isRenewed && (await isDeleted(d1, { id, orgId }));
  const isHeld = isRenewed || (!isGone && (await acquireLease(d1, id, rollbackLeaseId, now)) !== null);
  if (isHeld || isGone) await deleteAudio(bucket, [generationKey(orgId, id)]);
  return isHeld ? rollbackLeaseId : null;
}

/**
 * Deletes what uploads stored that have not completed within an hour, and once more a day later, as a write that was in
 * flight can land after the first deletion. If interrupted, the next run continues.
 */
export async function rollbackStaleUploads(d1: D1Database, bucket: R2Bucket, now: Date): Promise<void> {
  const staleBefore = new Date(now.getTime() - STALE_AFTER_MS);
  const cleanedUpBefore = new Date(now.getTime() - SECOND_CLEANUP_AFTER_MS);
  for (let batch = 0; batch < MAX_BATCHES_PER_RUN; batch += 1) {
    const stale = await findStaleLeases(d1, staleBefore, cleanedUpBefore, MAX_ROWS_PER_STATEMENT);
    if (stale.length === 0) return;
    for (const lease of stale) {
      const rollbackLeaseId = await deleteUnderLease(d1, bucket, lease, now);
      if (!rollbackLeaseId) continue;
      if (lease.cleanedUpAt) await releaseLease(d1, lease.id, rollbackLeaseId);
      else await markCleanedUp(d1, lease.id, rollbackLeaseId, now);
    }
  }
}
