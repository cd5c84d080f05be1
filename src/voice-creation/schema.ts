// The input of a voice creation, and the response to it.
import { parse, stringify } from "bcp-47";
import * as z from "zod";
import { VOICE_CATEGORIES } from "../platform/voice-categories.ts";

const MAX_NAME_CHARACTERS = 200;
const MAX_DESCRIPTION_CHARACTERS = 2000;
/** RFC 5646 §4.4.1 asks to allow at least 35. */
const MAX_LANGUAGE_CHARACTERS = 100;

// bcp-47 lower-cases the tag first, which turns U+212A (KELVIN SIGN) into a k: only ASCII is accepted.
const isWellFormedLanguageTag = (tag: string) => /^[a-z\d-]+$/i.test(tag) && stringify(parse(tag)) !== "";

// SQLite ends a text at NUL, Postgres rejects NUL, and other control characters can forge lines in logs and terminals.
const ONE_LINE = /^\P{Cc}*$/u;
const MULTIPLE_LINES = /^[\P{Cc}\t\n\r]*$/u;

/** The query parameters of `POST /api/voices/create`. Every well-formed BCP 47 tag (RFC 5646 §2.2.9) is accepted. */
export const voiceInput = z.object({
  name: z
    .string("Voice name is required")
    .trim()
    .min(1, "Voice name is required")
    .max(MAX_NAME_CHARACTERS, `Voice name must have at most ${MAX_NAME_CHARACTERS} characters`)
    .regex(ONE_LINE, "Voice name must not contain control characters"),
  category: z.enum(VOICE_CATEGORIES, "Invalid category"),
  language: z
    .string("Language is required")
    .min(1, "Language is required")
    .max(MAX_LANGUAGE_CHARACTERS, `Language must have at most ${MAX_LANGUAGE_CHARACTERS} characters`)
    .refine(isWellFormedLanguageTag, "Language must be a BCP 47 tag such as en-US"),
  description: z
    .string("Description must be a single value")
    .trim()
    .max(MAX_DESCRIPTION_CHARACTERS, `Description must have at most ${MAX_DESCRIPTION_CHARACTERS} characters`)
    .regex(MULTIPLE_LINES, "Description must not contain control characters")
    .transform((text) => text || null)
    .nullish(),
});

export type VoiceInput = z.output<typeof voiceInput>;

/** The 201 response. */
export const voiceCreated = z.object({ id: z.string(), name: z.string(), message: z.string() });
