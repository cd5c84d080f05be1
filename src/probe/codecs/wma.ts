// WMA 1 and 2: how frames lie in the blocks of a stream, by its format tag and what follows WAVEFORMATEX.
import { dataViewOf } from "../bytes.ts";

export interface WmaFrames {
  samples: number;
  /** Whether a block states how many frames end in it; otherwise it holds one. */
  hasBitReservoir: boolean;
  /** Whether a block that starts with zeros is silence. */
  showsSilence: boolean;
}

/** 4 kbit/s: no codec of the family uses less, except for silence. */
export const MIN_WMA_BYTES_PER_SECOND = 500;

/** By format tag (mmreg.h). */
const VERSIONS: ReadonlyMap<
  number,
  {
    /** Of the encoder options. */
    optionsAt: number;
    minExtraBytes: number;
    /** Up to this rate a frame has 1024 samples. */
    maxShortFrameRate: number;
  }
> = new Map([
  [0x160, { optionsAt: 2, minExtraBytes: 4, maxShortFrameRate: 32_000 }],
  [0x161, { optionsAt: 4, minExtraBytes: 6, maxShortFrameRate: 22_050 }],
]);
/** Encoder option: a block states how many frames end in it. */
const BIT_RESERVOIR_OPTION = 2;
/** Encoder option: a block starts with the sizes of its parts. */
const VARIABLE_LENGTH_OPTION = 4;
/** A frame with coefficients: a bit that says so, seven of gain, then its exponents, of more than a byte. */
const MIN_CODED_BLOCK_BYTES = 3;
/** The low four bits of a block with a bit reservoir: how many frames end in it. */
const FRAME_COUNT_MASK = 0x0f;

const FRAME_SAMPLES = { low: 512, short: 1024, long: 2048 } as const;
const MAX_LOW_FRAME_RATE = 16_000;

/** Null for other tags and truncated options. */
export function parseWmaFrames(formatTag: number, extra: Uint8Array, sampleRate: number): WmaFrames | null {
  const version = VERSIONS.get(formatTag);
  if (!version || extra.length < version.minExtraBytes) return null;
  const options = dataViewOf(extra).getUint16(version.optionsAt, true);
  return {
    samples: frameSamplesAt(sampleRate, version.maxShortFrameRate),
    hasBitReservoir: (options & BIT_RESERVOIR_OPTION) !== 0,
    showsSilence: (options & (BIT_RESERVOIR_OPTION | VARIABLE_LENGTH_OPTION)) === 0,
  };
}

function frameSamplesAt(sampleRate: number, maxShortFrameRate: number): number {
  if (sampleRate <= MAX_LOW_FRAME_RATE) return FRAME_SAMPLES.low;
  return sampleRate <= maxShortFrameRate ? FRAME_SAMPLES.short : FRAME_SAMPLES.long;
}

type WmaBlocks = Pick<WmaFrames, "hasBitReservoir" | "showsSilence"> & { blockBytes: number };

/**
 * The frames in a block that starts with `firstByte`. With a bit reservoir a stream's first block also counts the frame
 * that would have started in the block before it.
 */
export function wmaFramesInBlock(blocks: WmaBlocks, firstByte: number, isFirst: boolean): number {
  if (!blocks.hasBitReservoir) {
    return blocks.blockBytes >= MIN_CODED_BLOCK_BYTES || isSilentWmaBlock(blocks, firstByte) ? 1 : 0;
  }
  const frames = firstByte & FRAME_COUNT_MASK;
  return isFirst ? Math.max(0, frames - 1) : frames;
}

/** Whether no channel of its frame has coefficients. Silence takes any number of bytes. */
export const isSilentWmaBlock = ({ showsSilence }: WmaBlocks, firstByte: number): boolean =>
  showsSilence && firstByte === 0;
