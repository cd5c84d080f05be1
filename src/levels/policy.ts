// What is known of an audio's levels, and how they are sent.
import { type AudioLevels, mayHaveLevels } from "../platform/audio-levels.ts";
import type { PeaksResource } from "./schema.ts";

/** The row of a voice or a generation, as far as its levels matter. */
export interface AudioRow {
  id: string;
  r2ObjectKey: string | null;
  /** Of a generation whose failure was reported. */
  failedAt: Date | null;
  codec: string | null;
  durationSeconds: number | null;
  updatedAt: Date;
  /** Empty for audio that was found to have no levels. */
  peaks: Uint8Array | null;
  peakLevel: number | null;
  clippedShare: number | null;
  silenceShare: number | null;
}

/** A row whose audio is stored. */
export type StoredRow = AudioRow & { r2ObjectKey: string };

/** What names one version of a row's audio. */
export type AudioVersion = Pick<StoredRow, "id" | "r2ObjectKey" | "updatedAt">;

export const isStored = (row: AudioRow): row is StoredRow => row.r2ObjectKey !== null;

export type KnownLevels = { kind: "levels"; levels: AudioLevels } | { kind: "none" } | { kind: "unmeasured" };

export function knownLevelsOf(row: AudioRow): KnownLevels {
  const { peaks, peakLevel, clippedShare, silenceShare, codec } = row;
  if (peaks === null) return { kind: mayHaveLevels(codec) ? "unmeasured" : "none" };
  if (peakLevel === null || clippedShare === null || silenceShare === null) return { kind: "none" };
  return { kind: "levels", levels: { peaks, peakLevel, clippedShare, silenceShare } };
}

const MAX_BYTE = 255;
/** Enough for 255 steps of the peak level, however low it is. */
const SIGNIFICANT_DIGITS = 3;

export const toPeaksResource = (
  { durationSeconds }: Pick<AudioRow, "durationSeconds">,
  { peaks, peakLevel, clippedShare, silenceShare }: AudioLevels,
): PeaksResource => ({
  peaks: [
    Array.from(peaks, (peak) => Number(((peak / MAX_BYTE) * peakLevel).toPrecision(SIGNIFICANT_DIGITS))),
  ],
  durationSeconds,
  peakLevel,
  clippedShare,
  silenceShare,
});
