// Audio that is sent for a generation that has its audio: it is compared, and stored again where R2 has lost it.
import { announceChanges } from "../events/background.ts";
import { deleteAudio, headAudio, type StoredAudio } from "../platform/audio-store.ts";
import type { EventReceiver } from "../platform/env.ts";
import { digestBody, storeBody, type WriteGuard } from "../recordings/store-body.ts";
import { MAX_GENERATION_BYTES, type UploadBody } from "../recordings/upload-limits.ts";
import type { GenerationRow } from "./queries.ts";
import { audioStored, type IngestResult, ok, refused, refusedBody } from "./result.ts";
import { markRestored } from "./state-changes.ts";

export const ONLY_IF_ABSENT: R2PutOptions = { onlyIf: { etagDoesNotMatch: "*" } };

interface Context {
  database: D1Database;
  bucket: R2Bucket;
  receiver: EventReceiver | null;
  waitUntil: (work: Promise<unknown>) => void;
}

/** The ready generation, if `body` is the audio that it has. If R2 has lost the object, it is stored again. */
export async function compareAudio(
  context: Context,
  existing: GenerationRow,
  r2ObjectKey: string,
  body: UploadBody,
): Promise<IngestResult> {
  const { orgId, sizeBytes, audioMd5 } = existing;
  const object = await headAudio(context.bucket, r2ObjectKey);
  const isStored = object !== null && (sizeBytes === null || object.size === sizeBytes);
  if (!isStored) return restoreAudio(context, existing, { key: r2ObjectKey, current: object }, body);
  const digest = await digestBody(body.stream, MAX_GENERATION_BYTES);
  if (digest.kind === "interrupted") return refused("upload_interrupted", { orgId });
  if (digest.kind === "too-large" || digest.md5 !== audioMd5) {
    return refused("generation_audio_conflict", { orgId });
  }
  return ok(existing);
}

/**
 * Stores the audio of a ready generation again, if it is the same, in place of an object of another size or of none. Of
 * several concurrent retries, only the first writes, except in parts, for which R2 has no condition.
 */
async function restoreAudio(
  context: Context,
  existing: GenerationRow,
  { key, current }: { key: string; current: StoredAudio | null },
  body: UploadBody,
): Promise<IngestResult> {
  const { database, bucket, receiver } = context;
  const { id, orgId, audioMd5 } = existing;
  if (audioMd5 === null) return refused("generation_audio_conflict", { orgId });
  const guard: WriteGuard = {
    putOptions: current ? { onlyIf: { etagMatches: current.etag.replaceAll('"', "") } } : ONLY_IF_ABSENT,
    stillOwned: async () => true,
    expectedMd5: audioMd5,
  };
  const stored = await storeBody(bucket, key, body, MAX_GENERATION_BYTES, guard);
  if (stored.kind !== "stored") return refusedBody(stored.kind, orgId);
  // The levels may be those of the object that was replaced.
  const restored = await markRestored(database, { id, r2ObjectKey: key }, new Date(), receiver);
  if (restored) {
    announceChanges(context, [id]);
    return audioStored(restored);
  }
  await deleteAudio(bucket, [key]);
  return refused("generation_deleted", { orgId });
}
