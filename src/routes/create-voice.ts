// POST /api/voices/create: a recording in, a voice out.
import type { Context } from "hono";
import { probeAudio } from "../adapters/audio-probe.ts";
import { customVoiceKey, deleteAudio, putAudio } from "../adapters/audio-store.ts";
import { createBilling } from "../adapters/billing.ts";
import { deleteVoice, insertCustomVoice, setVoiceAudio } from "../adapters/voices.ts";
import { defer } from "../defer.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { log } from "../log.ts";
import { type AudioVerdict, judgeRecording, MIN_DURATION_SECONDS } from "../rules/audio-verdict.ts";
import type { VoiceInput } from "../rules/voice-input.ts";
import { readUpload } from "./read-upload.ts";

type CreateVoiceContext = Context<AppEnv, "/api/voices/create", { out: { query: VoiceInput } }>;
type AcceptedAudio = Extract<AudioVerdict, { kind: "accepted" }>;

interface NewVoice extends VoiceInput {
  id: string;
  orgId: string;
  createdAt: Date;
}

/** Reads the recording, judges it, stores the voice, answers 201 and meters it behind the answer. */
export async function createVoice(c: CreateVoiceContext) {
  const input = c.req.valid("query");
  const bytes = await readRecording(c);
  const audio = requireVoiceAudio(judgeRecording(await probeAudio(new Uint8Array(bytes))));

  const voice = { ...input, id: crypto.randomUUID(), orgId: c.var.identity.orgId, createdAt: new Date() };
  await storeVoice(c.env, voice, bytes, audio);
  defer(c, "voice_metering", createBilling(c.var.config.polar).recordVoiceCreation(voice));

  c.header("Location", `/api/voices/${voice.id}`);
  return c.json({ id: voice.id, name: voice.name, message: "Voice created successfully" }, 201);
}

/** The body of a request that declares some type. What the type says is not trusted and goes no further. */
async function readRecording(c: CreateVoiceContext): Promise<ArrayBuffer> {
  const bytes = await readUpload(c.req.raw);
  if (bytes.byteLength === 0) throw new ApiError("empty_body");
  if (!c.req.header("Content-Type")?.split(";")[0]?.trim()) throw new ApiError("missing_content_type");
  return bytes;
}

function requireVoiceAudio(verdict: AudioVerdict): AcceptedAudio {
  switch (verdict.kind) {
    case "accepted":
      return verdict;
    case "not-audio":
      throw new ApiError("invalid_audio");
    case "too-short": {
      // Rounded down: 9.96 s must not be refused as "10.0s".
      const seconds = (Math.floor(verdict.durationSeconds * 10) / 10).toFixed(1);
      throw new ApiError("audio_too_short", {
        message: `Audio too short (${seconds}s). Minimum duration is ${MIN_DURATION_SECONDS} seconds.`,
      });
    }
  }
}

/** Row first (409 while it has no key), object second, key last: what a crash leaves can be told from a voice. */
async function storeVoice(
  env: Env,
  voice: NewVoice,
  bytes: ArrayBuffer,
  audio: AcceptedAudio,
): Promise<void> {
  const r2ObjectKey = customVoiceKey(voice.orgId, voice.id);
  const { contentType, durationSeconds } = audio;
  try {
    await insertCustomVoice(env.DB, voice);
    await putAudio(env.AUDIO, r2ObjectKey, bytes, contentType);
    await setVoiceAudio(env.DB, voice, {
      r2ObjectKey,
      contentType,
      durationSeconds,
      sizeBytes: bytes.byteLength,
    });
  } catch (cause) {
    await undo(env, voice, r2ObjectKey);
    throw new ApiError("voice_creation_failed", { cause });
  }
}

/** The object first: while it is there, its row says whose it is. */
async function undo(env: Env, voice: NewVoice, r2ObjectKey: string): Promise<void> {
  try {
    await deleteAudio(env.AUDIO, r2ObjectKey);
    await deleteVoice(env.DB, voice);
  } catch (cause) {
    log.error("voice_undo_failed", { voiceId: voice.id, cause });
  }
}
