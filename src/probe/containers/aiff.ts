// AIFF and AIFF-C (Apple, "Audio Interchange File Format" 1.3 of 1989, and the AIFF-C draft of 1991): the size of the
// sound data chunk.
import { fourCc } from "../bytes.ts";
import { aiffPcmData } from "../codecs/pcm-data.ts";
import {
  A_LAW,
  bitsPerSampleOf,
  FLOAT_32,
  FLOAT_64,
  MU_LAW,
  type PcmFormat,
  QUICKTIME_PCM_FORMATS,
} from "../codecs/quicktime-pcm.ts";
import type { ContainerFormat, MeasuredAudio } from "../container.ts";
import type { Reader } from "../reader.ts";
import { isSupportedSampleRate } from "../sample-rate.ts";
import { invalidFormat, UnsupportedAudioError, unsupportedCodec } from "../unsupported-audio-error.ts";

interface CommonChunk {
  channels: number;
  /** As claimed, in blocks of the codec; 0 when the recorder did not know it. */
  sampleFrames: number;
  bitsPerSample: number;
  sampleRate: number;
  compressionType: string;
}

const COMMON = fourCc("COMM");
const SOUND_DATA = fourCc("SSND");
const FORM_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const COMMON_BYTES = 18;
const COMPRESSION_TYPE_BYTES = 4;
const UNCOMPRESSED = "NONE";
/** Offset and block size, before the samples. */
const SOUND_DATA_HEADER_BYTES = 8;
/** Sizes that a recorder writes before it knows the real one. */
const UNKNOWN_SIZES: ReadonlySet<number> = new Set([0, SOUND_DATA_HEADER_BYTES, 0xffffffff]);

/** By compression type. Those listed here are in use in AIFF-C only. */
const COMPRESSION_TYPES: Readonly<Record<string, PcmFormat>> = {
  ...QUICKTIME_PCM_FORMATS,
  FL32: FLOAT_32,
  FL64: FLOAT_64,
  ULAW: MU_LAW,
  ALAW: A_LAW,
  G722: { codec: "G.722", bitsPerSample: 4, blockSamples: 2 },
  "GSM ": { codec: "GSM 6.10", bitsPerSample: (33 * 8) / 160, blockSamples: 160 },
  MAC3: { codec: "MACE 3:1", bitsPerSample: 8 / 3, blockSamples: 6 },
  MAC6: { codec: "MACE 6:1", bitsPerSample: 8 / 6, blockSamples: 6 },
  SDX2: { codec: "SDX2", bitsPerSample: 8 },
};
/** Known types that are not counted. */
const UNCOUNTED_TYPES: Readonly<Record<string, string>> = {
  QDMC: "QDesign Music",
  QDM2: "QDesign Music 2",
  Qclp: "QCELP",
  G726: "G.726",
};
/** Byte-swapped samples are never smaller, whatever size is stated. */
const MIN_SOWT_BITS = 16;
const MAX_PCM_BITS = 32;
const PCM_CODECS: ReadonlySet<string> = new Set(["PCM", "IEEE float", "A-law", "µ-law"]);

export const aiff: ContainerFormat = {
  container: "AIFF",
  contentType: "audio/aiff",
  magicBytes: FORM_HEADER_BYTES,
  matches: (reader) => reader.ascii(4) === "FORM" && ["AIFF", "AIFC"].includes(reader.ascii(4, 8)),

  async measure(reader) {
    const isCompressed = reader.ascii(4, 8) === "AIFC";
    reader.skip(FORM_HEADER_BYTES);
    let common: CommonChunk | undefined;
    let soundBytes: number | undefined;
    let soundAt = 0;
    while (!(common && soundBytes !== undefined) && (await reader.need(CHUNK_HEADER_BYTES))) {
      reader.step();
      const id = reader.u32();
      const claimedBytes = reader.u32(4);
      reader.skip(CHUNK_HEADER_BYTES);
      let chunkBytes = claimedBytes;
      if (id === COMMON) {
        common ??= await readCommonChunk(reader, isCompressed);
      } else if (id === SOUND_DATA) {
        if (!(await reader.need(SOUND_DATA_HEADER_BYTES))) break;
        const isKnown = !UNKNOWN_SIZES.has(claimedBytes);
        chunkBytes = isKnown ? Math.min(claimedBytes, reader.remaining) : reader.remaining;
        const offset = reader.u32();
        soundBytes = Math.max(0, chunkBytes - SOUND_DATA_HEADER_BYTES - offset);
        soundAt = reader.position + SOUND_DATA_HEADER_BYTES + offset;
      }
      // A chunk of odd size is followed by a padding byte.
      reader.skip(chunkBytes + (chunkBytes % 2));
    }
    if (!common || soundBytes === undefined) {
      throw new UnsupportedAudioError("the common chunk or the sound data chunk is missing");
    }
    const format = COMPRESSION_TYPES[common.compressionType];
    if (!format) {
      const { compressionType } = common;
      const name = UNCOUNTED_TYPES[compressionType] ?? `Codec ${compressionType}`;
      throw unsupportedCodec(`${name} in AIFF`);
    }
    return measureSound(common, format, soundAt, soundBytes);
  },
};

/** @throws {UnsupportedAudioError} when the common chunk has an invalid value */
function measureSound(
  common: CommonChunk,
  format: PcmFormat,
  soundAt: number,
  soundBytes: number,
): MeasuredAudio {
  const { channels, sampleRate, sampleFrames, compressionType } = common;
  const { codec, blockSamples = 1 } = format;
  const minBits = compressionType === "sowt" ? MIN_SOWT_BITS : 1;
  const bitsPerSample = bitsPerSampleOf(format, Math.max(common.bitsPerSample, minBits));
  const isPcm = format.bitsPerSample === undefined;
  const isPossible = common.bitsPerSample > 0 && bitsPerSample <= MAX_PCM_BITS;
  if (!isSupportedSampleRate(sampleRate) || channels === 0 || (isPcm && !isPossible)) throw invalidFormat();
  const blockBytes = (channels * blockSamples * bitsPerSample) / 8;
  const blocks = Math.min(Math.floor(soundBytes / blockBytes), sampleFrames || Number.POSITIVE_INFINITY);
  return {
    codec,
    sampleRateHz: Math.round(sampleRate),
    channels,
    bitsPerSample: PCM_CODECS.has(codec) ? bitsPerSample : null,
    durationSeconds: (blocks * blockSamples) / sampleRate,
    pcm: aiffPcmData({ ...common, bitsPerSample }, soundAt, blocks),
  };
}

async function readCommonChunk(reader: Reader, isCompressed: boolean): Promise<CommonChunk> {
  await reader.require(COMMON_BYTES + (isCompressed ? COMPRESSION_TYPE_BYTES : 0));
  return {
    channels: reader.u16(),
    sampleFrames: reader.u32(2),
    bitsPerSample: reader.u16(6),
    sampleRate: readExtendedFloat(reader, 8),
    compressionType: isCompressed ? reader.ascii(COMPRESSION_TYPE_BYTES, COMMON_BYTES) : UNCOMPRESSED,
  };
}

/** An unsigned 80-bit float (IEEE 754 double extended): 15 bits of exponent, 64 of mantissa. Ignores the sign bit. */
function readExtendedFloat(reader: Reader, at: number): number {
  const exponent = (reader.u16(at) & 0x7fff) - 16383 - 63;
  return reader.u64(at + 2) * 2 ** exponent;
}
