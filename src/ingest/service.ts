// The ingest: a backend begins a generation, stores its audio, or reports its failure. The core of the two entry points
// routes.ts (HTTP) and rpc.ts (service binding). Every step may be repeated, and then changes nothing.
import { type LevelsContext, measureNewGeneration } from "../levels/measure.ts";
import { generationKey, headAudio, type StoredAudio } from "../platform/audio-store.ts";
import { log } from "../platform/logger.ts";
import {
  acquireChunkedUploadSlot,
  CHUNKED_UPLOAD_RETRY_AFTER_SECONDS,
} from "../recordings/chunked-uploads.ts";
import {
  digestBody,
  mayHoldObject,
  type StoreResult,
  storeBody,
  type WriteGuard,
} from "../recordings/store-body.ts";
import { probeStoredRecording } from "../recordings/stored-recording.ts";
import { checkUpload, MAX_GENERATION_BYTES, type UploadBody } from "../recordings/upload-limits.ts";
import { rollbackAudioUpload } from "./cleanup.ts";
import { validateGenerationAudio } from "./policy.ts";
import {
  acquireLease,
  canUseVoice,
  clearLevels,
  commitAudio,
  expireLease,
  findGenerationRow,
  type GenerationRow,
  insertGeneration,
  markFailed,
  renewLease,
  type UploadLease,
} from "./queries.ts";
import { audioStored, type IngestResult, ok, refused, refusedBody, uploadInProgress } from "./result.ts";
import { type GenerationInput, isSameGeneration } from "./schema.ts";

/** What the service needs of its caller. */
export interface IngestContext {
  /** Holds the analysis Worker, and identifies the isolate's limit on uploads of unknown size. */
  env: LevelsContext["env"];
  database: D1Database;
  bucket: R2Bucket;
  /** Keeps a rollback running when the caller disconnects. */
  waitUntil: (work: Promise<unknown>) => void;
}

const ONLY_IF_ABSENT: R2PutOptions = { onlyIf: { etagDoesNotMatch: "*" } };

/** Begins a generation under an id of the caller's choice. */
export const beginGeneration = (
  context: IngestContext,
  id: string,
  input: GenerationInput,
): Promise<IngestResult> => insertOrCompare(context, id, input).catch(failedFor(input.orgId));

/** An unexpected failure, so that its log line names the organisation. */
const failedFor = (orgId: string) => (cause: unknown) => refused("internal", { orgId, cause });

async function insertOrCompare(
  { database }: IngestContext,
  id: string,
  input: GenerationInput,
): Promise<IngestResult> {
  const { orgId, voiceId } = input;
  const existing = await findGenerationRow(database, id);
  if (existing) return compareGeneration(existing, input);
  if (voiceId !== null && !(await canUseVoice(database, voiceId, orgId))) {
    const issue = { code: "custom", message: "The organisation has no such voice", path: ["voiceId"] };
    return refused("invalid_input", { orgId, issues: [issue] });
  }
  const isNew = await insertGeneration(database, id, input, new Date());
  const generation = await findGenerationRow(database, id);
  if (!generation) return refused("generation_not_found", { orgId });
  const result = compareGeneration(generation, input);
  return isNew && result.kind === "ok" ? { kind: "created", generation } : result;
}

const compareGeneration = (existing: GenerationRow, input: GenerationInput): IngestResult =>
  isSameGeneration(existing, input) ? ok(existing) : refused("generation_conflict", { orgId: input.orgId });

/** Records that no audio will be stored, and why. */
export async function failGeneration(
  { database }: IngestContext,
  id: string,
  reason: string,
): Promise<IngestResult> {
  const failed = await markFailed(database, id, reason, new Date());
  if (failed) return ok(failed);
  const existing = await findGenerationRow(database, id);
  if (!existing) return refused("generation_not_found");
  return refused("generation_already_complete", { orgId: existing.orgId });
}

/** Stores and probes the audio, and makes the generation ready. */
export async function storeGenerationAudio(
  context: IngestContext,
  id: string,
  body: UploadBody,
): Promise<IngestResult> {
  const check = checkUpload(body, MAX_GENERATION_BYTES);
  if (check !== "acceptable") return refusedBody(check);
  const release =
    body.sizeBytes === null ? acquireChunkedUploadSlot(context.env, { pool: "ingest" }) : () => undefined;
  if (!release) {
    return refused("too_many_uploads", { retryAfterSeconds: CHUNKED_UPLOAD_RETRY_AFTER_SECONDS });
  }
  const storing = storeOnce(context, id, body).finally(release);
  context.waitUntil(Promise.allSettled([storing]));
  return storing;
}

