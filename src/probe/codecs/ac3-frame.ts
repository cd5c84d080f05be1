// AC-3 and E-AC-3 syncframes (ATSC A/52): what the header of a frame states.
import { dataViewOf } from "../bytes.ts";

export interface Ac3Frame {
  codec: "AC-3" | "E-AC-3";
  sampleRate: number;
  /** Of this frame alone: a dependent substream adds more. */
  channels: number;
  /** Per channel. */
  samples: number;
  /** Whether it belongs to a further substream, which plays at the same time as the first. */
  isFurtherSubstream: boolean;
  /** Header included. */
  frameBytes: number;
}

const SYNC_WORD = 0x0b77;
/** By fscod (A/52 table 5.6), in Hz; code 3 is reserved in AC-3. */
const SAMPLE_RATES: readonly number[] = [48_000, 44_100, 32_000];
/** By acmod (A/52 table 5.8), without the low-frequency channel. */
const CHANNELS: readonly number[] = [2, 1, 2, 3, 3, 4, 4, 5];
const ACMOD = { mono: 1, stereo: 2, hasCentre: 1, hasSurround: 4 } as const;
const BLOCK_SAMPLES = 256;
const BLOCKS_PER_AC3_FRAME = 6;
/** By numblkscod (A/52 annex E). */
const BLOCKS_PER_EAC3_FRAME: readonly number[] = [1, 2, 3, 6];
/** strmtyp (A/52 annex E, table E1.1). */
const DEPENDENT_STREAM = 1;
/** bsid 9 halves the sample rate of an AC-3 frame and bsid 10 quarters it; above that the syntax is E-AC-3. */
const FULL_RATE_BSID = 8;
const MAX_AC3_BSID = 10;
const MAX_EAC3_BSID = 16;

const AC3_FRAME_SAMPLES = BLOCKS_PER_AC3_FRAME * BLOCK_SAMPLES;
/** By half of frmsizecod (A/52 table 5.18). */
const AC3_KILOBITS_PER_SECOND: readonly number[] = [
  32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640,
];
const MIN_EAC3_FRAME_BYTES = 8;
/** Parses the header in the first eight bytes of `head`; null when it is no frame, or none that fits in `length` bytes. */
export function parseAc3Frame(head: Uint8Array, length: number): Ac3Frame | null {
  const view = dataViewOf(head);
  if (view.getUint16(0) !== SYNC_WORD) return null;
  return view.getUint8(5) >> 3 <= MAX_AC3_BSID ? parseAc3(view, length) : parseEac3(view, length);
}

/** A/52 section 5.3. */
function parseAc3(view: DataView, length: number): Ac3Frame | null {
  const sampleRate = SAMPLE_RATES[view.getUint8(4) >> 6];
  const frmsizecod = view.getUint8(4) & 0x3f;
  const kilobits = AC3_KILOBITS_PER_SECOND[frmsizecod >> 1];
  if (!sampleRate || !kilobits) return null;
  const words = Math.floor((kilobits * 1000 * AC3_FRAME_SAMPLES) / (sampleRate * 16));
  // At 44.1 kHz, where words are not whole, every other code has a word more.
  const frameBytes = (words + (sampleRate === 44_100 ? frmsizecod & 1 : 0)) * 2;
  if (length < frameBytes) return null;
  const bsid = view.getUint8(5) >> 3;
  // acmod, two bits for each mix level that it calls for, then lfeon.
  const bits = view.getUint16(6);
  const acmod = bits >> 13;
  const hasCentreLevel = (acmod & ACMOD.hasCentre) !== 0 && acmod !== ACMOD.mono;
  const levels = [hasCentreLevel, (acmod & ACMOD.hasSurround) !== 0, acmod === ACMOD.stereo];
  const lfeon = (bits >> (12 - 2 * levels.filter(Boolean).length)) & 1;
  return {
    codec: "AC-3",
    sampleRate: sampleRate >> Math.max(0, bsid - FULL_RATE_BSID),
    channels: (CHANNELS[acmod] ?? 0) + lfeon,
    samples: AC3_FRAME_SAMPLES,
    isFurtherSubstream: false,
    frameBytes,
  };
}

/** A/52 annex E, section 2.2. */
function parseEac3(view: DataView, length: number): Ac3Frame | null {
  if (view.getUint8(5) >> 3 > MAX_EAC3_BSID) return null;
  const frameBytes = ((view.getUint16(2) & 0x7ff) + 1) * 2;
  if (frameBytes < MIN_EAC3_FRAME_BYTES || length < frameBytes) return null;
  const strmtyp = view.getUint8(2) >> 6;
  const substreamid = (view.getUint8(2) >> 3) & 7;
  const bits = view.getUint8(4);
  // fscod 3 stands for half the sample rates, which no encoder writes and ffmpeg does not decode.
  const sampleRate = SAMPLE_RATES[bits >> 6];
  if (!sampleRate) return null;
  const blocks = BLOCKS_PER_EAC3_FRAME[(bits >> 4) & 3] ?? 0;
  return {
    codec: "E-AC-3",
    sampleRate,
    channels: (CHANNELS[(bits >> 1) & 7] ?? 0) + (bits & 1),
    samples: blocks * BLOCK_SAMPLES,
    isFurtherSubstream: strmtyp === DEPENDENT_STREAM || substreamid !== 0,
    frameBytes,
  };
}
