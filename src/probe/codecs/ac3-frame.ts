// AC-3 and E-AC-3 syncframes (ATSC A/52): how long the frame at the start of a block lasts.
import { dataViewOf } from "../bytes.ts";

const SYNC_WORD = 0x0b77;
/** By fscod (A/52 table 5.6), in Hz; code 3 is reserved. */
const SAMPLE_RATES: readonly number[] = [48_000, 44_100, 32_000];
const BLOCK_SAMPLES = 256;
const BLOCKS_PER_AC3_FRAME = 6;
/** By numblkscod (A/52 annex E). */
const BLOCKS_PER_EAC3_FRAME: readonly number[] = [1, 2, 3, 6];
/** bsid 9 halves the sample rate of an AC-3 frame and bsid 10 quarters it; above that the syntax is E-AC-3. */
const FULL_RATE_BSID = 8;
const MAX_AC3_BSID = 10;

export const AC3_FRAME_SAMPLES = BLOCKS_PER_AC3_FRAME * BLOCK_SAMPLES;
/** At 32 kbit/s and 48 kHz (A/52 table 5.18). */
export const MIN_AC3_FRAME_BYTES = 128;
export const MIN_EAC3_FRAME_SAMPLES = BLOCK_SAMPLES;
export const MIN_EAC3_FRAME_BYTES = 8;

/** Seconds of the AC-3 frame of `length` bytes that starts with `head` (A/52 section 5.3); 0 when it is none. */
export function ac3FrameSeconds(head: Uint8Array, length: number): number {
  const view = dataViewOf(head);
  const sampleRate = SAMPLE_RATES[view.getUint8(4) >> 6] ?? 0;
  const bsid = view.getUint8(5) >> 3;
  if (view.getUint16(0) !== SYNC_WORD || sampleRate === 0 || bsid > MAX_AC3_BSID) return 0;
  if (length < MIN_AC3_FRAME_BYTES) return 0;
  return AC3_FRAME_SAMPLES / (sampleRate >> Math.max(0, bsid - FULL_RATE_BSID));
}

/**
 * Seconds of the E-AC-3 block of `length` bytes that starts with `head`; 0 when it is none. The independent substream's
 * frame comes first in a block and determines its time (A/52 annex E, section 2.2.2).
 */
export function eac3FrameSeconds(head: Uint8Array, length: number): number {
  const view = dataViewOf(head);
  if (view.getUint8(5) >> 3 <= MAX_AC3_BSID) return ac3FrameSeconds(head, length);
  const frameBytes = ((view.getUint16(2) & 0x7ff) + 1) * 2;
  if (view.getUint16(0) !== SYNC_WORD || length < frameBytes) return 0;
  const rateCodes = view.getUint8(4);
  const fscod = rateCodes >> 6;
  // fscod2 when fscod is 3 (half sample rates, always six blocks), numblkscod otherwise.
  const secondCode = (rateCodes >> 4) & 3;
  const sampleRate = SAMPLE_RATES[fscod] ?? 0;
  if (sampleRate > 0) return ((BLOCKS_PER_EAC3_FRAME[secondCode] ?? 0) * BLOCK_SAMPLES) / sampleRate;
  const halfSampleRate = (SAMPLE_RATES[secondCode] ?? 0) / 2;
  return halfSampleRate > 0 ? AC3_FRAME_SAMPLES / halfSampleRate : 0;
}
