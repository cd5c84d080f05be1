// AAC: sampling rates, frame sizes and the AudioSpecificConfig (ISO/IEC 14496-3:2009 section 1.6.2.1), which determines
// how long a frame lasts.
import type { AudioFacts } from "../container.ts";

export interface AacConfig {
  /** ISO/IEC 14496-3 table 1.17. */
  objectType: number;
  /** Rate of the AAC core in Hz. SBR doubles both rate and samples, so a frame lasts as long as the core's. */
  sampleRate: number;
  /** Per channel; 0 for an object type that is not AAC. */
  frameSamples: number;
  /** Shorter frames hold no audio. */
  minFrameBytes: number;
  /** Rate of the decoded audio in Hz: twice the core's where the configuration states SBR. */
  outputSampleRate: number;
  /** Of the decoded audio; 0 when the configuration does not state them. */
  channels: number;
}

/** By samplingFrequencyIndex (ISO/IEC 14496-3 table 1.18), in Hz. */
export const AAC_SAMPLE_RATES: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];
/** The index that is followed by the rate itself, in 24 bits. */
const ESCAPED_SAMPLE_RATE = 15;

/** By channelConfiguration (ISO/IEC 14496-3 table 1.19); 0 is stated elsewhere or reserved. */
const CHANNELS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 0, 8];

export const AAC_FRAME_SAMPLES = 1024;
const SHORT_AAC_FRAME_SAMPLES = 960;
const LOW_DELAY_FRAME_SAMPLES = 512;
const SHORT_LOW_DELAY_FRAME_SAMPLES = 480;
/** One silent channel and the end element (raw_data_block, section 4.4.2.1). */
export const MIN_AAC_FRAME_BYTES = 4;
/** The elements of error-resilient payloads have no identifiers. */
const MIN_ERROR_RESILIENT_FRAME_BYTES = 2;

/** audioObjectType, ISO/IEC 14496-3 table 1.17. */
const OBJECT_TYPE = {
  aacMain: 1,
  aacLc: 2,
  aacSsr: 3,
  aacLtp: 4,
  sbr: 5,
  aacScalable: 6,
  erAacLc: 17,
  erAacLtp: 19,
  erAacScalable: 20,
  erAacLd: 23,
  ps: 29,
  escape: 31,
  mpegLayer1: 32,
  mpegLayer3: 34,
  erAacEld: 39,
} as const;
/** Extensions whose configuration continues with that of the AAC core. */
const EXTENSION_TYPES: ReadonlySet<number> = new Set([OBJECT_TYPE.sbr, OBJECT_TYPE.ps]);
const GENERAL_AUDIO_TYPES: ReadonlySet<number> = new Set([
  OBJECT_TYPE.aacMain,
  OBJECT_TYPE.aacLc,
  OBJECT_TYPE.aacSsr,
  OBJECT_TYPE.aacLtp,
  OBJECT_TYPE.aacScalable,
  OBJECT_TYPE.erAacLc,
  OBJECT_TYPE.erAacLtp,
  OBJECT_TYPE.erAacScalable,
]);
const LOW_DELAY_TYPES: ReadonlySet<number> = new Set([OBJECT_TYPE.erAacLd, OBJECT_TYPE.erAacEld]);

/** Whether an object type is MPEG-1 or MPEG-2 audio (MP1, MP2 or MP3) inside MPEG-4. */
export const isMpegAudioObjectType = (objectType: number): boolean =>
  objectType >= OBJECT_TYPE.mpegLayer1 && objectType <= OBJECT_TYPE.mpegLayer3;

