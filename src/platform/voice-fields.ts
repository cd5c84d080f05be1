// The rules for what a user says of a voice: its name, category, language and description. For its creation and its
// update.
import * as z from "zod/mini";
import { isWellFormedLanguageTag, normalizeLanguageTag } from "./language-tag.ts";
import { isVisible, keepsTextDirection } from "./visible-text.ts";
import { VOICE_CATEGORIES } from "./voice-categories.ts";

export const MAX_NAME_CHARACTERS = 200;
export const MAX_DESCRIPTION_CHARACTERS = 2000;
/** RFC 5646 §4.4.1 asks to allow at least 35. */
export const MAX_LANGUAGE_CHARACTERS = 100;

// SQLite ends a text at NUL, Postgres rejects NUL, and other control characters can forge lines in logs and terminals.
const ONE_LINE = /^\P{Cc}*$/u;
const MULTIPLE_LINES = /^[\P{Cc}\t\n\r]*$/u;
const DIRECTION_MESSAGE =
  "must not contain characters that reverse the text around them (U+202A–U+202E, U+2066–U+2069)";

/** Half a surrogate pair, which JSON can carry, cannot be stored as UTF-8. */
const toWellFormed = (text: string) => text.toWellFormed();

export const voiceFields = {
  name: z
    .string("Voice name is required")
    .check(
      z.overwrite(toWellFormed),
      z.trim(),
      z.minLength(1, { error: "Voice name is required", abort: true }),
      z.maxLength(MAX_NAME_CHARACTERS, `Voice name must have at most ${MAX_NAME_CHARACTERS} characters`),
      z.regex(ONE_LINE, "Voice name must not contain control characters"),
      z.refine(isVisible, "Voice name must contain a visible character"),
      z.refine(keepsTextDirection, `Voice name ${DIRECTION_MESSAGE}`),
    ),
  category: z.enum(VOICE_CATEGORIES, "Invalid category"),
  language: z
    .string("Language is required")
    .check(
      z.minLength(1, "Language is required"),
      z.maxLength(
        MAX_LANGUAGE_CHARACTERS,
        `Language must have at most ${MAX_LANGUAGE_CHARACTERS} characters`,
      ),
      z.overwrite(normalizeLanguageTag),
      z.refine(isWellFormedLanguageTag, "Language must be a BCP 47 tag such as en-US"),
    ),
  description: z.nullish(
    z.pipe(
      z
        .string("Description must be text")
        .check(
          z.overwrite(toWellFormed),
          z.trim(),
          z.maxLength(
            MAX_DESCRIPTION_CHARACTERS,
            `Description must have at most ${MAX_DESCRIPTION_CHARACTERS} characters`,
          ),
          z.regex(MULTIPLE_LINES, "Description must not contain control characters"),
          z.refine(keepsTextDirection, `Description ${DIRECTION_MESSAGE}`),
        ),
      z.transform((text) => text || null),
    ),
  ),
};
