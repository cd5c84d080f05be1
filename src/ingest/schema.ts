// What a backend says of a generation to begin it, or to give it up.
import * as z from "zod";

const MAX_TEXT_CHARACTERS = 100_000;
const MAX_NAME_CHARACTERS = 200;
const MAX_REASON_CHARACTERS = 500;

/** Of an id that becomes part of an object's key: as Clerk, cuid and UUID write them. */
const PLAIN_ID = /^[\w-]{1,64}$/;

export const isPlainId = (id: string): boolean => PLAIN_ID.test(id);

const id = (name: string) =>
  z.string(`${name} is required`).regex(PLAIN_ID, `${name} must have 1 to 64 letters, digits, _ or -`);

/** Some text. A NUL would cut it short in SQLite; half of a surrogate pair could not be stored as it is. */
const text = (name: string, maxCharacters: number) =>
  z
    .string(`${name} is required`)
    .min(1, `${name} is required`)
    .max(maxCharacters, `${name} must have at most ${maxCharacters} characters`)
    .regex(/^[^\0]*$/, `${name} must not contain NUL`)
    .overwrite((value) => value.toWellFormed());

/** The path parameter of the routes below /internal/generations. */
export const generationPath = z.object({ generationId: id("generationId") });

/** The body of `PUT /internal/generations/{generationId}`. */
export const generationInput = z
  .object({
    orgId: id("orgId").meta({ description: "Clerk's id of the organisation whose generation it is" }),
    voiceId: z.string("voiceId must be text").nullable().default(null),
    voiceName: text("voiceName", MAX_NAME_CHARACTERS),
    text: text("text", MAX_TEXT_CHARACTERS),
    temperature: z.number("temperature must be a number").default(0.8),
    topP: z.number("topP must be a number").default(0.95),
    topK: z.int("topK must be a whole number").default(1000),
    repetitionPenalty: z.number("repetitionPenalty must be a number").default(1.2),
  })
  .meta({ id: "NewGeneration" });

export type GenerationInput = z.output<typeof generationInput>;

/** Whether a generation is the one that `input` begins; its voice may have been deleted since. */
export const isSameGeneration = (known: GenerationInput, { voiceId, ...input }: GenerationInput): boolean =>
  (known.voiceId === null || known.voiceId === voiceId) &&
  Object.entries(input).every(([field, value]) => Reflect.get(known, field) === value);

/** The body of `PUT /internal/generations/{generationId}/failure`. */
export const failureInput = z.object({
  reason: z
    .string("reason is required")
    .trim()
    .pipe(text("reason", MAX_REASON_CHARACTERS))
    .meta({ description: "For the organisation's eyes: it is told with the generation" }),
});

export type FailureInput = z.output<typeof failureInput>;
