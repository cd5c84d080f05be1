// What the analysis Worker answers by RPC about a stored upload. That Worker parses what anybody may have sent: its answer
// is checked before it is used.
import * as z from "zod/mini";

export interface ProbeOptions {
  /** Whether audio that cannot be counted is accepted by what it claims. */
  acceptsClaims: boolean;
}

const fact = z.nullable(z.int());

export const probeAnswer = z.union([
  z.object({
    kind: z.literal("audio"),
    contentType: z.string().check(z.regex(/^audio\/[a-z\d.+-]+$/)),
    durationSeconds: z.number().check(z.positive()),
    codec: z.string(),
    sampleRateHz: fact,
    channels: fact,
    bitsPerSample: fact,
  }),
  /** `format` is what was recognised and is not supported; `otherFile` names a file that is no recording. */
  z.object({
    kind: z.literal("unsupported"),
    reason: z.string(),
    format: z.nullable(z.string()),
    otherFile: z.optional(z.string()),
  }),
  /** The body is a form or message that contains a file. */
  z.object({ kind: z.literal("wrapped") }),
  /** R2 failed, or the object is gone. */
  z.object({ kind: z.literal("unreadable"), reason: z.string() }),
]);

export type ProbeAnswer = z.output<typeof probeAnswer>;

/** The upload that was read. */
export type ProbedUpload = Exclude<ProbeAnswer, { kind: "unreadable" }>;
