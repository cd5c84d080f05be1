// The messages of the change feed. An object has the columns of the app's tables, and their names.
import * as z from "zod";
import { VOICE_CATEGORIES, VOICE_VARIANTS } from "../platform/voice-categories.ts";

const timestamps = { createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() };

const voice = z
  .object({
    id: z.string(),
    orgId: z.string().nullable(),
    name: z.string(),
    description: z.string().nullable(),
    category: z.enum(VOICE_CATEGORIES),
    language: z.string(),
    variant: z.enum(VOICE_VARIANTS),
    r2ObjectKey: z.string().nullable(),
    ...timestamps,
  })
  .meta({ id: "ChangedVoice" });

const generation = z
  .object({
    id: z.string(),
    orgId: z.string(),
    voiceId: z.string().nullable(),
    voiceName: z.string(),
    text: z.string(),
    r2ObjectKey: z.string().nullable(),
    temperature: z.number(),
    topP: z.number(),
    topK: z.int(),
    repetitionPenalty: z.number(),
    failureReason: z.string().nullable().meta({ description: "Of `generation.failed`: what was reported" }),
    ...timestamps,
  })
  .meta({ id: "ChangedGeneration" });

const envelope = {
  timestamp: z.iso.datetime().meta({ description: "When the change was made" }),
  sequence: z.int().meta({
    description:
      "Increases with each change. Ignore an event that is not later than what you have of its object",
  }),
};

export const voiceEvent = z
  .object({
    type: z.enum(["voice.created", "voice.updated", "voice.deleted"]),
    ...envelope,
    data: voice.meta({ description: "As it is after the change; as it was, of a deletion" }),
  })
  .meta({ id: "VoiceEvent" });

export const generationEvent = z
  .object({
    type: z.enum(["generation.ready", "generation.failed", "generation.deleted"]),
    ...envelope,
    data: generation.meta({ description: "As it is after the change; as it was, of a deletion" }),
  })
  .meta({ id: "GenerationEvent" });

/** A message of the change feed: the body of a Standard Webhooks request. */
export type ChangeEvent = z.output<typeof voiceEvent> | z.output<typeof generationEvent>;
