// The members that a voice and a generation have in common in the JSON of the API. Schemas for the OpenAPI document: the
// Worker uses their types only.
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

const share = z.number().min(0).max(1);

export const peakLevel = share.meta({ description: "The highest absolute sample, 0 to 1 of full scale" });
export const clippedShare = share.meta({
  description: "The share of samples in runs of at least three at full scale, as clipping leaves them",
});
export const silenceShare = share.meta({
  description: "The share of samples in windows of 50 ms below -50 dBFS RMS",
});

/** Members of a voice and a generation. Null until measured, and for compressed audio. */
export const levelMembers = z.object({
  peakLevel: peakLevel.nullable(),
  clippedShare: clippedShare.nullable(),
  silenceShare: silenceShare.nullable(),
  peaksUrl: z.string().nullable().meta({
    description:
      "The URL of the peaks to draw; null unless ready, and for audio that is known to be compressed",
  }),
});

export const linkUrl = z.string().nullable().meta({
  description: "POST here for a playback link; null unless ready, and where the service has none",
});
