// GET /api/audio/{generationId}: the audio of one generation, to its own organisation.
import type { Context } from "hono";
import { openAudio } from "../adapters/audio-store.ts";
import { findPlayableGeneration } from "../adapters/generations.ts";
import type { AppEnv } from "../env.ts";
import { ApiError } from "../errors.ts";
import { playAudio } from "./play-audio.ts";

export async function getGenerationAudio(c: Context<AppEnv, "/api/audio/:generationId">) {
  const id = c.req.param("generationId");
  const generation = await findPlayableGeneration(c.env.DB, id, c.var.identity.orgId);
  if (!generation) throw new ApiError("generation_not_found");
  if (generation.r2ObjectKey === null) throw new ApiError("generation_not_ready");

  const audio = await openAudio(c.env.AUDIO, generation.r2ObjectKey).catch((cause: unknown) => {
    throw new ApiError("generation_unavailable", { cause });
  });
  if (!audio) throw new ApiError("generation_unavailable", { cause: "object missing" });
  return playAudio(c, audio, { contentType: "audio/wav", cacheControl: "private, max-age=3600" });
}
