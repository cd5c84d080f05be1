// A generation as the API tells it in JSON, and what a list of generations may be asked for.
import * as z from "zod";
import { pageQuery } from "../platform/pagination.ts";

export const GENERATION_STATES = ["processing", "ready", "failed"] as const;

/** The query parameters of `GET /api/generations`. */
export const generationListQuery = pageQuery(z.int()).extend({
  state: z.enum(GENERATION_STATES, "Invalid state").optional(),
});

export type GenerationListQuery = z.output<typeof generationListQuery>;

export const generationResource = z
  .object({
    id: z.string(),
    voiceId: z.string().nullable().meta({ description: "Null once the voice is deleted" }),
    voiceName: z.string(),
    text: z.string(),
    state: z.enum(GENERATION_STATES),
    failure: z.string().nullable().meta({ description: "Why it failed, where that was told" }),
    durationSeconds: z.number().nullable(),
    sizeBytes: z.int().nullable(),
    temperature: z.number(),
    topP: z.number(),
    topK: z.int(),
    repetitionPenalty: z.number(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    audioUrl: z.string().nullable().meta({ description: "Where it is played; null unless it is ready" }),
  })
  .meta({ id: "Generation" });

export type GenerationResource = z.output<typeof generationResource>;

type Told = Omit<GenerationResource, "state" | "audioUrl" | "createdAt" | "updatedAt">;

/** What is known of a generation, by the names of its columns. */
export interface KnownGeneration extends Told {
  r2ObjectKey: string | null;
  failedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Tells of a generation what its organisation may know, and nothing else that its row may hold. */
export function toGenerationResource(known: KnownGeneration): GenerationResource {
  const state = stateOf(known);
  return {
    id: known.id,
    voiceId: known.voiceId,
    voiceName: known.voiceName,
    text: known.text,
    state,
    failure: state === "failed" ? known.failure : null,
    durationSeconds: known.durationSeconds,
    sizeBytes: known.sizeBytes,
    temperature: known.temperature,
    topP: known.topP,
    topK: known.topK,
    repetitionPenalty: known.repetitionPenalty,
    createdAt: known.createdAt.toISOString(),
    updatedAt: known.updatedAt.toISOString(),
    audioUrl: state === "ready" ? `/api/audio/${encodeURIComponent(known.id)}` : null,
  };
}

/** Audio that is there outweighs a failure that was told. */
function stateOf({ r2ObjectKey, failedAt }: KnownGeneration): GenerationResource["state"] {
  if (r2ObjectKey) return "ready";
  return failedAt ? "failed" : "processing";
}
