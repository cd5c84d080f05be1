// A voice in the JSON of the API, its update, and the query parameters of its list.
import * as z from "zod";
import { audioFacts, toAudioFacts } from "../platform/audio-facts.ts";
import { levelMembers, toLevelMembers } from "../platform/audio-levels.ts";
import { normalizeLanguageTag } from "../platform/language-tag.ts";
import { linkUrl, toLinkUrl } from "../platform/link-url.ts";
import { type ListQuery, pageQuery } from "../platform/pagination.ts";
import { VOICE_CATEGORIES, VOICE_VARIANTS } from "../platform/voice-categories.ts";
import { voiceFields } from "../platform/voice-fields.ts";

/** A basic language range (RFC 4647 §2.1) without the wildcard. */
const LANGUAGE_RANGE = /^[a-z]{1,8}(-[a-z\d]{1,8})*$/i;

/** The query parameters of `GET /api/voices`. */
export const voiceListQuery = pageQuery(
  { name: z.string(), "-createdAt": z.int() },
  {
    category: z.enum(VOICE_CATEGORIES, "Invalid category").optional(),
    variant: z.enum(VOICE_VARIANTS, "Invalid variant").optional(),
    language: z
      .string()
      .overwrite(normalizeLanguageTag)
      .regex(
        LANGUAGE_RANGE,
        "language must be a BCP 47 tag such as en-US, or the beginning of one such as en",
      )
      .optional()
      .meta({
        description: "A BCP 47 tag, or the beginning of one: `en` matches en-US and en-GB (RFC 4647 §3.3.1)",
      }),
  },
);

export type VoiceListQuery = ListQuery<z.output<typeof voiceListQuery>>;

/** The body of `PATCH /api/voices/{voiceId}`. */
export const voiceUpdate = z
  .strictObject(voiceFields)
  .partial()
  .refine((update) => Object.keys(update).length > 0, "At least one field is required")
  .meta({ id: "VoiceUpdate", description: "Fields that are absent stay; null clears the description" });

export type VoiceUpdate = z.output<typeof voiceUpdate>;

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

export type VoiceResource = z.output<typeof voiceResource>;

type VoiceFields = Omit<
  VoiceResource,
  "state" | "bitrateBps" | "audioUrl" | "peaksUrl" | "linkUrl" | "createdAt" | "updatedAt"
>;

/** The columns of a voice that {@link toVoiceResource} reads. */
export interface VoiceColumns extends VoiceFields {
  r2ObjectKey: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** The public fields of a voice. Other columns of the row are left out. */
export function toVoiceResource(row: VoiceColumns, hasLinks: boolean): VoiceResource {
  const isReady = row.r2ObjectKey !== null;
  const audioUrl = isReady ? `/api/voices/${encodeURIComponent(row.id)}` : null;
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    category: row.category,
    language: row.language,
    variant: row.variant,
    state: isReady ? "ready" : "processing",
    contentType: row.contentType,
    durationSeconds: row.durationSeconds,
    sizeBytes: row.sizeBytes,
    ...toAudioFacts(row),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    audioUrl,
    ...toLevelMembers(row, audioUrl),
    linkUrl: toLinkUrl(audioUrl, hasLinks),
  };
}
