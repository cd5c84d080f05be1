// WAVE in RIFF, and its 64-bit forms RF64 (EBU Tech 3306) and BW64 (ITU-R BS.2088): the size of the data chunk, by
// what the codec's blocks hold.
import type { ContainerFormat } from "../container.ts";
import type { Reader } from "../reader.ts";
import { isSupportedSampleRate } from "../sample-rate.ts";
import { invalidFormat, UnsupportedAudioError, unsupportedCodec } from "../unsupported-audio-error.ts";
import { measureMpegAudio } from "./mpeg-audio.ts";

/** The "fmt " chunk: WAVEFORMATEX of mmreg.h. */
interface WaveFormat {
  formatTag: number;
  channels: number;
  sampleRate: number;
  blockAlign: number;
  bitsPerSample: number;
}

/** How a codec stores its samples, and so how many of them some bytes hold. */
type WaveCodec = { codec: string } & (
  | { layout: "samples" }
  /** Blocks of blockAlign bytes: for each channel a header that holds samples, then four bits a sample. */
  | { layout: "adpcm-blocks"; headerBytes: number; headerSamples: number }
  | { layout: "fixed-blocks"; blockBytes: number; blockSamples: number }
  | { layout: "bit-packed"; minBitsPerSample: number }
);

const RIFF_FORMS: readonly string[] = ["RIFF", "RF64", "BW64"];
const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** Steps charged for a chunk: valid recordings have few, and reading one takes longer than a frame. */
const CHUNK_COST = 10;
/** The fields of "ds64" up to the size of "data". */
const DS64_BYTES = 16;
const FMT_BYTES = 16;
/** WAVEFORMATEXTENSIBLE up to the format tag in its SubFormat. */
const EXTENSIBLE_FMT_BYTES = 26;
const MAX_U32 = 0xffffffff;
/** Sizes that a recorder writes before it knows the real one. */
const UNKNOWN_SIZES: ReadonlySet<number> = new Set([0, MAX_U32]);

/** Format tags of mmreg.h. */
const FORMAT_TAG = {
  pcm: 0x0001,
  microsoftAdpcm: 0x0002,
  ieeeFloat: 0x0003,
  aLaw: 0x0006,
  muLaw: 0x0007,
  imaAdpcm: 0x0011,
  gsm610: 0x0031,
  g726: 0x0045,
  mpegLayer3: 0x0055,
  extensible: 0xfffe,
} as const;

const WAVE_CODECS: Readonly<Record<number, WaveCodec>> = {
  [FORMAT_TAG.pcm]: { codec: "PCM", layout: "samples" },
  [FORMAT_TAG.microsoftAdpcm]: {
    codec: "Microsoft ADPCM",
    layout: "adpcm-blocks",
    headerBytes: 7,
    headerSamples: 2,
  },
  [FORMAT_TAG.ieeeFloat]: { codec: "IEEE float", layout: "samples" },
  [FORMAT_TAG.aLaw]: { codec: "A-law", layout: "samples" },
  [FORMAT_TAG.muLaw]: { codec: "µ-law", layout: "samples" },
  [FORMAT_TAG.imaAdpcm]: { codec: "IMA ADPCM", layout: "adpcm-blocks", headerBytes: 4, headerSamples: 1 },
  [FORMAT_TAG.gsm610]: { codec: "GSM 6.10", layout: "fixed-blocks", blockBytes: 65, blockSamples: 320 },
  [FORMAT_TAG.g726]: { codec: "G.726", layout: "bit-packed", minBitsPerSample: 2 },
};

