// What is known of a stored audio, as the JSON of voices and generations and the log have it.
import type * as z from "zod";
import type { audioFacts } from "./audio-members.ts";

export type AudioFacts = z.output<typeof audioFacts>;

/** The columns that the facts are stored in. The bit rate is not stored: it follows from two others. */
export type AudioFactColumns = Omit<AudioFacts, "bitrateBps">;

interface MeasuredAudio extends AudioFactColumns {
  sizeBytes: number | null;
  durationSeconds: number | null;
}

export function toAudioFacts(row: MeasuredAudio): AudioFacts {
  const { codec, sampleRateHz, channels, bitsPerSample, sizeBytes, durationSeconds } = row;
  const bitrateBps = sizeBytes && durationSeconds ? Math.round((sizeBytes * 8) / durationSeconds) : null;
  return { codec, sampleRateHz, channels, bitsPerSample, bitrateBps };
}
