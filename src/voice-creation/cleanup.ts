// Clears up after uploads that never ended: a Worker that died, a row or an object that could not be removed.
import { customVoiceKey, deleteAudio } from "../platform/audio-store.ts";
import { KEY_LIFETIME_MS } from "./idempotency-policy.ts";
import { forgetKeys, forgetUploads, markSwept, takeBackStale } from "./queries.ts";

const STALE_AFTER_MS = 60 * 60_000;
/** What was still on its way to R2 when an upload was swept has arrived by then. */
const AGAIN_AFTER_MS = 24 * 60 * 60_000;
/** At once and in one statement: D1 takes a hundred parameters. */
const BATCH = 80;
const MAX_BATCHES = 25;

/**
 * Removes what has stayed unready for over an hour: first the row, so that it can't become ready any more, then its
 * object. A day later the object is removed once more, and the upload that named it. Stopped anywhere, the next run
 * goes on.
 */
export async function sweepUploads(d1: D1Database, bucket: R2Bucket, now: Date): Promise<void> {
  const before = new Date(now.getTime() - STALE_AFTER_MS);
  const sweptBefore = new Date(now.getTime() - AGAIN_AFTER_MS);
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const stale = await takeBackStale(d1, before, sweptBefore, BATCH);
    if (stale.length === 0) return;
    const keys = stale.map(({ orgId, voiceId }) => customVoiceKey(orgId, voiceId));
    await deleteAudio(bucket, keys);
    const [again, first] = [stale.filter(({ sweptAt }) => sweptAt), stale.filter(({ sweptAt }) => !sweptAt)];
    if (again.length > 0)
      await forgetUploads(
        d1,
        again.map(({ voiceId }) => voiceId),
      );
    if (first.length > 0)
      await markSwept(
        d1,
        first.map(({ voiceId }) => voiceId),
        now,
      );
  }
}

/** Forgets Idempotency-Keys past their day. */
export const forgetOldKeys = (d1: D1Database, now: Date): Promise<void> =>
  forgetKeys(d1, new Date(now.getTime() - KEY_LIFETIME_MS));
