// The codecs of WAVE files, by their format tags in mmreg.h: how many samples some bytes of data decode to. The sizes in
// the header are claims; where a codec fixes how it stores samples, they are not read at all.
import type { MeasuredAudio } from "../container.ts";
import { isSupportedSampleRate } from "../sample-rate.ts";
import { invalidFormat, unsupportedCodec } from "../unsupported-audio-error.ts";

/** The "fmt " chunk: WAVEFORMATEX. */
export interface WaveFormat {
  /** Of WAVEFORMATEXTENSIBLE, the first 32 bits of its SubFormat. */
  formatTag: number;
  channels: number;
  sampleRate: number;
  bytesPerSecond: number;
  blockAlign: number;
  bitsPerSample: number;
}

type WaveCodec = { codec: string } & SampleLayout;

/** How a codec stores samples; bytes and samples are those of one channel. */
type SampleLayout =
  /** Whole bytes a sample, as the header states, in one of the sizes that decoders read. */
  | { layout: "samples"; sampleBytes: readonly number[] }
  /** The same number of samples in each block. */
  | { layout: "fixed"; blockBytes: number; blockSamples: number }
  /** Blocks of blockAlign bytes: a header that holds samples, then units by the sample size in bits. */
  | { layout: "adpcm-blocks"; headerBytes: number; headerSamples: number; unit: AdpcmUnit }
  | { layout: "bit-packed"; minBits: number; maxBits: number };
type AdpcmUnit = (bitsPerSample: number) => { bytes: number; samples: number } | undefined;

const BYTE_SAMPLES = { layout: "fixed", blockBytes: 1, blockSamples: 1 } as const;
const HALF_BYTE_SAMPLES = { layout: "fixed", blockBytes: 1, blockSamples: 2 } as const;
const OKI_ADPCM: WaveCodec = { codec: "OKI ADPCM", ...HALF_BYTE_SAMPLES };
const GSM: WaveCodec = { codec: "GSM 6.10", layout: "fixed", blockBytes: 65, blockSamples: 320 };
const G722: WaveCodec = { codec: "G.722", ...HALF_BYTE_SAMPLES };
const G726: WaveCodec = { codec: "G.726", layout: "bit-packed", minBits: 2, maxBits: 5 };

/** By bits per sample. 0 stands for the usual four. */
const IMA_UNITS: Readonly<Record<number, { bytes: number; samples: number }>> = {
  0: { bytes: 4, samples: 8 },
  2: { bytes: 4, samples: 16 },
  3: { bytes: 12, samples: 32 },
  4: { bytes: 4, samples: 8 },
  5: { bytes: 20, samples: 32 },
};

const IMA_ADPCM: WaveCodec = {
  codec: "IMA ADPCM",
  layout: "adpcm-blocks",
  headerBytes: 4,
  headerSamples: 1,
  unit: (bitsPerSample) => IMA_UNITS[bitsPerSample],
};
const MICROSOFT_ADPCM: WaveCodec = {
  codec: "Microsoft ADPCM",
  layout: "adpcm-blocks",
  headerBytes: 7,
  headerSamples: 2,
  unit: () => ({ bytes: 1, samples: 2 }),
};

const WAVE_CODECS: ReadonlyMap<number, WaveCodec> = new Map<number, WaveCodec>([
  [0x0001, { codec: "PCM", layout: "samples", sampleBytes: [1, 2, 3, 4, 8] }],
  [0x0002, MICROSOFT_ADPCM],
  [0x0003, { codec: "IEEE float", layout: "samples", sampleBytes: [4, 8] }],
  [0x0006, { codec: "A-law", ...BYTE_SAMPLES }],
  [0x0007, { codec: "µ-law", ...BYTE_SAMPLES }],
  [0x0010, OKI_ADPCM],
  [0x0011, IMA_ADPCM],
  [0x0014, G726],
  [0x0017, OKI_ADPCM],
  [0x0020, { codec: "Yamaha ADPCM", ...HALF_BYTE_SAMPLES }],
  [0x0022, { codec: "TrueSpeech", layout: "fixed", blockBytes: 32, blockSamples: 240 }],
  [0x0031, GSM],
  [0x0040, G726],
  [0x0045, G726],
  [0x0064, G726],
  [0x0065, G722],
  [0x0083, { codec: "G.729", layout: "fixed", blockBytes: 10, blockSamples: 80 }],
  [0x0200, { codec: "Creative ADPCM", ...HALF_BYTE_SAMPLES }],
  [0x028f, G722],
  [0x1500, GSM],
]);

