// What a caller must say about a voice to create it, and the documented shape of what is wrong with it.
import { parse, stringify } from "bcp-47";
import * as z from "zod";
import { VOICE_CATEGORIES } from "./categories.ts";

const isWellFormedLanguageTag = (tag: string) => stringify(parse(tag)) !== "";

/** The query parameters of `POST /api/voices/create`. Any well-formed BCP 47 tag (RFC 5646 §2.2.9) passes. */
export const voiceInput = z.object({
  name: z.string("Voice name is required").trim().min(1, "Voice name is required"),
  category: z.enum(VOICE_CATEGORIES, "Invalid category"),
  language: z
    .string("Language is required")
    .min(1, "Language is required")
    .refine(isWellFormedLanguageTag, "Language must be a BCP 47 tag such as en-US"),
  description: z
    .string("Description must be a single value")
    .trim()
    .transform((text) => text || null)
    .nullish(),
});

export type VoiceInput = z.output<typeof voiceInput>;

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
