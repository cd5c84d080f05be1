// A generation in the JSON of the API, the query parameters of its list, and the body of a deletion of several.
import * as z from "zod/mini";
import { toAudioFacts } from "../platform/audio-facts.ts";
import { toLevelMembers } from "../platform/audio-levels.ts";
import { toLinkUrl } from "../platform/link-url.ts";
import { type ListQuery, pageQuery } from "../platform/pagination.ts";
import type { generationResource } from "./resource.ts";

export const GENERATION_STATES = ["processing", "ready", "failed"] as const;

/** The query parameters of `GET /api/generations`. */
export const generationListQuery = pageQuery(
  { "-createdAt": z.int() },
  { state: z.optional(z.enum(GENERATION_STATES, "Invalid state")) },
);

export type GenerationListQuery = ListQuery<z.output<typeof generationListQuery>>;

const MAX_DELETIONS = 100;

/** The body of `POST /api/generations/delete`. */
export const generationIds = z.strictObject({
  ids: z
    .array(z.string("An id must be text"), "ids is required")
    .check(
      z.minLength(1, "ids must have at least one id"),
      z.maxLength(MAX_DELETIONS, `ids must have at most ${MAX_DELETIONS} ids`),
    ),
});

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
