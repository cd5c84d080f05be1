// POST /api/voices/create: creates a voice from a recording.
import type { Context } from "hono";
import { csrfProtection } from "../auth/csrf.ts";
import { session } from "../auth/session.ts";
import { firstDueAt } from "../billing/delivery.ts";
import { deliverNewEvent } from "../billing/new-event.ts";
import { requireSubscription } from "../billing/subscription.ts";
import { announceChangesOf } from "../events/background.ts";
import { isMultipart, mediaType } from "../http/media-type.ts";
import { measureNewVoice } from "../levels/measure.ts";
import { toAudioFacts } from "../platform/audio-facts.ts";
import { customVoiceKey, deleteAudio, WRITE_INTERVAL_SECONDS } from "../platform/audio-store.ts";
import { runInBackground } from "../platform/background.ts";
import { type BaseEnv, readConfig } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { createFactory } from "../platform/handlers.ts";
import { log } from "../platform/logger.ts";
import { validateQuery } from "../platform/validation.ts";
import { PROBE_RETRY_AFTER_SECONDS, probeStoredUpload } from "../recordings/probe-stored-upload.ts";
import { mayHoldObject, type StoreResult, storeBody } from "../recordings/store-body.ts";
import {
  checkUpload,
  MAX_RECORDING_BYTES,
  toUploadBody,
  type UploadBody,
} from "../recordings/upload-limits.ts";
import { limitChunkedUploads } from "./chunked-upload-limit.ts";
import { type IdempotencyEnv, idempotency, idempotencyInProgress } from "./idempotency.ts";
import { otherFileMessage, tooShortMessage, unsupportedFormatMessage, validateRecording } from "./policy.ts";
import {
  beginUpload,
  commitUpload,
  findUploadByIdempotencyKey,
  type NewVoice,
  rollbackUpload,
} from "./queries.ts";
import { limitVoiceCreation } from "./rate-limit.ts";
import { voiceInput } from "./schema.ts";
import { respondVoiceCreated } from "./voice-created.ts";

/** Checks the headers, stores and probes the recording, commits the voice, answers, and meters in the background. */
export const createVoice = createFactory<BaseEnv>().createHandlers(
  session,
  csrfProtection,
  limitVoiceCreation,
  idempotency,
  requireSubscription,
  validateQuery(voiceInput),
  limitChunkedUploads,
  async (c) => {
    const body = toUploadBody(c.req.raw);
    requireAcceptable(body);
    const contentType = c.req.header("Content-Type");
    if (!mediaType(contentType)) throw new ApiError("missing_content_type");
    if (isMultipart(contentType)) throw new ApiError("wrapped_body");
    const voice = {
      ...c.req.valid("query"),
      id: crypto.randomUUID(),
      orgId: c.var.identity.orgId,
      createdAt: new Date(),
    };
    const creation = create(c, voice, body);
    // A rollback also completes when the client disconnects.
    c.executionCtx.waitUntil(Promise.allSettled([creation]));
    await creation;

    const { meters } = readConfig(c.env);
    const event = {
      id: voice.id,
      name: meters.voiceCreation,
      orgId: voice.orgId,
      metadata: null,
      occurredAt: voice.createdAt,
      attempts: 0,
      stuckAt: null,
    };
    const { env, var: variables } = c;
    runInBackground(c, "voice_metering", deliverNewEvent({ env, database: variables.database }, event));
    announceChangesOf(c, [voice.id]);
    return respondVoiceCreated(c, voice);
  },
);

function requireAcceptable(body: UploadBody): void {
  switch (checkUpload(body, MAX_RECORDING_BYTES)) {
    case "too-large":
      throw new ApiError("recording_too_large");
    case "empty":
      throw new ApiError("empty_body");
    case "acceptable":
  }
}

