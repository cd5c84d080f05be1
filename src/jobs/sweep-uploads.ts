// Clears up after uploads that never ended: a Worker that died, a row or an object that could not be removed.
import { customVoiceKey, deleteAudio } from "../adapters/audio-store.ts";
import { forgetKeys, forgetUploads, takeBackStale } from "../adapters/uploads.ts";
import { KEY_LIFETIME_MS } from "../rules/idempotency.ts";

const STALE_AFTER_MS = 60 * 60_000;
/** At once and in one statement: D1 takes a hundred parameters. */
const BATCH = 80;
const MAX_BATCHES = 25;

/**
 * Removes what has stayed unready for over an hour: first the row, so that it can't become ready any more, then its
 * object, then the upload that named it. Stopped anywhere, the next run goes on. Forgets Idempotency-Keys past their day.
 */
export async function sweepUploads(d1: D1Database, bucket: R2Bucket, now: Date): Promise<void> {
  const before = new Date(now.getTime() - STALE_AFTER_MS);
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const stale = await takeBackStale(d1, before, BATCH);
    if (stale.length === 0) break;
    const keys = stale.map(({ orgId, voiceId }) => customVoiceKey(orgId, voiceId));
    await deleteAudio(bucket, keys);
    const ids = stale.map(({ voiceId }) => voiceId);
    await forgetUploads(d1, ids);
  }
  await forgetKeys(d1, new Date(now.getTime() - KEY_LIFETIME_MS));
}
