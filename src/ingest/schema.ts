// The input of the ingest: what a backend sends to begin a generation, or to report its failure.
import * as z from "zod";
import { isPlainId } from "../platform/ids.ts";
import { isVisible, keepsTextDirection } from "../platform/visible-text.ts";

const MAX_TEXT_CHARACTERS = 100_000;
const MAX_NAME_CHARACTERS = 200;
const MAX_REASON_CHARACTERS = 500;
const MAX_VOICE_ID_CHARACTERS = 200;

/** An id that becomes part of an R2 key. */
const plainId = (name: string) =>
  z.string(`${name} is required`).refine(isPlainId, `${name} must have 1 to 64 letters, digits, _ or -`);

/** A non-empty text. SQLite ends a text at NUL, and half of a surrogate pair cannot be stored as UTF-8. */
const text = (name: string, maxCharacters: number) =>
  z
    .string(`${name} is required`)
    .min(1, { error: `${name} is required`, abort: true })
    .max(maxCharacters, `${name} must have at most ${maxCharacters} characters`)
    .regex(/^[^\0]*$/, `${name} must not contain NUL`)
    .overwrite((value) => value.toWellFormed());

/** The path parameter of the routes below /internal/generations. */
export const generationPath = z.object({ generationId: plainId("generationId") });

/** The query of `DELETE /internal/generations/{generationId}`. */
export const generationDeletionQuery = z.object({
  orgId: plainId("orgId").optional().meta({
    description:
      "The Clerk id of the organisation that owns the generation: no other is deleted, and one that is begun later, because the deletion has overtaken its begin, is refused for a day",
  }),
});

/** The body of `PUT /internal/generations/{generationId}`. */
export const generationInput = z
  .object({
    orgId: plainId("orgId").meta({
      description: "The Clerk id of the organisation that owns the generation",
    }),
    voiceId: z
      .string("voiceId must be text")
      .max(MAX_VOICE_ID_CHARACTERS, `voiceId must have at most ${MAX_VOICE_ID_CHARACTERS} characters`)
      .nullable()
      .default(null),
    voiceName: text("voiceName", MAX_NAME_CHARACTERS)
      .refine(isVisible, "voiceName must contain a visible character")
      .refine(keepsTextDirection, "voiceName must not contain characters that reverse the text around them"),
    // What a user wrote is kept as it is, and so is a reason below: refusing that would leave a generation processing.
    text: text("text", MAX_TEXT_CHARACTERS),
    temperature: z.number("temperature must be a number").default(0.8),
    topP: z.number("topP must be a number").default(0.95),
    // The app's column in Postgres has 32 bits.
    topK: z.int32("topK must be a whole number of 32 bits").default(1000),
    repetitionPenalty: z.number("repetitionPenalty must be a number").default(1.2),
  })
  .meta({ id: "NewGeneration" });

export type GenerationInput = z.output<typeof generationInput>;

/** Whether `row` is the generation that `input` begins. Its voice may have been deleted since. */
export const isSameGeneration = (row: GenerationInput, { voiceId, ...input }: GenerationInput): boolean =>
  (row.voiceId === null || row.voiceId === voiceId) &&
  Object.entries(input).every(([field, value]) => Reflect.get(row, field) === value);

/** The body of `PUT /internal/generations/{generationId}/failure`. */
export const failureInput = z.object({
  reason: z
    .string("reason is required")
    .trim()
    .pipe(text("reason", MAX_REASON_CHARACTERS))
    .meta({ description: "Shown to the organisation with the generation" }),
});
