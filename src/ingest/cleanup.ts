// Takes back what attempts to store a generation's audio have stored: when one fails, and from the cron when one died.
import { deleteAudio, generationKey } from "../platform/audio-store.ts";
import { type Attempt, endAttempt, findStaleAttempts, renewAttempt } from "./queries.ts";

/** Longer than 100 MiB take on a slow line. */
const STALE_AFTER_MS = 60 * 60_000;
const BATCH = 80;
const MAX_BATCHES = 25;

/**
 * Removes what the attempt stored, unless the generation is ready after all or another attempt has taken over. The
 * claim changes its name first, and lasts anew: a completion that is still on its way finds it gone.
 */
export async function takeBackAttempt(
  d1: D1Database,
  bucket: R2Bucket,
  { id, orgId, attempt }: Attempt,
  now: Date,
): Promise<void> {
  const undoing = crypto.randomUUID();
  if (!(await renewAttempt(d1, id, attempt, now, undoing))) return;
  await deleteAudio(bucket, [generationKey(orgId, id)]);
  await endAttempt(d1, id, undoing);
}

/** Takes back the attempts that have not ended within an hour. Stopped anywhere, a later run goes on. */
export async function takeBackStaleAttempts(d1: D1Database, bucket: R2Bucket, now: Date): Promise<void> {
  const before = new Date(now.getTime() - STALE_AFTER_MS);
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const stale = await findStaleAttempts(d1, before, BATCH);
    if (stale.length === 0) return;
    for (const attempt of stale) await takeBackAttempt(d1, bucket, attempt, now);
  }
}
