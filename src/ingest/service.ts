// The ingest: a backend begins a generation, stores its audio, or reports its failure. The core of the two entry points
// routes.ts (HTTP) and rpc.ts (service binding). Every step may be repeated, and then changes nothing.
import { deleteAudio, generationKey, headAudio } from "../platform/audio-store.ts";
import type { ErrorCode } from "../platform/errors.ts";
import type { InputIssue } from "../platform/input-issues.ts";
import { log } from "../platform/logger.ts";
import {
  acquireChunkedUploadSlot,
  CHUNKED_UPLOAD_RETRY_AFTER_SECONDS,
} from "../recordings/chunked-uploads.ts";
import { digestBody, type StoreResult, storeBody, type WriteGuard } from "../recordings/store-body.ts";
import { probeStoredRecording } from "../recordings/stored-recording.ts";
import { checkUpload, MAX_GENERATION_BYTES, type UploadBody } from "../recordings/upload-limits.ts";
import { rollbackAudioUpload } from "./cleanup.ts";
import { validateGenerationAudio } from "./policy.ts";
import {
  acquireLease,
  canUseVoice,
  commitAudio,
  findGenerationRow,
  type GenerationRow,
  insertGeneration,
  markFailed,
  renewLease,
  type UploadLease,
} from "./queries.ts";
import { type GenerationInput, isSameGeneration } from "./schema.ts";

/** What the service needs of its caller. */
export interface IngestContext {
  /** Identifies the isolate's limit on uploads of unknown size. */
  env: object;
  database: D1Database;
  bucket: R2Bucket;
  /** Keeps a rollback running when the caller disconnects. */
  waitUntil: (work: Promise<unknown>) => void;
}

export type IngestResult =
  /** "created" when this call inserted the generation. */
  { kind: "created" | "ok"; generation: GenerationRow } | IngestRefusal;

export interface IngestRefusal {
  kind: "refused";
  code: ErrorCode;
  issues?: InputIssue[];
  retryAfterSeconds?: number;
  /** Why, for the log only. */
  cause?: unknown;
  /** The organisation of the generation, where it is known. */
  orgId?: string;
}

const UPLOAD_RETRY_AFTER_SECONDS = 5;
const ONLY_IF_ABSENT: R2PutOptions = { onlyIf: { etagDoesNotMatch: "*" } };

const ok = (generation: GenerationRow): IngestResult => ({ kind: "ok", generation });

export const refused = (
  code: ErrorCode,
  detail: Omit<IngestRefusal, "kind" | "code"> = {},
): IngestRefusal => ({
  kind: "refused",
  code,
  ...detail,
});

const uploadInProgress = (orgId: string): IngestRefusal =>
  refused("generation_upload_in_progress", { orgId, retryAfterSeconds: UPLOAD_RETRY_AFTER_SECONDS });

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
  const isNew = await insertGeneration(database, id, input);
  const generation = await findGenerationRow(database, id);
  if (!generation) return refused("generation_not_found", { orgId });
  return isNew ? { kind: "created", generation } : compareGeneration(generation, input);
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
  const result = await storeAndCommit(context, lease, body).catch((cause: unknown) =>
    refused("generation_audio_failed", { orgId: lease.orgId, cause }),
  );
  if (result.kind === "refused") {
    await rollbackAudioUpload(context.database, context.bucket, lease, new Date()).catch((cause: unknown) =>
      log.error("generation_rollback_failed", { generationId: lease.id, cause }),
    );
  }
  return result;
}

async function storeAndCommit(
  { database, bucket }: IngestContext,
  { id, orgId, leaseId }: UploadLease,
  body: UploadBody,
): Promise<IngestResult> {
  const r2ObjectKey = generationKey(orgId, id);
  const guard: WriteGuard = {
    putOptions: ONLY_IF_ABSENT,
    stillOwned: () => renewLease(database, id, leaseId, new Date()),
  };
  const stored = await storeBody(bucket, r2ObjectKey, body, MAX_GENERATION_BYTES, guard);
  if (stored.kind !== "stored") return refusedBody(stored.kind, orgId);
  const { sizeBytes, md5 } = stored;
  const audio = validateGenerationAudio(await probeStoredRecording(bucket, r2ObjectKey, sizeBytes));
  if (audio.kind === "not-wav") return refused("audio_not_wav", { orgId, cause: audio.reason });
  const { durationSeconds } = audio;
  const ready = await commitAudio(database, id, leaseId, {
    r2ObjectKey,
    durationSeconds,
    sizeBytes,
    audioMd5: md5,
  });
  return ready ? ok(ready) : uploadInProgress(orgId);
}

/** The ready generation, if `body` is the audio that it has. If R2 has lost the object, it is stored again. */
async function compareAudio(
  { bucket }: IngestContext,
  existing: GenerationRow,
  r2ObjectKey: string,
  body: UploadBody,
): Promise<IngestResult> {
  const { orgId, sizeBytes, audioMd5 } = existing;
  const object = await headAudio(bucket, r2ObjectKey);
  const isStored = object !== null && (sizeBytes === null || object.size === sizeBytes);
  if (!isStored) return restoreAudio(bucket, existing, r2ObjectKey, body);
  const digest = await digestBody(body.stream, MAX_GENERATION_BYTES);
  if (digest.kind === "interrupted") return refused("upload_interrupted", { orgId });
  if (digest.kind === "too-large" || digest.md5 !== audioMd5) {
    return refused("generation_audio_conflict", { orgId });
  }
  return ok(existing);
}

/** Stores the audio of a ready generation again, if it is the same. Of several concurrent retries, only the first writes. */
async function restoreAudio(
  bucket: R2Bucket,
  existing: GenerationRow,
  r2ObjectKey: string,
  body: UploadBody,
): Promise<IngestResult> {
  const { orgId } = existing;
  const guard: WriteGuard = { putOptions: ONLY_IF_ABSENT, stillOwned: async () => true };
  await deleteAudio(bucket, [r2ObjectKey]);
  const stored = await storeBody(bucket, r2ObjectKey, body, MAX_GENERATION_BYTES, guard);
  if (stored.kind !== "stored") return refusedBody(stored.kind, orgId);
  if (stored.md5 === existing.audioMd5) return ok(existing);
  await deleteAudio(bucket, [r2ObjectKey]);
  return refused("generation_audio_conflict", { orgId });
}

/** Why a body was not stored. */
function refusedBody(kind: Exclude<StoreResult["kind"], "stored">, orgId?: string): IngestRefusal {
  const known = orgId === undefined ? {} : { orgId };
  if (kind === "conflict") {
    return refused("generation_upload_in_progress", {
      ...known,
      retryAfterSeconds: UPLOAD_RETRY_AFTER_SECONDS,
    });
  }
  return refused(BODY_ERRORS[kind], known);
}

const BODY_ERRORS = {
  empty: "empty_body",
  "too-large": "generation_audio_too_large",
  interrupted: "upload_interrupted",
} as const;
