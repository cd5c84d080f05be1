// A voice in the JSON of the API, its update, and the query parameters of its list.
import * as z from "zod/mini";
import { toAudioFacts } from "../platform/audio-facts.ts";
import { toLevelMembers } from "../platform/audio-levels.ts";
import { normalizeLanguageTag } from "../platform/language-tag.ts";
import { toLinkUrl } from "../platform/link-url.ts";
import { type ListQuery, pageQuery } from "../platform/pagination.ts";
import { VOICE_CATEGORIES, VOICE_VARIANTS } from "../platform/voice-categories.ts";
import { voiceFields } from "../platform/voice-fields.ts";
import type { voiceResource } from "./resource.ts";

/** A basic language range (RFC 4647 §2.1) without the wildcard. */
const LANGUAGE_RANGE = /^[a-z]{1,8}(-[a-z\d]{1,8})*$/i;

/** The query parameters of `GET /api/voices`. */
export const voiceListQuery = pageQuery(
  { name: z.string(), "-createdAt": z.int() },
  {
    category: z.optional(z.enum(VOICE_CATEGORIES, "Invalid category")),
    variant: z.optional(z.enum(VOICE_VARIANTS, "Invalid variant")),
    language: z
      .optional(
        z
          .string()
          .check(
            z.overwrite(normalizeLanguageTag),
            z.regex(
              LANGUAGE_RANGE,
              "language must be a BCP 47 tag such as en-US, or the beginning of one such as en",
            ),
          ),
      )
      .check(
        z.describe(
          "A BCP 47 tag, or the beginning of one: `en` matches en-US and en-GB (RFC 4647 §3.3.1). With more than three " +
            "subtags, a page may have fewer than `limit` items, or none, although the list continues",
        ),
      ),
  },
);

export type VoiceListQuery = ListQuery<z.output<typeof voiceListQuery>>;

/** The body of `PATCH /api/voices/{voiceId}`. */
export const voiceUpdate = z.partial(z.strictObject(voiceFields)).check(
  z.refine((update) => Object.keys(update).length > 0, "At least one field is required"),
  z.meta({ id: "VoiceUpdate", description: "Fields that are absent stay; null clears the description" }),
);

export type VoiceUpdate = z.output<typeof voiceUpdate>;

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
