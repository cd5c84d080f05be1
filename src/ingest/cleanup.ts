// Rolls back audio uploads: at once when one fails, and from the cron when its Worker died.
import { deleteAudio, generationKey } from "../platform/audio-store.ts";
import { findStaleLeases, releaseLease, renewLease, type UploadLease } from "./queries.ts";

/** Longer than an upload of 100 MiB takes on a slow line. */
const STALE_AFTER_MS = 60 * 60_000;
const BATCH = 80;
const MAX_BATCHES_PER_RUN = 25;

/**
 * Deletes what the upload stored, unless the generation is ready or another upload has acquired the lease. The lease is
 * renewed under a new id first, so that a commit of this upload that is still in flight finds it lost.
 */
export async function rollbackUpload(
  d1: D1Database,
  bucket: R2Bucket,
  { id, orgId, leaseId }: UploadLease,
  now: Date,
): Promise<void> {
  const rollbackLeaseId = crypto.randomUUID();
  if (!(await renewLease(d1, id, leaseId, now, rollbackLeaseId))) return;
  await deleteAudio(bucket, [generationKey(orgId, id)]);
  await releaseLease(d1, id, rollbackLeaseId);
}

/** Rolls back the uploads that have not ended within an hour. If interrupted, the next run continues. */
export async function rollbackStaleUploads(d1: D1Database, bucket: R2Bucket, now: Date): Promise<void> {
  const before = new Date(now.getTime() - STALE_AFTER_MS);
  for (let batch = 0; batch < MAX_BATCHES_PER_RUN; batch += 1) {
    const stale = await findStaleLeases(d1, before, BATCH);
    if (stale.length === 0) return;
    for (const lease of stale) await rollbackUpload(d1, bucket, lease, now);
  }
}
