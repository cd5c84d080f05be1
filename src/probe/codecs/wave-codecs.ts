// The codecs of WAVE whose data is samples or blocks of a known size, by their format tags in mmreg.h: how many samples
// some bytes decode to. The sizes in the header are claims; where a codec fixes how it stores samples, they are not read.
import type { AudioFacts, MeasuredAudio } from "../container.ts";
import { isSupportedSampleRate } from "../sample-rate.ts";
import { invalidFormat, unsupportedCodec } from "../unsupported-audio-error.ts";
import { FORMAT_TAG_NAMES } from "./format-tags.ts";

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
const GSM = { layout: "fixed", blockBytes: 65, blockSamples: 320 } as const;
const G726 = { layout: "bit-packed", minBits: 2, maxBits: 5 } as const;

/** By bits per sample. 0 stands for the usual four. */
const IMA_UNITS: Readonly<Record<number, { bytes: number; samples: number }>> = {
  0: { bytes: 4, samples: 8 },
  2: { bytes: 4, samples: 16 },
  3: { bytes: 12, samples: 32 },
  4: { bytes: 4, samples: 8 },
  5: { bytes: 20, samples: 32 },
};

const IMA_ADPCM: SampleLayout = {
  layout: "adpcm-blocks",
  headerBytes: 4,
  headerSamples: 1,
  unit: (bitsPerSample) => IMA_UNITS[bitsPerSample],
};
const MICROSOFT_ADPCM: SampleLayout = {
  layout: "adpcm-blocks",
  headerBytes: 7,
  headerSamples: 2,
  unit: () => ({ bytes: 1, samples: 2 }),
};

/** By format tag. */
const LAYOUTS: ReadonlyMap<number, SampleLayout> = new Map<number, SampleLayout>([
  [0x0001, { layout: "samples", sampleBytes: [1, 2, 3, 4, 8] }],
  [0x0002, MICROSOFT_ADPCM],
  [0x0003, { layout: "samples", sampleBytes: [4, 8] }],
  [0x0006, BYTE_SAMPLES],
  [0x0007, BYTE_SAMPLES],
  [0x0010, HALF_BYTE_SAMPLES],
  [0x0011, IMA_ADPCM],
  [0x0014, G726],
  [0x0017, HALF_BYTE_SAMPLES],
  [0x0020, HALF_BYTE_SAMPLES],
  [0x0022, { layout: "fixed", blockBytes: 32, blockSamples: 240 }],
  [0x0031, GSM],
  [0x0040, G726],
  [0x0045, G726],
  [0x0064, G726],
  [0x0065, HALF_BYTE_SAMPLES],
  [0x0083, { layout: "fixed", blockBytes: 10, blockSamples: 80 }],
  [0x0200, HALF_BYTE_SAMPLES],
  [0x028f, HALF_BYTE_SAMPLES],
  [0x1500, GSM],
]);

/** What such data holds. */
export interface WaveData {
  facts: AudioFacts;
  /** What `bytes` of it decode to. */
  secondsIn: (bytes: number) => number;
}

/**
 * Null when the codec is not counted.
 * @throws {UnsupportedAudioError} when a value is one that no decoder accepts
 */
export function describeWaveData(format: WaveFormat): WaveData | null {
  const { formatTag, sampleRate, channels } = format;
  const layout = LAYOUTS.get(formatTag);
  if (!layout) return null;
  if (!isSupportedSampleRate(sampleRate) || channels === 0) throw invalidFormat();
  const samplesIn = createSampleCounter(layout, format);
  return {
    facts: {
      codec: FORMAT_TAG_NAMES.get(formatTag) ?? "",
      sampleRateHz: sampleRate,
      channels,
      bitsPerSample: sampleBits(layout, format),
    },
    secondsIn: (bytes) => samplesIn(bytes) / sampleRate,
  };
}

/**
 * Measures `bytes` of a WAVE file's data.
 * @throws {UnsupportedAudioError} when the codec is not counted, or a value is one that no decoder accepts
 */
export function measureWaveData(format: WaveFormat, bytes: number): MeasuredAudio {
  const data = describeWaveData(format);
  if (data) return { ...data.facts, durationSeconds: data.secondsIn(bytes) };
  const { formatTag } = format;
  const name = FORMAT_TAG_NAMES.get(formatTag) ?? `Codec 0x${formatTag.toString(16).padStart(4, "0")}`;
  throw unsupportedCodec(`${name} in WAV`);
}

/** Null where a sample has no bytes of its own. */
function sampleBits(codec: SampleLayout, { bitsPerSample }: WaveFormat): number | null {
  if (codec.layout === "samples") return Math.ceil(bitsPerSample / 8) * 8;
  return codec.layout === "fixed" && codec.blockSamples === 1 ? codec.blockBytes * 8 : null;
}

/** Creates the counter of samples per channel in some bytes. */
function createSampleCounter(codec: SampleLayout, format: WaveFormat): (bytes: number) => number {
  const { channels, blockAlign, bitsPerSample } = format;
  switch (codec.layout) {
    case "samples": {
      const sampleBytes = Math.ceil(bitsPerSample / 8);
      if (!codec.sampleBytes.includes(sampleBytes)) throw invalidFormat();
      // Samples may be padded, as those of 24 bits in four bytes.
      const frameBytes = Math.max(channels * sampleBytes, blockAlign);
      return (bytes) => Math.floor(bytes / frameBytes);
    }
    case "fixed":
      return (bytes) => Math.floor(bytes / (channels * codec.blockBytes)) * codec.blockSamples;
    case "adpcm-blocks": {
      const unit = codec.unit(bitsPerSample);
      if (!unit || blockAlign === 0) throw invalidFormat();
      const samplesInBlock = (blockBytes: number) => {
        const bodyBytes = blockBytes / channels - codec.headerBytes;
        return bodyBytes < 0 ? 0 : codec.headerSamples + Math.floor(bodyBytes / unit.bytes) * unit.samples;
      };
      const wholeBlock = samplesInBlock(blockAlign);
      return (bytes) => Math.floor(bytes / blockAlign) * wholeBlock + samplesInBlock(bytes % blockAlign);
    }
    case "bit-packed": {
      const frameBits = channels * packedBits(codec, format);
      return (bytes) => Math.floor((bytes * 8) / frameBits);
    }
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
