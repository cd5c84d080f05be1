// GET /api/audio/{generationId}: the audio of one generation, to its own organisation.
import type { Context } from "hono";
import { generationKey } from "../adapters/audio-store.ts";
import { findPlayableGeneration } from "../adapters/generations.ts";
import type { AppEnv } from "../env.ts";
import { isPlainId } from "../rules/generation-input.ts";
import { playStored } from "./play-stored.ts";

export function getGenerationAudio(c: Context<AppEnv, "/api/audio/:generationId">): Promise<Response> {
  const id = c.req.param("generationId");
  const { identity, memory } = c.var;
  const memoryKey = `${identity.orgId}/${id}`;
  return playStored(c, {
    remembered: memory.generations.get(memoryKey),
    // For ids that look like none R2 is not asked on suspicion.
    likely: isPlainId(id) ? { r2ObjectKey: generationKey(identity.orgId, id), failedAt: null } : undefined,
    find: (from) => findPlayableGeneration(c.var.database, id, identity.orgId, from),
    remember: (row) => memory.generations.set(memoryKey, row),
    forget: () => memory.generations.delete(memoryKey),
    errors: {
      absent: "generation_not_found",
      notReady: ({ failedAt }) => (failedAt ? "generation_failed" : "generation_not_ready"),
      unavailable: "generation_unavailable",
    },
    present: () => ({
      "Content-Type": "audio/wav",
      "Cache-Control": "private, max-age=3600",
      "Cache-Status": "Resonance; fwd=bypass",
    }),
  });
}
