// ALAC: its configuration, the "magic cookie" (ALACMagicCookieDescription.txt, ALACSpecificConfig), and the length of a
// frame.
import { dataViewOf } from "../bytes.ts";

export interface AlacConfig {
  frameSamples: number;
  bitsPerSample: number;
  channels: number;
  sampleRate: number;
}

export const ALAC_CONFIG_BYTES = 24;
/**
 * kALACDefaultFramesPerPacket of Apple's encoder, which every other encoder uses too. The format sets no limit, but only
 * decoding could confirm a higher claim.
 */
export const MAX_ALAC_FRAME_SAMPLES = 4096;
/** Element and compression headers of one channel, a run of zeros and the end tag: silence. */
export const MIN_ALAC_FRAME_BYTES = 8;
/** The "partial frame" bit in a frame's header: a 32-bit sample count follows the 23 bits of the header. */
const PARTIAL_FRAME = 0x10;

/** Reads the configuration at `at`, of which {@link ALAC_CONFIG_BYTES} must be there. */
export const parseAlacConfig = (view: DataView, at: number): AlacConfig => ({
  frameSamples: view.getUint32(at),
  bitsPerSample: view.getUint8(at + 5),
  channels: view.getUint8(at + 9),
  sampleRate: view.getUint32(at + 20),
});

/** Samples per channel of the frame that starts with `head` (at least 7 bytes), given the stream's frame size. */
export function alacFrameSamples(head: Uint8Array, frameSamples: number): number {
  const isPartial = ((head[2] ?? 0) & PARTIAL_FRAME) !== 0;
  if (!isPartial) return frameSamples;
  const view = dataViewOf(head);
  const samples = ((view.getUint32(2) << 7) | (view.getUint8(6) >> 1)) >>> 0;
  return Math.min(samples, frameSamples);
}
