// A voice as the API tells it in JSON, and what a list of voices may be asked for.
import * as z from "zod";
import { pageQuery } from "../platform/pagination.ts";
import { VOICE_CATEGORIES, VOICE_VARIANTS } from "../platform/voice-categories.ts";

/** RFC 4647 §2.1, but for the wildcard. */
const LANGUAGE_RANGE = /^[a-z]{1,8}(-[a-z\d]{1,8})*$/i;

/** The query parameters of `GET /api/voices`. */
export const voiceListQuery = pageQuery(z.string()).extend({
  category: z.enum(VOICE_CATEGORIES, "Invalid category").optional(),
  variant: z.enum(VOICE_VARIANTS, "Invalid variant").optional(),
  language: z
    .string("language must be a single value")
    .regex(LANGUAGE_RANGE, "language must be a BCP 47 tag such as en-US, or the beginning of one such as en")
    .optional()
    .meta({
      description: "A BCP 47 tag, or the beginning of one: `en` finds en-US and en-GB (RFC 4647 §3.3.1)",
    }),
});

export type VoiceListQuery = z.output<typeof voiceListQuery>;

export const voiceResource = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    category: z.enum(VOICE_CATEGORIES),
    language: z.string().meta({ description: "BCP 47", example: "en-US" }),
    variant: z.enum(VOICE_VARIANTS).meta({ description: "CUSTOM voices are the organisation's own" }),
    state: z.enum(["processing", "ready"]),
    contentType: z.string().nullable().meta({ description: "Null for a voice that was never inspected" }),
    durationSeconds: z.number().nullable(),
    sizeBytes: z.int().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    audioUrl: z.string().nullable().meta({ description: "Where it is played; null until it is ready" }),
  })
  .meta({ id: "Voice" });

export type VoiceResource = z.output<typeof voiceResource>;

type Told = Omit<VoiceResource, "state" | "audioUrl" | "createdAt" | "updatedAt">;

/** What is known of a voice, by the names of its columns. */
export interface KnownVoice extends Told {
  r2ObjectKey: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Tells of a voice what whoever sees it may know, and nothing else that its row may hold. */
export function toVoiceResource(known: KnownVoice): VoiceResource {
  const isReady = known.r2ObjectKey !== null;
  return {
    id: known.id,
    name: known.name,
    description: known.description,
    category: known.category,
    language: known.language,
    variant: known.variant,
    state: isReady ? "ready" : "processing",
    contentType: known.contentType,
    durationSeconds: known.durationSeconds,
    sizeBytes: known.sizeBytes,
    createdAt: known.createdAt.toISOString(),
    updatedAt: known.updatedAt.toISOString(),
    audioUrl: isReady ? `/api/voices/${encodeURIComponent(known.id)}` : null,
  };
}
