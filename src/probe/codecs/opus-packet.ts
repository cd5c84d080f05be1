// Opus packets (RFC 6716 section 3): how many samples a packet decodes to, by its first two bytes.

/** Opus always decodes at this rate, whatever the input's was. */
export const OPUS_SAMPLE_RATE = 48_000;
/** 120 ms (section 3.4, requirement R5). */
const MAX_OPUS_PACKET_SAMPLES = 5760;
/** Section 3.4, requirement R2. */
const MAX_FRAME_BYTES = 1275;

/** Frame sizes in samples at 48 kHz, by configuration number (section 3.1, table 2). */
const SILK_10_TO_60_MS = [480, 960, 1920, 2880] as const;
const HYBRID_10_AND_20_MS = [480, 960] as const;
const CELT_2_5_TO_20_MS = [120, 240, 480, 960] as const;
const FRAME_SAMPLES: readonly number[] = [
  ...SILK_10_TO_60_MS,
  ...SILK_10_TO_60_MS,
  ...SILK_10_TO_60_MS,
  ...HYBRID_10_AND_20_MS,
  ...HYBRID_10_AND_20_MS,
  ...CELT_2_5_TO_20_MS,
  ...CELT_2_5_TO_20_MS,
  ...CELT_2_5_TO_20_MS,
  ...CELT_2_5_TO_20_MS,
];

/** The frame packing of a packet: code c of the TOC byte (section 3.2). */
const FRAME_PACKING = { oneFrame: 0, twoEqualFrames: 1, twoFrames: 2, signalledCount: 3 } as const;

/**
 * The samples at 48 kHz that a packet of `length` bytes decodes to; 0 for an invalid packet.
 * @param head at least the first two bytes of the packet, or its only one
 */
export function opusPacketSamples(head: Uint8Array, length: number): number {
  const toc = head[0] ?? 0;
  const signalledCount = (head[1] ?? 0) & 0x3f;
  const samples = (FRAME_SAMPLES[toc >> 3] ?? 0) * frameCountOf(toc & 3, signalledCount, length);
  return samples <= MAX_OPUS_PACKET_SAMPLES ? samples : 0;
}

/** Sections 3.2.2 to 3.2.5; 0 for a packet of a length that its packing does not allow. */
function frameCountOf(packing: number, signalledCount: number, length: number): number {
  switch (packing) {
    case FRAME_PACKING.oneFrame:
      return length >= 1 && length - 1 <= MAX_FRAME_BYTES ? 1 : 0;
    case FRAME_PACKING.twoEqualFrames:
      return length % 2 === 1 && (length - 1) / 2 <= MAX_FRAME_BYTES ? 2 : 0;
    case FRAME_PACKING.twoFrames:
      return length >= 2 ? 2 : 0;
    default:
      return length >= 2 ? signalledCount : 0;
  }
}
