// GET /api/voices/{voiceId}: the reference audio of a system voice, or of one of the organisation's own.
import type { Context } from "hono";
import { openAudio } from "../adapters/audio-store.ts";
import { findPlayableVoice } from "../adapters/voices.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { servedTypeOf } from "../rules/served-type.ts";
import { playAudio } from "./play-audio.ts";

const CACHE_CONTROL = {
  SYSTEM: "public, max-age=86400",
  CUSTOM: "private, max-age=3600",
};

export async function getVoiceAudio(c: Context<AppEnv, "/api/voices/:voiceId">) {
  const voice = await findPlayableVoice(c.env.DB, c.req.param("voiceId"), c.var.identity.orgId);
  if (!voice) throw new ApiError("voice_not_found");
  if (voice.r2ObjectKey === null) throw new ApiError("voice_not_ready");

  const audio = await openAudio(c.env.AUDIO, voice.r2ObjectKey).catch((cause: unknown) => {
    throw new ApiError("voice_unavailable", { cause });
  });
  if (!audio) throw new ApiError("voice_unavailable", { cause: "object missing" });
  return playAudio(c, audio, {
    contentType: servedTypeOf(voice.contentType, audio.httpMetadata?.contentType),
    cacheControl: CACHE_CONTROL[voice.variant],
  });
}