async function storeOnce(context: IngestContext, id: string, body: UploadBody): Promise<IngestResult> {
  const { database } = context;
  const leaseId = crypto.randomUUID();
  const leased = await acquireLease(database, id, leaseId, new Date());
  if (leased) return storeUnderLease(context, { id, orgId: leased.orgId, leaseId }, body);
  const existing = await findGenerationRow(database, id);
  if (!existing) return refused("generation_not_found");
  if (existing.r2ObjectKey === null) return uploadInProgress(existing.orgId);
  return compareAudio(context, existing, existing.r2ObjectKey, body).catch(failedFor(existing.orgId));
}

/** Stores and commits, or rolls back. */
async function storeUnderLease(
  context: IngestContext,
  lease: UploadLease,
  body: UploadBody,
): Promise<IngestResult> {
  const { database, bucket } = context;
  const { id, orgId, leaseId } = lease;
  const guard: WriteGuard = {
    putOptions: ONLY_IF_ABSENT,
    stillOwned: () => renewLease(database, id, leaseId, new Date()),
  };
  let mayBeStored = true;
  let result: IngestResult;
  try {
    const stored = await storeBody(bucket, generationKey(orgId, id), body, MAX_GENERATION_BYTES, guard);
    mayBeStored = mayHoldObject(stored);
    result = await (stored.kind === "stored"
      ? commit(context, lease, stored)
      : refusedBody(stored.kind, orgId));
  } catch (cause) {
    result = refused("generation_audio_failed", { orgId, cause });
  }
  if (result.kind === "refused") {
    // A deletion of nothing would make R2 refuse the next write for a second.
    const rollback = mayBeStored
      ? rollbackAudioUpload(database, bucket, lease, new Date())
      : expireLease(database, id, leaseId, new Date());
    await rollback.catch((cause: unknown) =>
      log.error("generation_rollback_failed", { generationId: id, cause }),
    );
  }
  return result;
}

/** Probes the stored audio, makes the generation ready, and has its levels measured in the background. */
async function commit(
  context: IngestContext,
  { id, orgId, leaseId }: UploadLease,
  { sizeBytes, md5 }: Extract<StoreResult, { kind: "stored" }>,
): Promise<IngestResult> {
  const { database, bucket } = context;
  const r2ObjectKey = generationKey(orgId, id);
  const audio = validateGenerationAudio(await probeStoredRecording(bucket, r2ObjectKey, sizeBytes));
  if (audio.kind === "wrapped") return refused("wrapped_body", { orgId });
  if (audio.kind === "not-wav") return refused("audio_not_wav", { orgId, cause: audio.reason });
  const { durationSeconds, facts } = audio;
  const ready = await commitAudio(database, id, leaseId, {
    r2ObjectKey,
    durationSeconds,
    sizeBytes,
    ...facts,
    audioMd5: md5,
  });
  if (!ready) return uploadInProgress(orgId);
  context.waitUntil(
    measureNewGeneration(context, { ...ready, r2ObjectKey }).catch((cause: unknown) =>
      log.error("generation_levels_failed", { generationId: id, cause }),
    ),
  );
  return audioStored(ready);
}

/** The ready generation, if `body` is the audio that it has. If R2 has lost the object, it is stored again. */
async function compareAudio(
  context: IngestContext,
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
  { database, bucket }: IngestContext,
  existing: GenerationRow,
  { key, current }: { key: string; current: StoredAudio | null },
  body: UploadBody,
): Promise<IngestResult> {
  const { orgId, audioMd5 } = existing;
  if (audioMd5 === null) return refused("generation_audio_conflict", { orgId });
  const guard: WriteGuard = {
    putOptions: current ? { onlyIf: { etagMatches: current.etag.replaceAll('"', "") } } : ONLY_IF_ABSENT,
    stillOwned: async () => true,
    expectedMd5: audioMd5,
  };
  const stored = await storeBody(bucket, key, body, MAX_GENERATION_BYTES, guard);
  if (stored.kind !== "stored") return refusedBody(stored.kind, orgId);
  // They may be those of the object that was replaced.
  return audioStored((await clearLevels(database, existing.id)) ?? existing);
}
