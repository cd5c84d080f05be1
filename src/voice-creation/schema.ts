// What a caller must say about a voice to create it, and the documented shape of what is wrong with it.
import { parse, stringify } from "bcp-47";
import * as z from "zod";
import { VOICE_CATEGORIES } from "../platform/voice-categories.ts";

const MAX_NAME_CHARACTERS = 200;
const MAX_DESCRIPTION_CHARACTERS = 2000;
/** RFC 5646 §4.4.1 asks for room for 35. */
const MAX_LANGUAGE_CHARACTERS = 100;

// bcp-47 lower-cases first, and then takes U+212A (Kelvin) for a k.
const isWellFormedLanguageTag = (tag: string) => /^[a-z\d-]+$/i.test(tag) && stringify(parse(tag)) !== "";

// A NUL cuts text short in SQLite and is refused by Postgres; the others mislead terminals and logs.
const ONE_LINE = /^\P{Cc}*$/u;
const LINES = /^[\P{Cc}\t\n\r]*$/u;

/** The query parameters of `POST /api/voices/create`. Any well-formed BCP 47 tag (RFC 5646 §2.2.9) passes. */
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
    .regex(LINES, "Description must not contain control characters")
    .transform((text) => text || null)
    .nullish(),
});

export type VoiceInput = z.output<typeof voiceInput>;

/** What a creation is answered with. */
export const createdVoice = z.object({ id: z.string(), name: z.string(), message: z.string() });

/** One entry of `issues` in a 400 answer. */
export interface InputIssue {
  code: string;
  message: string;
  path: PropertyKey[];
}

/** zod's issues in the contract's words: zod 4 renamed what the contract knows as `invalid_enum_value`. */
export const toInputIssues = (error: z.core.$ZodError): InputIssue[] =>
  error.issues.map(({ code, message, path }) => ({
    code: code === "invalid_value" ? "invalid_enum_value" : code,
    message,
    path,
  }));
