// A generation in the JSON of the API, and the response to a deletion of several. Schemas for the OpenAPI document: the
// Worker uses their types only.
import * as z from "zod";
import { audioFacts, levelMembers, linkUrl } from "../platform/audio-members.ts";
import { GENERATION_STATES } from "./schema.ts";

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

/** The response to `POST /api/generations/delete`: each id once, in the order of the request. */
export const deletedGenerations = z.object({
  deleted: z.array(z.string()),
  notFound: z
    .array(z.string())
    .meta({ description: "Those that do not exist, or belong to another organisation" }),
});