/** Samples per channel in `bytes` of data, by what a block can hold: the header's average byte rate is a claim. */
function samplesIn(codec: WaveCodec, format: WaveFormat, bytes: number): number {
  const { channels, blockAlign, bitsPerSample } = format;
  switch (codec.layout) {
    case "samples":
      return Math.floor(bytes / (channels * Math.max(1, Math.ceil(bitsPerSample / 8))));
    case "adpcm-blocks": {
      const samplesInBlock = (blockBytes: number) =>
        Math.max(0, 2 * (blockBytes / channels - codec.headerBytes) + codec.headerSamples);
      if (blockAlign === 0) return 0;
      return Math.floor(bytes / blockAlign) * samplesInBlock(blockAlign) + samplesInBlock(bytes % blockAlign);
    }
    case "fixed-blocks":
      return Math.floor(bytes / codec.blockBytes) * codec.blockSamples;
    case "bit-packed":
      return (bytes * 8) / Math.max(bitsPerSample, codec.minBitsPerSample);
  }
}

export const wav: ContainerFormat = {
  container: "WAVE",
  contentType: "audio/wav",
  magicBytes: RIFF_HEADER_BYTES,
  matches: (reader) => RIFF_FORMS.includes(reader.ascii(4)) && reader.ascii(4, 8) === "WAVE",

  async measure(reader) {
    reader.skip(RIFF_HEADER_BYTES);
    let format: WaveFormat | undefined;
    let dataBytes: number | undefined;
    let longDataBytes: number | undefined;
    while ((format === undefined || dataBytes === undefined) && (await reader.need(CHUNK_HEADER_BYTES))) {
      reader.step(CHUNK_COST);
      const id = reader.ascii(4);
      const claimedBytes = reader.u32le(4);
      reader.skip(CHUNK_HEADER_BYTES);
      let chunkBytes = claimedBytes;
      if (id === "ds64") {
        await reader.require(DS64_BYTES);
        longDataBytes = reader.u64le(8);
      } else if (id === "fmt ") {
        format = await readFormat(reader, claimedBytes);
      } else if (id === "data") {
        dataBytes = availableDataBytes(reader, claimedBytes, longDataBytes);
        if (format?.formatTag === FORMAT_TAG.mpegLayer3) {
          return measureMpegAudio(reader, reader.position + dataBytes);
        }
        chunkBytes = dataBytes;
      }
      // A chunk of odd size is followed by a padding byte.
      reader.skip(chunkBytes + (chunkBytes % 2));
    }
    if (!format || dataBytes === undefined) {
      throw new UnsupportedAudioError("the format chunk or the data chunk is missing");
    }
    const codec = WAVE_CODECS[format.formatTag];
    if (!codec) throw unsupportedCodec(`format tag ${format.formatTag}`);
    if (!isSupportedSampleRate(format.sampleRate) || format.channels === 0) throw invalidFormat();
    return {
      codec: codec.codec,
      durationSeconds: samplesIn(codec, format, dataBytes) / format.sampleRate,
      sampleRateHz: format.sampleRate,
      channels: format.channels,
      bitsPerSample: format.bitsPerSample,
    };
  },
};

/** The bytes of a data chunk that are present. RF64 keeps the size in "ds64" when it exceeds 32 bits. */
function availableDataBytes(reader: Reader, claimedBytes: number, longDataBytes: number | undefined): number {
  const bytes = claimedBytes === MAX_U32 && longDataBytes !== undefined ? longDataBytes : claimedBytes;
  return UNKNOWN_SIZES.has(bytes) ? reader.remaining : Math.min(bytes, reader.remaining);
}

async function readFormat(reader: Reader, chunkBytes: number): Promise<WaveFormat> {
  await reader.require(FMT_BYTES);
  const format = {
    formatTag: reader.u16le(),
    channels: reader.u16le(2),
    sampleRate: reader.u32le(4),
    blockAlign: reader.u16le(12),
    bitsPerSample: reader.u16le(14),
  };
  if (format.formatTag !== FORMAT_TAG.extensible || chunkBytes < EXTENSIBLE_FMT_BYTES) return format;
  await reader.require(EXTENSIBLE_FMT_BYTES);
  return { ...format, formatTag: reader.u16le(24) };
}