/** The names of other codecs that are in use in WAVE. */
const UNCOUNTED_CODECS: ReadonlyMap<number, string> = new Map([
  [0x0008, "DTS"],
  [0x0009, "DRM"],
  [0x000a, "WMA Voice"],
  [0x0032, "MSN Audio"],
  [0x0042, "G.723.1"],
  [0x0057, "AMR"],
  [0x0058, "AMR-WB"],
  [0x0061, "Duck DK4 ADPCM"],
  [0x0062, "Duck DK3 ADPCM"],
  [0x0069, "Xbox ADPCM"],
  [0x0075, "Voxware"],
  [0x0092, "AC-3"],
  [0x00ff, "AAC"],
  [0x0111, "G.723.1"],
  [0x0130, "ACELP.net"],
  [0x0160, "WMA 1"],
  [0x0161, "WMA 2"],
  [0x0162, "WMA Professional"],
  [0x0163, "WMA Lossless"],
  [0x0270, "ATRAC3"],
  [0x0401, "Intel Music Coder"],
  [0x1600, "AAC"],
  [0x1602, "AAC"],
  [0x2000, "AC-3"],
  [0x2001, "DTS"],
  [0x5346, "Flash ADPCM"],
  [0x566f, "Vorbis"],
  [0x5756, "WavPack"],
  [0x674f, "Vorbis"],
  [0x6750, "Vorbis"],
  [0x6751, "Vorbis"],
  [0x676f, "Vorbis"],
  [0x6770, "Vorbis"],
  [0x6771, "Vorbis"],
  [0x704f, "Opus"],
  [0xa106, "AAC"],
  [0xa109, "Speex"],
  [0xf1ac, "FLAC"],
  // The first 32 bits of MEDIASUBTYPE_MPEG2_AUDIO, …_DOLBY_AC3 and …_DOLBY_DDPLUS.
  [0xe06d802b, "MP2"],
  [0xe06d802c, "AC-3"],
  [0xa7fb87af, "E-AC-3"],
]);

/**
 * Measures `bytes` of data.
 * @throws {UnsupportedAudioError} when the codec is not counted, or a value is one that no decoder accepts
 */
export function measureWaveData(format: WaveFormat, bytes: number): MeasuredAudio {
  const { formatTag, sampleRate, channels } = format;
  const codec = WAVE_CODECS.get(formatTag);
  if (!codec) {
    const name = UNCOUNTED_CODECS.get(formatTag) ?? `Codec 0x${formatTag.toString(16).padStart(4, "0")}`;
    throw unsupportedCodec(`${name} in WAV`);
  }
  if (!isSupportedSampleRate(sampleRate) || channels === 0) throw invalidFormat();
  return {
    codec: codec.codec,
    sampleRateHz: sampleRate,
    channels,
    bitsPerSample: sampleBits(codec, format),
    durationSeconds: samplesIn(codec, format, bytes) / sampleRate,
  };
}

/** Null where a sample has no bytes of its own. */
function sampleBits(codec: WaveCodec, { bitsPerSample }: WaveFormat): number | null {
  if (codec.layout === "samples") return Math.ceil(bitsPerSample / 8) * 8;
  return codec.layout === "fixed" && codec.blockSamples === 1 ? codec.blockBytes * 8 : null;
}

/** Samples per channel. */
function samplesIn(codec: WaveCodec, format: WaveFormat, bytes: number): number {
  const { channels, blockAlign, bitsPerSample } = format;
  switch (codec.layout) {
    case "samples": {
      const sampleBytes = Math.ceil(bitsPerSample / 8);
      if (!codec.sampleBytes.includes(sampleBytes)) throw invalidFormat();
      // Samples may be padded, as those of 24 bits in four bytes.
      return Math.floor(bytes / Math.max(channels * sampleBytes, blockAlign));
    }
    case "fixed":
      return Math.floor(bytes / (channels * codec.blockBytes)) * codec.blockSamples;
    case "adpcm-blocks": {
      const unit = codec.unit(bitsPerSample);
      if (!unit || blockAlign === 0) throw invalidFormat();
      const samplesInBlock = (blockBytes: number) => {
        const bodyBytes = blockBytes / channels - codec.headerBytes;
        return bodyBytes < 0 ? 0 : codec.headerSamples + Math.floor(bodyBytes / unit.bytes) * unit.samples;
      };
      return Math.floor(bytes / blockAlign) * samplesInBlock(blockAlign) + samplesInBlock(bytes % blockAlign);
    }
    case "bit-packed":
      return Math.floor((bytes * 8) / (channels * packedBits(codec, format)));
  }
}

/**
 * The sample size of a bit-packed codec. Some headers state the 16 bits that it decodes to; ffmpeg takes the size from
 * the byte rate. Where both are possible, the larger counts.
 */
function packedBits(
  { minBits, maxBits }: { minBits: number; maxBits: number },
  { bitsPerSample, bytesPerSecond, sampleRate, channels }: WaveFormat,
): number {
  const possible = [bitsPerSample, Math.round((bytesPerSecond * 8) / (sampleRate * channels))].filter(
    (bits) => bits >= minBits && bits <= maxBits,
  );
  if (possible.length === 0) throw invalidFormat();
  return Math.max(...possible);
}
