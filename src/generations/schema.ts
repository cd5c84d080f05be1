// A generation in the JSON of the API, the query parameters of its list, and the body of a deletion of several.
import * as z from "zod";
import { audioFacts, toAudioFacts } from "../platform/audio-facts.ts";
import { levelMembers, toLevelMembers } from "../platform/audio-levels.ts";
import { linkUrl, toLinkUrl } from "../platform/link-url.ts";
import { type ListQuery, pageQuery } from "../platform/pagination.ts";

const GENERATION_STATES = ["processing", "ready", "failed"] as const;

/** The query parameters of `GET /api/generations`. */
export const generationListQuery = pageQuery(
  { "-createdAt": z.int() },
  { state: z.enum(GENERATION_STATES, "Invalid state").optional() },
);

export type GenerationListQuery = ListQuery<z.output<typeof generationListQuery>>;

const MAX_DELETIONS = 100;

/** The body of `POST /api/generations/delete`. */
export const generationIds = z.strictObject({
  ids: z
    .array(z.string("An id must be text"), "ids is required")
    .min(1, "ids must have at least one id")
    .max(MAX_DELETIONS, `ids must have at most ${MAX_DELETIONS} ids`),
});

/** The response to it: each id once, in the order of the request. */
export const deletedGenerations = z.object({
  deleted: z.array(z.string()),
  notFound: z
    .array(z.string())
    .meta({ description: "Those that do not exist, or belong to another organisation" }),
});

export const generationResource = z
  .object({
    id: z.string(),
    voiceId: z.string().nullable().meta({ description: "Null when the voice was deleted" }),
    voiceName: z.string(),
    text: z.string(),
    state: z.enum(GENERATION_STATES),
    failureReason: z.string().nullable().meta({ description: "Why the generation failed, if reported" }),
    durationSeconds: z.number().nullable(),
    sizeBytes: z.int().nullable(),
    ...audioFacts.shape,
    temperature: z.number(),
    topP: z.number(),
    topK: z.int(),
    repetitionPenalty: z.number(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    audioUrl: z.string().nullable().meta({ description: "The URL of the audio; null unless ready" }),
    ...levelMembers.shape,
    linkUrl,
  })
  .meta({ id: "Generation" });

export type GenerationResource = z.output<typeof generationResource>;

type GenerationFields = Omit<
  GenerationResource,
  "state" | "bitrateBps" | "audioUrl" | "peaksUrl" | "linkUrl" | "createdAt" | "updatedAt"
>;

/** The columns of a generation that {@link toGenerationResource} reads. */
export interface GenerationColumns extends GenerationFields {
  r2ObjectKey: string | null;
  failedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** The public fields of a generation. Other columns of the row are left out. */
export function toGenerationResource(row: GenerationColumns, hasLinks: boolean): GenerationResource {
  const state = stateOf(row);
  const audioUrl = state === "ready" ? `/api/audio/${encodeURIComponent(row.id)}` : null;
  return {
    id: row.id,
    voiceId: row.voiceId,
    voiceName: row.voiceName,
    text: row.text,
    state,
    failureReason: state === "failed" ? row.failureReason : null,
    durationSeconds: row.durationSeconds,
    sizeBytes: row.sizeBytes,
    ...toAudioFacts(row),
    temperature: row.temperature,
    topP: row.topP,
    topK: row.topK,
    repetitionPenalty: row.repetitionPenalty,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    audioUrl,
    ...toLevelMembers(row, audioUrl),
    linkUrl: toLinkUrl(audioUrl, hasLinks),
  };
}

/** Stored audio makes a generation ready even when a failure was reported. */
function stateOf({ r2ObjectKey, failedAt }: GenerationColumns): GenerationResource["state"] {
  if (r2ObjectKey) return "ready";
  return failedAt ? "failed" : "processing";
}
