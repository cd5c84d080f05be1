// A voice in the JSON of the API. A schema for the OpenAPI document: the Worker uses its type only.
import * as z from "zod";
import { audioFacts, levelMembers, linkUrl } from "../platform/audio-members.ts";
import { VOICE_CATEGORIES, VOICE_VARIANTS } from "../platform/voice-categories.ts";

export const voiceResource = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    category: z.enum(VOICE_CATEGORIES),
    language: z.string().meta({ description: "BCP 47", example: "en-US" }),
    variant: z.enum(VOICE_VARIANTS).meta({ description: "CUSTOM voices belong to the organisation" }),
    state: z.enum(["processing", "ready"]),
    contentType: z.string().nullable().meta({ description: "Null for a voice that was never probed" }),
    durationSeconds: z.number().nullable(),
    sizeBytes: z.int().nullable(),
    ...audioFacts.shape,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    audioUrl: z.string().nullable().meta({ description: "The URL of the recording; null unless ready" }),
    ...levelMembers.shape,
    linkUrl,
  })
  .meta({ id: "Voice" });
