// What a backend says of a generation to begin it, or to give it up.
import * as z from "zod";

const MAX_TEXT_CHARACTERS = 100_000;
const MAX_NAME_CHARACTERS = 200;
const MAX_REASON_CHARACTERS = 500;

/** Of an id that becomes part of an object's key: as Clerk, cuid and UUID write them. */
const PLAIN_ID = /^[\w-]{1,64}$/;

const id = (name: string) =>
  z.string(`${name} is required`).regex(PLAIN_ID, `${name} must have 1 to 64 letters, digits, _ or -`);

/** The path parameter of the routes below /internal/generations. */
export const generationPath = z.object({ generationId: id("generationId") });

/** The body of `PUT /internal/generations/{generationId}`. */
export const generationInput = z
  .object({
    orgId: id("orgId").meta({ description: "Clerk's id of the organisation whose generation it is" }),
    voiceId: z.string("voiceId must be text").nullable().default(null),
    voiceName: z
      .string("voiceName is required")
      .min(1, "voiceName is required")
      .max(MAX_NAME_CHARACTERS, `voiceName must have at most ${MAX_NAME_CHARACTERS} characters`),
    text: z
      .string("text is required")
      .min(1, "text is required")
      .max(MAX_TEXT_CHARACTERS, `text must have at most ${MAX_TEXT_CHARACTERS} characters`),
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
    .min(1, "reason is required")
    .max(MAX_REASON_CHARACTERS, `reason must have at most ${MAX_REASON_CHARACTERS} characters`)
    .meta({ description: "For the organisation's eyes: it is told with the generation" }),
});

export type FailureInput = z.output<typeof failureInput>;
