// AAC: sampling rates, frame sizes and the AudioSpecificConfig (ISO/IEC 14496-3:2009 section 1.6.2.1), which determines
// how long a frame lasts.

export interface AacConfig {
  /** ISO/IEC 14496-3 table 1.17. */
  objectType: number;
  /** Rate of the AAC core in Hz. SBR doubles both rate and samples, so a frame lasts as long as the core's. */
  sampleRate: number;
  /** Per channel; 0 for an object type that is not AAC. */
  frameSamples: number;
  /** Shorter frames hold no audio. */
  minFrameBytes: number;
}

/** By samplingFrequencyIndex (ISO/IEC 14496-3 table 1.18), in Hz. */
export const AAC_SAMPLE_RATES: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];
/** The index that is followed by the rate itself, in 24 bits. */
const ESCAPED_SAMPLE_RATE = 15;

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

/** Parses the AudioSpecificConfig in `bytes`. Bits past their end read as zero. */
export function parseAacConfig(bytes: Uint8Array): AacConfig {
  let position = 0;
  const readBits = (count: number) => {
    let value = 0;
    for (const end = position + count; position < end; position++) {
      value = value * 2 + (((bytes[position >> 3] ?? 0) >> (7 - (position & 7))) & 1);
    }
    return value;
  };
  // GetAudioObjectType(), table 1.16.
  const readObjectType = () => {
    const type = readBits(5);
    return type === OBJECT_TYPE.escape ? OBJECT_TYPE.mpegLayer1 + readBits(6) : type;
  };
  const readSampleRate = () => {
    const index = readBits(4);
    return index === ESCAPED_SAMPLE_RATE ? readBits(24) : (AAC_SAMPLE_RATES[index] ?? 0);
  };
  // AudioSpecificConfig(), table 1.15.
  let objectType = readObjectType();
  const sampleRate = readSampleRate();
  readBits(4); // channelConfiguration
  if (EXTENSION_TYPES.has(objectType)) {
    readSampleRate(); // extensionSamplingFrequency
    objectType = readObjectType();
  }
  // frameLengthFlag, the first bit of GASpecificConfig() (section 4.4.1) and of ELDSpecificConfig().
  const isShort = readBits(1) === 1;
  if (GENERAL_AUDIO_TYPES.has(objectType)) {
    const frameSamples = isShort ? SHORT_AAC_FRAME_SAMPLES : AAC_FRAME_SAMPLES;
    return { objectType, sampleRate, frameSamples, minFrameBytes: MIN_AAC_FRAME_BYTES };
  }
  const lowDelaySamples = isShort ? SHORT_LOW_DELAY_FRAME_SAMPLES : LOW_DELAY_FRAME_SAMPLES;
  const frameSamples = LOW_DELAY_TYPES.has(objectType) ? lowDelaySamples : 0;
  return { objectType, sampleRate, frameSamples, minFrameBytes: MIN_ERROR_RESILIENT_FRAME_BYTES };
}
