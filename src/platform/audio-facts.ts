// What is known of a stored audio, as the JSON of voices and generations and the log have it.
import * as z from "zod";

/** Members of a voice and a generation. Null where the audio's format states nothing, or nothing was probed. */
export const audioFacts = z.object({
  codec: z.string().nullable().meta({ description: "The codec's usual name", example: "Opus" }),
  sampleRateHz: z.int().nullable().meta({ description: "Of the decoded audio, in Hz" }),
  channels: z.int().nullable(),
  bitsPerSample: z
    .int()
    .nullable()
    .meta({ description: "The sample size of PCM and lossless codecs in bits; null for others" }),
  bitrateBps: z
    .int()
    .nullable()
    .meta({ description: "The mean bit rate in bit/s: 8 × `sizeBytes` ÷ `durationSeconds`" }),
});

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
