// GET /api/audio/{generationId}: the audio of one generation, to its own organisation.
import type { Context } from "hono";
import { findPlayableGeneration } from "../generations/queries.ts";
import { isPlainId } from "../ingest/schema.ts";
import { generationKey } from "../platform/audio-store.ts";
import type { AppEnv } from "../platform/env.ts";
import { playStored } from "./serve-stored-audio.ts";

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
