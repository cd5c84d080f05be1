// The ingest: a backend begins a generation, stores its audio, or reports its failure. The core of the two entry points
// routes.ts (HTTP) and rpc.ts (service binding). Every step may be repeated, and then changes nothing.
import { announceChanges } from "../events/background.ts";
import { type LevelsContext, measureNewGeneration } from "../levels/measure.ts";
import { generationKey } from "../platform/audio-store.ts";
import type { EventReceiver, GenerationMeter } from "../platform/env.ts";
import { log } from "../platform/logger.ts";
import {
  acquireChunkedUploadSlot,
  CHUNKED_UPLOAD_RETRY_AFTER_SECONDS,
} from "../recordings/chunked-uploads.ts";
import {
  PROBE_RETRY_AFTER_SECONDS,
  type ProbeService,
  probeStoredUpload,
} from "../recordings/probe-stored-upload.ts";
import { mayHoldObject, type StoreResult, storeBody, type WriteGuard } from "../recordings/store-body.ts";
import { checkUpload, MAX_GENERATION_BYTES, type UploadBody } from "../recordings/upload-limits.ts";
import { rollbackAudioUpload } from "./cleanup.ts";
import { commitAudio } from "./commit-audio.ts";
import { toGenerationEvent, validateGenerationAudio } from "./policy.ts";
import {
  acquireLease,
  canUseVoice,
  expireLease,
  findGenerationRow,
  type GenerationRow,
  insertGeneration,
  isDeleted,
  renewLease,
  type UploadLease,
} from "./queries.ts";
import { compareAudio, ONLY_IF_ABSENT } from "./repeated-audio.ts";
import {
  audioStored,
  type IngestRefusal,
  type IngestResult,
  ok,
  refused,
  refusedBody,
  uploadInProgress,
} from "./result.ts";
import { type GenerationInput, isSameGeneration } from "./schema.ts";
import { markFailed } from "./state-changes.ts";

/** What the service needs of its caller. */
export interface IngestContext {
  /** Holds the analysis Worker, and identifies the isolate's limit on uploads of unknown size. */
  env: LevelsContext["env"] & { ANALYSIS: ProbeService };
  database: D1Database;
  bucket: R2Bucket;
  meter: GenerationMeter;
  /** Where changes are announced; null when they are not. */
  receiver: EventReceiver | null;
  /** Keeps a rollback running when the caller disconnects. */
  waitUntil: (work: Promise<unknown>) => void;
}

/** Who bills a generation must be clear before it is stored: both would bill it twice, and nobody for nothing. */
const UNDECIDED = refused("misconfigured", { cause: 'METER_GENERATIONS is neither "true" nor "false"' });

/** Begins a generation under an id of the caller's choice. */
export async function beginGeneration(
  context: IngestContext,
  id: string,
  input: GenerationInput,
): Promise<IngestResult> {
  if (context.meter.kind === "undecided") return UNDECIDED;
  return insertOrCompare(context, id, input).catch(failedFor(input.orgId));
}

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
  if (!generation) return refused("generation_deleted", { orgId });
  const result = compareGeneration(generation, input);
  return isNew && result.kind === "ok" ? { kind: "created", generation } : result;
}

const compareGeneration = (existing: GenerationRow, input: GenerationInput): IngestResult =>
  isSameGeneration(existing, input) ? ok(existing) : refused("generation_conflict", { orgId: input.orgId });

/** Records that no audio will be stored, and why. */
export async function failGeneration(
  context: IngestContext,
  id: string,
  reason: string,
): Promise<IngestResult> {
  const { database, receiver } = context;
  const failed = await markFailed(database, id, reason, new Date(), receiver);
  if (failed) {
    announceChanges(context, [id]);
    return ok(failed);
  }
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
  if (context.meter.kind === "undecided") return UNDECIDED;
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
  if (leased) return storeUnderLease(context, { id, orgId: leased.orgId, leaseId, text: leased.text }, body);
  const existing = await findGenerationRow(database, id);
  if (!existing) return refused("generation_not_found");
  if (existing.r2ObjectKey === null) return uploadInProgress(existing.orgId);
  return compareAudio(context, existing, existing.r2ObjectKey, body).catch(failedFor(existing.orgId));
}

/** The lease of an upload, and the text that the generation is billed by. */
interface LeasedUpload extends UploadLease {
  text: string;
}

/** Stores and commits, or rolls back. */
async function storeUnderLease(
  context: IngestContext,
  lease: LeasedUpload,
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
    if (stored.kind === "stored") result = await commit(context, lease, stored);
    else if (stored.kind === "conflict")
      result = await unlessDeleted(context, lease, uploadInProgress(orgId));
    else result = refusedBody(stored.kind, orgId);
  } catch (cause) {
    const failed = refused("generation_audio_failed", { orgId, cause });
    // A deletion also takes the object away before it is probed.
    result = await unlessDeleted(context, lease, failed).catch(() => failed);
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

/** Why an upload may not store its audio: `refusal`, or that the generation was deleted meanwhile. */
const unlessDeleted = async (
  { database }: IngestContext,
  lease: UploadLease,
  refusal: IngestRefusal,
): Promise<IngestRefusal> =>
  (await isDeleted(database, lease)) ? refused("generation_deleted", { orgId: lease.orgId }) : refusal;

/** Has the stored audio probed, makes the generation ready, and has its levels measured in the background. */
async function commit(
  context: IngestContext,
  upload: LeasedUpload,
  { sizeBytes, md5 }: Extract<StoreResult, { kind: "stored" }>,
): Promise<IngestResult> {
  const { env, database, meter, receiver } = context;
  const { id, orgId, text } = upload;
  const r2ObjectKey = generationKey(orgId, id);
  const probed = await probeStoredUpload(env.ANALYSIS, r2ObjectKey, sizeBytes, { acceptsClaims: false });
  if (probed.kind === "unavailable") {
    const retry = { retryAfterSeconds: PROBE_RETRY_AFTER_SECONDS, cause: probed.cause };
    return unlessDeleted(context, upload, refused("audio_check_unavailable", { orgId, ...retry }));
  }
  const audio = validateGenerationAudio(probed);
  if (audio.kind === "wrapped") return refused("wrapped_body", { orgId });
  if (audio.kind === "not-wav") return refused("audio_not_wav", { orgId, cause: audio.reason });
  const { durationSeconds, facts } = audio;
  const stored = { r2ObjectKey, durationSeconds, sizeBytes, ...facts, audioMd5: md5 };
  const event = toGenerationEvent(meter, text);
  const ready = await commitAudio(database, upload, stored, event, receiver, new Date());
  if (!ready) return unlessDeleted(context, upload, uploadInProgress(orgId));
  announceChanges(context, [id]);
  context.waitUntil(
    measureNewGeneration(context, { ...ready, r2ObjectKey }).catch((cause: unknown) =>
      log.error("generation_levels_failed", { generationId: id, cause }),
    ),
  );
  return audioStored(ready);
}
