// POST /api/voices/create: a recording in, a voice out.
import type { Context } from "hono";
import { deliver, firstDueAt } from "../billing/delivery.ts";
import { createBilling } from "../billing/polar.ts";
import { customVoiceKey, deleteAudio } from "../platform/audio-store.ts";
import { defer } from "../platform/background.ts";
import type { AppEnv } from "../platform/env.ts";
import { ApiError } from "../platform/errors.ts";
import { log } from "../platform/logger.ts";
import { receiveAudio, requireUpload } from "../recordings/store-and-probe.ts";
import { MAX_UPLOAD_BYTES } from "../recordings/upload-limits.ts";
import { keyProcessing } from "./idempotency.ts";
import { type AudioVerdict, judgeRecording, MIN_DURATION_SECONDS } from "./policy.ts";
import {
  abandonUpload,
  completeUpload,
  findKeyHolder,
  type InspectedAudio,
  type NewVoice,
  openUpload,
} from "./queries.ts";
import type { VoiceInput } from "./schema.ts";
import { respondCreated } from "./voice-created-response.ts";

type CreateVoiceContext = Context<AppEnv, "/api/voices/create", { out: { query: VoiceInput } }>;
type AcceptedAudio = Extract<AudioVerdict, { kind: "accepted" }>;

const LIMIT = { maxBytes: MAX_UPLOAD_BYTES, tooLarge: "file_too_large" } as const;
const EVENT_NAME = "voice_creation";

/** Stores the recording, judges it, makes the voice ready, answers 201 and meters it behind the answer. */
export async function createVoice(c: CreateVoiceContext) {
  requireUpload(c.req.raw, LIMIT);
  if (!c.req.header("Content-Type")?.split(";")[0]?.trim()) throw new ApiError("missing_content_type");
  const voice = {
    ...c.req.valid("query"),
    id: crypto.randomUUID(),
    orgId: c.var.identity.orgId,
    createdAt: new Date(),
  };
  const creation = create(c, voice);
  // When the client goes away, what was begun is still undone.
  c.executionCtx.waitUntil(Promise.allSettled([creation]));
  await creation;

  const { id, orgId, createdAt } = voice;
  const event = { id, name: EVENT_NAME, orgId, occurredAt: createdAt, attempts: 0, stuckAt: null };
  defer(c, "voice_metering", deliver(c.var.database, createBilling(c.var.config.polar), [event], new Date()));
  return respondCreated(c, voice);
}

/** Row first (409 while it has no key), object second, then the key and the event as one: a crash leaves no half. */
async function create(c: CreateVoiceContext, voice: NewVoice): Promise<void> {
  const r2ObjectKey = customVoiceKey(voice.orgId, voice.id);
  try {
    await open(c, voice);
    const audio = await receive(c, r2ObjectKey);
    const event = { name: EVENT_NAME, dueAt: firstDueAt(new Date()) };
    const isCompleted = await completeUpload(c.var.database, voice, audio, event, audio.md5);
    if (!isCompleted) throw new ApiError("voice_removed");
  } catch (error) {
    if (!(await undo(c, voice, r2ObjectKey))) return;
    if (error instanceof ApiError) throw error;
    throw new ApiError("voice_creation_failed", { cause: error });
  }
}

async function open(c: CreateVoiceContext, voice: NewVoice): Promise<void> {
  const request = c.var.idempotentRequest ?? null;
  try {
    await openUpload(c.var.database, voice, request);
  } catch (error) {
    const holder = request && (await findKeyHolder(c.var.database, voice.orgId, request.key));
    // Another request came in under the same key just before.
    if (holder && holder.voiceId !== voice.id) throw keyProcessing();
    throw error;
  }
}

/** Stores the recording and judges what is stored. */
async function receive(
  c: CreateVoiceContext,
  r2ObjectKey: string,
): Promise<InspectedAudio & { md5: string | null }> {
  const { inspection, sizeBytes, md5 } = await receiveAudio(c, r2ObjectKey, LIMIT);
  const { contentType, durationSeconds } = requireVoiceAudio(judgeRecording(inspection));
  return { r2ObjectKey, contentType, durationSeconds, sizeBytes, md5 };
}

function requireVoiceAudio(verdict: AudioVerdict): AcceptedAudio {
  switch (verdict.kind) {
    case "accepted":
      return verdict;
    case "not-audio":
      throw new ApiError("invalid_audio", { cause: verdict.reason });
    case "too-short": {
      // Rounded down: 9.96 s must not be refused as "10.0s".
      const seconds = (Math.floor(verdict.durationSeconds * 10) / 10).toFixed(1);
      throw new ApiError("audio_too_short", {
        message: `Audio too short (${seconds}s). Minimum duration is ${MIN_DURATION_SECONDS} seconds.`,
      });
    }
  }
}

/**
 * Takes the voice back, then its object; what can't be done now the sweep does when an hour is over. Answers false when
 * there is nothing to take back: D1 had completed the voice, and only its answer was lost.
 */
async function undo(c: CreateVoiceContext, { id }: NewVoice, r2ObjectKey: string): Promise<boolean> {
  try {
    if (!(await abandonUpload(c.var.database, id))) return false;
    await deleteAudio(c.var.bucket, [r2ObjectKey]);
  } catch (cause) {
    log.error("voice_undo_failed", { voiceId: id, cause });
  }
  return true;
}
