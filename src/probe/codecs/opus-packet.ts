// How much an Opus packet decodes to (RFC 6716 section 3): told by its first two bytes, in whatever container.

export const OPUS_SAMPLE_RATE = 48_000;

const MAX_PACKET_SAMPLES = 0.12 * OPUS_SAMPLE_RATE;
const MAX_FRAME_BYTES = 1275;

/** Table 2, in samples at 48 kHz: SILK from 10 to 60 ms, hybrid 10 and 20 ms, CELT from 2.5 to 20 ms. */
const SILK = [480, 960, 1920, 2880] as const;
const HYBRID = [480, 960] as const;
const CELT = [120, 240, 480, 960] as const;
const FRAME_SAMPLES = [...SILK, ...SILK, ...SILK, ...HYBRID, ...HYBRID, ...CELT, ...CELT, ...CELT, ...CELT];

/**
 * The samples at 48 kHz that a packet of `length` bytes decodes to, 0 for one that is not valid.
 * @param head at least the first two bytes of the packet (one, if it has no more)
 */
export function opusPacketSamples(head: Uint8Array, length: number): number {
  const toc = head[0] ?? 0;
  const samples = (FRAME_SAMPLES[toc >> 3] ?? 0) * framesIn(toc & 3, (head[1] ?? 0) & 0x3f, length);
  return samples <= MAX_PACKET_SAMPLES ? samples : 0;
}

/** Section 3.2: one frame, two of one size, two of two sizes, or as many as the second byte says. */
function framesIn(code: number, frameCount: number, length: number): number {
  if (code === 0) return length >= 1 && length - 1 <= MAX_FRAME_BYTES ? 1 : 0;
  if (code === 1) return length % 2 === 1 && (length - 1) / 2 <= MAX_FRAME_BYTES ? 2 : 0;
  if (code === 2) return length >= 2 ? 2 : 0;
  return length >= 2 ? frameCount : 0;
}
