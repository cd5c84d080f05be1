// The levels of stored audio, and as the JSON of voices and generations has them.
// docs/decisions/0029 explains the definitions.
import type * as z from "zod";
import type { levelMembers } from "./audio-members.ts";

/** The levels of one audio. All channels count. */
export interface AudioLevels {
  /** The highest absolute sample of each of at most 2,000 equal parts of the duration: 255 is `peakLevel`. */
  peaks: Uint8Array;
  /** The highest absolute sample, 0 to 1 of full scale. */
  peakLevel: number;
  /** The share of samples at full scale, in runs that clipping leaves. */
  clippedShare: number;
  silenceShare: number;
}

/** The codecs whose levels are measured, as the probe names them. */
const PCM_CODECS: ReadonlySet<string> = new Set(["PCM", "IEEE float", "A-law", "µ-law"]);

/** Whether audio may have levels. Null is the codec of audio that was never probed. */
export const mayHaveLevels = (codec: string | null): boolean => codec === null || PCM_CODECS.has(codec);

type LevelMembers = z.output<typeof levelMembers>;

/** The columns that {@link toLevelMembers} reads. */
export type LevelColumns = Omit<LevelMembers, "peaksUrl">;

export const toLevelMembers = (
  { peakLevel, clippedShare, silenceShare, codec }: LevelColumns & { codec: string | null },
  audioUrl: string | null,
): LevelMembers => ({
  peakLevel,
  clippedShare,
  silenceShare,
  peaksUrl: audioUrl !== null && mayHaveLevels(codec) ? `${audioUrl}/peaks` : null,
});