/** Reads bits, the most significant first. Bits past the end are zeros. */
class BitReader {
  position = 0;
  #bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  get left(): number {
    return this.#bytes.length * 8 - this.position;
  }
  read(count: number): number {
    let value = 0;
    for (const end = this.position + count; this.position < end; this.position++) {
      value = value * 2 + (((this.#bytes[this.position >> 3] ?? 0) >> (7 - (this.position & 7))) & 1);
    }
    return value;
  }
  /** GetAudioObjectType(), table 1.16. */
  readObjectType(): number {
    const type = this.read(5);
    return type === OBJECT_TYPE.escape ? OBJECT_TYPE.mpegLayer1 + this.read(6) : type;
  }
  readSampleRate(): number {
    const index = this.read(4);
    return index === ESCAPED_SAMPLE_RATE ? this.read(24) : (AAC_SAMPLE_RATES[index] ?? 0);
  }
}

/** Parses the AudioSpecificConfig that `bytes` hold (table 1.15). */
export function parseAacConfig(bytes: Uint8Array): AacConfig {
  const bits = new BitReader(bytes);
  let objectType = bits.readObjectType();
  const sampleRate = bits.readSampleRate();
  const channelConfiguration = bits.read(4);
  const isExtended = EXTENSION_TYPES.has(objectType);
  let sbrRate: number | null = null;
  let hasStatedMono = false;
  if (isExtended) {
    sbrRate = bits.readSampleRate();
    objectType = bits.readObjectType();
  }
  // frameLengthFlag, the first bit of GASpecificConfig() (section 4.4.1) and of ELDSpecificConfig().
  const isShort = bits.read(1) === 1;
  const isGeneral = GENERAL_AUDIO_TYPES.has(objectType);
  const coreChannels =
    channelConfiguration === 0 && isGeneral
      ? readProgramChannels(bits)
      : (CHANNELS[channelConfiguration] ?? 0);
  if (!isExtended) ({ sbrRate, hasStatedMono } = readExtension(bits, sampleRate));
  const lowDelaySamples = isShort ? SHORT_LOW_DELAY_FRAME_SAMPLES : LOW_DELAY_FRAME_SAMPLES;
  const generalSamples = isShort ? SHORT_AAC_FRAME_SAMPLES : AAC_FRAME_SAMPLES;
  const otherSamples = LOW_DELAY_TYPES.has(objectType) ? lowDelaySamples : 0;
  return {
    objectType,
    sampleRate,
    frameSamples: isGeneral ? generalSamples : otherSamples,
    minFrameBytes: isGeneral ? MIN_AAC_FRAME_BYTES : MIN_ERROR_RESILIENT_FRAME_BYTES,
    outputSampleRate: (sbrRate ?? 0) > sampleRate ? 2 * sampleRate : sampleRate,
    // With SBR one channel may be parametric stereo; ffmpeg decodes two unless the configuration rules it out.
    channels: sbrRate !== null && coreChannels === 1 && !hasStatedMono ? 2 : coreChannels,
  };
}

/** `statedChannels` are those of the container, for a configuration that states none. */
export const aacFacts = ({ outputSampleRate, channels }: AacConfig, statedChannels: number): AudioFacts => ({
  codec: "AAC",
  sampleRateHz: outputSampleRate,
  channels: channels || statedChannels || null,
  bitsPerSample: null,
});

interface Extension {
  /** Null without SBR. */
  sbrRate: number | null;
  /** Whether psPresentFlag rules out parametric stereo. */
  hasStatedMono: boolean;
}

/** syncExtensionType, by which old decoders miss the extension (section 1.6.5.2). */
const SYNC_EXTENSION = { sbr: 0x2b7, ps: 0x548, bits: 11 } as const;

/** Finds the extension at the end of the configuration, as ffmpeg does: without parsing what comes before. */
function readExtension(bits: BitReader, sampleRate: number): Extension {
  while (bits.left >= SYNC_EXTENSION.bits + 5) {
    const start = bits.position;
    if (bits.read(SYNC_EXTENSION.bits) !== SYNC_EXTENSION.sbr) {
      bits.position = start + 1;
      continue;
    }
    const isSbr = bits.readObjectType() === OBJECT_TYPE.sbr && bits.read(1) === 1;
    const sbrRate = isSbr ? bits.readSampleRate() : sampleRate;
    const hasPsFlag = bits.left > SYNC_EXTENSION.bits && bits.read(SYNC_EXTENSION.bits) === SYNC_EXTENSION.ps;
    // An extension of the core's own rate adds nothing.
    return {
      sbrRate: sbrRate === sampleRate ? null : sbrRate,
      hasStatedMono: hasPsFlag && bits.read(1) === 0,
    };
  }
  return { sbrRate: null, hasStatedMono: false };
}

/** The channels of the program_config_element (section 4.4.1.1) after the flags of GASpecificConfig(). */
function readProgramChannels(bits: BitReader): number {
  const dependsOnCoreCoder = bits.read(1) === 1;
  if (dependsOnCoreCoder) bits.read(14);
  bits.read(1); // extensionFlag
  bits.read(4 + 2 + 4); // element_instance_tag, object_type and sampling_frequency_index
  const mainElements = bits.read(4) + bits.read(4) + bits.read(4);
  const lfeElements = bits.read(2);
  bits.read(3 + 4); // associated data and coupling elements
  for (const mixdownBits of [4, 4, 3]) if (bits.read(1) === 1) bits.read(mixdownBits);
  let channels = lfeElements;
  for (let element = 0; element < mainElements; element++) {
    const isPair = bits.read(1) === 1;
    bits.read(4); // element tag
    channels += isPair ? 2 : 1;
  }
  return channels;
}