/** Row first (409 without a key), object second, then key and event in one batch: a crash leaves no partial voice. */
async function create(c: Context<IdempotencyEnv>, voice: NewVoice, body: UploadBody): Promise<void> {
  const { database, bucket } = c.var;
  const r2ObjectKey = customVoiceKey(voice.orgId, voice.id);
  let mayBeStored = false;
  try {
    await begin(c, voice);
    mayBeStored = true;
    const result = await storeBody(bucket, r2ObjectKey, body, MAX_RECORDING_BYTES);
    mayBeStored = mayHoldObject(result);
    const { sizeBytes, md5 } = requireStored(result);
    const recording = await probe(c, r2ObjectKey, sizeBytes);
    c.set("loggedAudio", toAudioFacts(recording));
    const { meters, events } = readConfig(c.env);
    const event = { name: meters.voiceCreation, dueAt: firstDueAt(new Date()) };
    const updatedAt = await commitUpload(database, voice, recording, event, md5, events);
    if (!updatedAt) throw new ApiError("voice_deleted");
    const stored = { id: voice.id, r2ObjectKey, updatedAt, codec: recording.codec };
    runInBackground(c, "voice_levels", measureNewVoice({ env: c.env, database }, stored));
  } catch (error) {
    if (!(await rollback(c, voice, mayBeStored ? r2ObjectKey : null))) return;
    if (error instanceof ApiError) throw error;
    throw new ApiError("voice_creation_failed", { cause: error });
  }
}

async function begin(c: Context<IdempotencyEnv>, voice: NewVoice): Promise<void> {
  const { database, idempotentRequest } = c.var;
  try {
    await beginUpload(database, voice, idempotentRequest ?? null);
  } catch (error) {
    const holder =
      idempotentRequest && (await findUploadByIdempotencyKey(database, voice.orgId, idempotentRequest.key));
    // A concurrent request with the same key was first.
    if (holder && holder.voiceId !== voice.id) throw idempotencyInProgress();
    throw error;
  }
}

/** Has the stored recording probed, and validates it. */
async function probe(c: Context<IdempotencyEnv>, r2ObjectKey: string, sizeBytes: number) {
  const probed = await probeStoredUpload(c.env.ANALYSIS, r2ObjectKey, sizeBytes, { acceptsClaims: true });
  if (probed.kind === "unavailable") {
    throw new ApiError("audio_check_unavailable", {
      cause: probed.cause,
      headers: { "Retry-After": String(PROBE_RETRY_AFTER_SECONDS) },
    });
  }
  const result = validateRecording(probed);
  switch (result.kind) {
    case "accepted": {
      const { contentType, durationSeconds, facts } = result;
      return { r2ObjectKey, contentType, durationSeconds, sizeBytes, ...facts };
    }
    case "not-audio":
      throw new ApiError("invalid_audio", {
        cause: result.reason,
        ...(result.otherFile !== undefined && { message: otherFileMessage(result.otherFile) }),
      });
    case "unsupported-format":
      throw new ApiError("unsupported_audio_format", {
        cause: result.reason,
        message: unsupportedFormatMessage(result.format),
      });
    case "wrapped":
      throw new ApiError("wrapped_body");
    case "too-short":
      throw new ApiError("audio_too_short", { message: tooShortMessage(result.durationSeconds) });
  }
}

function requireStored(result: StoreResult): Extract<StoreResult, { kind: "stored" }> {
  switch (result.kind) {
    case "stored":
      return result;
    case "interrupted":
      throw new ApiError("upload_interrupted");
    case "empty":
      throw new ApiError("empty_body");
    case "too-large":
      throw new ApiError("recording_too_large");
    case "throttled":
      throw new ApiError("storage_busy", { headers: { "Retry-After": String(WRITE_INTERVAL_SECONDS) } });
    case "conflict":
    case "mismatch":
      throw new Error("the write of a new voice has no condition");
  }
}

/**
 * Deletes the voice, then its object, if one may be stored; the cron deletes later what cannot be deleted now. Returns
 * false when there is nothing to roll back, because D1 had committed the voice and only its response was lost.
 */
async function rollback(
  c: Context<IdempotencyEnv>,
  { id: voiceId, orgId, createdAt }: NewVoice,
  r2ObjectKey: string | null,
): Promise<boolean> {
  try {
    if (!(await rollbackUpload(c.var.database, { voiceId, orgId, createdAt }))) return false;
    if (r2ObjectKey !== null) await deleteAudio(c.var.bucket, [r2ObjectKey]);
  } catch (cause) {
    log.error("voice_rollback_failed", { voiceId, cause });
  }
  return true;
}
