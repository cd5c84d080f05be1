// Vorbis packets (Vorbis I specification): how many samples a packet decodes to, by the block sizes of its mode and of
// the packet before.
import { dataViewOf } from "../bytes.ts";
import { isSupportedSampleRate } from "../sample-rate.ts";

export interface VorbisIdentification {
  channels: number;
  sampleRate: number;
  /** Of short and long blocks, in samples. */
  blockSizes: readonly [short: number, long: number];
}

/** Counts the samples per channel that a packet yields, by its first byte and its length in bytes. */
export type VorbisPacketCounter = (firstByte: number, length: number) => number;

const IDENTIFICATION_HEADER_TYPE = 1;
const IDENTIFICATION_BYTES = 30;
const MIN_BLOCK_SIZE = 64;
const MAX_BLOCK_SIZE = 8192;

/** The fields of a mode in the setup header (section 4.2.4, "modes"), in bits. */
const MODE_BITS = { blockFlag: 1, windowAndTransformType: 32, mapping: 8 } as const;
const MODE_SIZE_BITS = MODE_BITS.blockFlag + MODE_BITS.windowAndTransformType + MODE_BITS.mapping;
const MODE_COUNT_BITS = 6;
const MAX_MODES = 64;
const MAX_MAPPINGS = 64;

/** At least as much as the longest list of modes, which ends the setup header. */
export const VORBIS_SETUP_TAIL_BYTES = 512;

/** Common header decode (section 4.2.1). */
const isHeader = (packet: Uint8Array, type: number): boolean =>
  packet[0] === type && String.fromCharCode(...packet.subarray(1, 7)) === "vorbis";

/** Parses the identification header (section 4.2.2); null when `packet` is not a valid one. */
export function parseVorbisIdentification(packet: Uint8Array): VorbisIdentification | null {
  if (packet.length < IDENTIFICATION_BYTES || !isHeader(packet, IDENTIFICATION_HEADER_TYPE)) return null;
  const sampleRate = dataViewOf(packet).getUint32(12, true);
  const exponents = packet[28] ?? 0;
  const [short, long] = [2 ** (exponents & 0xf), 2 ** (exponents >> 4)];
  if (!isSupportedSampleRate(sampleRate) || short < MIN_BLOCK_SIZE || long > MAX_BLOCK_SIZE || short > long)
    return null;
  return { channels: packet[11] ?? 0, sampleRate, blockSizes: [short, long] };
}

/**
 * Parses which modes have long blocks, from the last bytes of the setup header; null when there is no list of modes.
 * The list ends the header after code books that need a full decoder to read, so it is parsed backwards.
 */
export function parseVorbisModes(setupTail: Uint8Array): readonly boolean[] | null {
  const end = framingBitPosition(setupTail);
  const hasLongBlocks: boolean[] = [];
  let found: readonly boolean[] | null = null;
  for (let start = end - MODE_SIZE_BITS; start >= MODE_COUNT_BITS; start -= MODE_SIZE_BITS) {
    const typesAt = start + MODE_BITS.blockFlag;
    const mappingAt = typesAt + MODE_BITS.windowAndTransformType;
    if (readBits(setupTail, typesAt, MODE_BITS.windowAndTransformType) !== 0) break;
    if (readBits(setupTail, mappingAt, MODE_BITS.mapping) >= MAX_MAPPINGS) break;
    hasLongBlocks.unshift(readBits(setupTail, start, MODE_BITS.blockFlag) === 1);
    if (hasLongBlocks.length > MAX_MODES) break;
    // The longest list whose length matches is the right one: a shorter one can match by the zeros of an earlier mode.
    const count = readBits(setupTail, start - MODE_COUNT_BITS, MODE_COUNT_BITS) + 1;
    if (count === hasLongBlocks.length) found = [...hasLongBlocks];
  }
  return found;
}

/** The framing bit is the last bit set; -1 when no bit is. */
function framingBitPosition(bytes: Uint8Array): number {
  const last = bytes.findLastIndex((byte) => byte !== 0);
  return last < 0 ? -1 : last * 8 + 31 - Math.clz32(bytes[last] ?? 0);
}

/** `count` bits from bit `at`; the least significant bit comes first (section 2.1.4). */
function readBits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let bit = 0; bit < count; bit++) {
    const byte = bytes[(at + bit) >> 3] ?? 0;
    value += ((byte >> ((at + bit) & 7)) & 1) * 2 ** bit;
  }
  return value;
}

/** Creates the counter of one stream, which must see the stream's packets in order. */
export function createVorbisPacketCounter(
  { blockSizes }: Pick<VorbisIdentification, "blockSizes">,
  hasLongBlocks: readonly boolean[],
): VorbisPacketCounter {
  const modeMask = 2 ** (32 - Math.clz32(hasLongBlocks.length - 1)) - 1;
  let previousBlockSize = 0;
  return (firstByte, length) => {
    // Section 4.3.1: the packet type (0 for audio), then the mode number.
    const isLong = hasLongBlocks[(firstByte >> 1) & modeMask];
    if (length === 0 || (firstByte & 1) !== 0 || isLong === undefined) return 0;
    const blockSize = blockSizes[isLong ? 1 : 0];
    // Section 4.3.8: a quarter of both windows; the first packet yields nothing.
    const samples = previousBlockSize === 0 ? 0 : (previousBlockSize + blockSize) / 4;
    previousBlockSize = blockSize;
    return samples;
  };
}
