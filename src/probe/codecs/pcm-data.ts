// Where a recording of uncompressed samples has them, and how they are stored: what a decoder needs to know.
import type { WaveFormat } from "./wave-codecs.ts";

/** As ffmpeg names them: signedness, bits and byte order. Floats have full scale 1. */
export type PcmEncoding =
  | "u8"
  | "s8"
  | `${"s16" | "s24" | "s32" | "f32" | "f64"}${"le" | "be"}`
  | "alaw"
  | "mulaw";

/** Whole frames, one sample of each channel after the other. */
export interface PcmData {
  /** From the start of the recording. */
  offsetBytes: number;
  /** As far as present in the recording. */
  sizeBytes: number;
  encoding: PcmEncoding;
  channels: number;
  sampleRateHz: number;
}

/** Bytes of one sample. */
export const PCM_SAMPLE_BYTES: Readonly<Record<PcmEncoding, number>> = {
  u8: 1,
  s8: 1,
  s16le: 2,
  s16be: 2,
  s24le: 3,
  s24be: 3,
  s32le: 4,
  s32be: 4,
  f32le: 4,
  f32be: 4,
  f64le: 8,
  f64be: 8,
  alaw: 1,
  mulaw: 1,
};

/** By format tag (mmreg.h) and bytes of a sample. Samples are in the highest bits. */
const WAVE_ENCODINGS: Readonly<Record<number, Readonly<Record<number, PcmEncoding>>>> = {
  1: { 1: "u8", 2: "s16le", 3: "s24le", 4: "s32le" },
  3: { 4: "f32le", 8: "f64le" },
};
const G711_FORMAT_TAGS: Readonly<Record<number, PcmEncoding>> = { 6: "alaw", 7: "mulaw" };

/**
 * The samples of a WAVE with `bytes` of data at `offsetBytes`; null when they are compressed. Also null when they are
 * padded beyond their stated size, as 24 bits in four bytes: ffmpeg takes those for floats, as Cool Edit wrote them, and
 * SoX for integers without padding. WAVEFORMATEXTENSIBLE states the padded size.
 */
export function wavePcmData(format: WaveFormat, offsetBytes: number, bytes: number): PcmData | null {
  const { formatTag, channels, sampleRate: sampleRateHz, blockAlign } = format;
  const sampleBytes = Math.ceil(format.bitsPerSample / 8);
  const isPadded = blockAlign > channels * sampleBytes;
  const encoding =
    G711_FORMAT_TAGS[formatTag] ?? (isPadded ? undefined : WAVE_ENCODINGS[formatTag]?.[sampleBytes]);
  if (encoding === undefined) return null;
  // Without the incomplete frame at the end.
  const sizeBytes = bytes - (bytes % (channels * PCM_SAMPLE_BYTES[encoding]));
  return { offsetBytes, sizeBytes, encoding, channels, sampleRateHz };
}

const BIG_ENDIAN: Readonly<Record<number, PcmEncoding>> = { 8: "s8", 16: "s16be", 24: "s24be", 32: "s32be" };

/** By compression type of AIFF-C and bits of a sample, which are whole bytes. Samples are in the highest bits. */
const AIFF_ENCODINGS: Readonly<Record<string, Readonly<Record<number, PcmEncoding>>>> = {
  NONE: BIG_ENDIAN,
  twos: BIG_ENDIAN,
  in24: BIG_ENDIAN,
  in32: BIG_ENDIAN,
  "raw ": { ...BIG_ENDIAN, 8: "u8" },
  sowt: { 16: "s16le", 24: "s24le", 32: "s32le" },
  fl32: { 32: "f32be" },
  FL32: { 32: "f32be" },
  fl64: { 64: "f64be" },
  FL64: { 64: "f64be" },
  alaw: { 8: "alaw" },
  ALAW: { 8: "alaw" },
  ulaw: { 8: "mulaw" },
  ULAW: { 8: "mulaw" },
};

interface AiffFormat {
  compressionType: string;
  channels: number;
  sampleRate: number;
  bitsPerSample: number;
}

/** The samples of an AIFF with that many frames at `offsetBytes`; null when they are compressed. */
export function aiffPcmData(format: AiffFormat, offsetBytes: number, frames: number): PcmData | null {
  const { compressionType, channels, sampleRate: sampleRateHz, bitsPerSample } = format;
  const encoding = AIFF_ENCODINGS[compressionType]?.[bitsPerSample];
  if (encoding === undefined) return null;
  const sizeBytes = frames * channels * PCM_SAMPLE_BYTES[encoding];
  return { offsetBytes, sizeBytes, encoding, channels, sampleRateHz };
}
