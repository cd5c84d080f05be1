// AAC's AudioSpecificConfig (ISO/IEC 14496-3 1.6.2), which says how long its frames last.

export interface AacConfig {
  /** ISO/IEC 14496-3 table 1.17. */
  objectType: number;
  /** Of the core: with SBR, doubled samples at a doubled rate last as long as the core's. */
  sampleRate: number;
  /** 0 for an object type that is not AAC. */
  frameSamples: number;
  /** A frame of one channel of silence; a shorter one holds no audio. */
  leastFrameBytes: number;
}

const SAMPLE_RATES: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];
const SBR_TYPES: ReadonlySet<number> = new Set([5, 29]);
const GENERAL_TYPES: ReadonlySet<number> = new Set([1, 2, 3, 4, 6, 17, 19, 20]);
const LOW_DELAY_TYPES: ReadonlySet<number> = new Set([23, 39]);

/** Parses the configuration in `bytes`, which are taken to go on in zeros. */
export function parseAacConfig(bytes: Uint8Array): AacConfig {
  let position = 0;
  const bits = (count: number) => {
    let value = 0;
    for (const end = position + count; position < end; position++) {
      value = value * 2 + (((bytes[position >> 3] ?? 0) >> (7 - (position & 7))) & 1);
    }
    return value;
  };
  const readType = () => {
    const type = bits(5);
    return type === 31 ? 32 + bits(6) : type;
  };
  const readRate = () => {
    const index = bits(4);
    return index === 15 ? bits(24) : (SAMPLE_RATES[index] ?? 0);
  };
  let objectType = readType();
  const sampleRate = readRate();
  bits(4);
  if (SBR_TYPES.has(objectType)) {
    readRate();
    objectType = readType();
  }
  const isShort = bits(1) === 1;
  if (GENERAL_TYPES.has(objectType)) {
    return { objectType, sampleRate, frameSamples: isShort ? 960 : 1024, leastFrameBytes: 4 };
  }
  const isLowDelay = LOW_DELAY_TYPES.has(objectType);
  // Its elements have no names: two bytes do.
  return { objectType, sampleRate, frameSamples: isLowDelay ? (isShort ? 480 : 512) : 0, leastFrameBytes: 2 };
}
