// What the analysis Worker answers by RPC about the levels of an object. That Worker parses what anybody may have sent: its
// answer is checked before it is stored.
import * as z from "zod/mini";

const MAX_PEAKS = 2000;
const peaks = z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length <= MAX_PEAKS);
const share = z.number().check(z.gte(0), z.lte(1));

export const levelsAnswer = z.union([
  z.object({
    kind: z.literal("levels"),
    peaks,
    peakLevel: share,
    clippedShare: share,
    silenceShare: share,
  }),
  /** The levels of compressed audio are not measured. */
  z.object({ kind: z.literal("not-pcm") }),
  z.object({ kind: z.literal("missing") }),
]);

export type LevelsAnswer = z.output<typeof levelsAnswer>;
