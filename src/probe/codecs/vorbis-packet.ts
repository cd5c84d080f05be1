// How much a Vorbis packet decodes to (Vorbis I specification): told by its mode's block size and the one before.
import { isSampleRate } from "../container.ts";

export interface VorbisIdentification {
  sampleRate: number;
  /** The short one and the long one, in samples. */
  blockSizes: readonly [number, number];
}

const IDENTIFICATION_BYTES = 30;
const MIN_BLOCK_SIZE = 64;
const MAX_BLOCK_SIZE = 8192;

const MODE_BITS = { blockFlag: 1, windowAndTransformType: 32, mapping: 8 };
const MODE_SIZE_BITS = 41;
const MODE_COUNT_BITS = 6;
const MAX_MODES = 64;

/** More than the longest list of modes takes, which ends the setup header. */
export const VORBIS_SETUP_TAIL_BYTES = 512;

/** Whether a packet is the header of `type`: 1 identification, 3 comments, 5 setup (section 4.2.1). */
const isHeader = (packet: Uint8Array, type: number): boolean =>
  packet[0] === type && String.fromCharCode(...packet.subarray(1, 7)) === "vorbis";

/** Reads the identification header (section 4.2.2); null when `packet` is none. */
export function parseVorbisIdentification(packet: Uint8Array): VorbisIdentification | null {
  if (packet.length < IDENTIFICATION_BYTES || !isHeader(packet, 1)) return null;
  const sampleRate = new DataView(packet.buffer, packet.byteOffset).getUint32(12, true);
  const exponents = packet[28] ?? 0;
  const [short, long] = [2 ** (exponents & 0xf), 2 ** (exponents >> 4)];
  if (!isSampleRate(sampleRate) || short < MIN_BLOCK_SIZE || long > MAX_BLOCK_SIZE || short > long)
    return null;
  return { sampleRate, blockSizes: [short, long] };
}

/**
 * Reads which modes have long blocks from the last bytes of the setup header; null when no modes stand there. The
 * modes are its end, after code books that only a decoder could read through: so they are read backwards.
 */
export function parseVorbisModes(setupTail: Uint8Array): readonly boolean[] | null {
  const end = framingBit(setupTail);
  const flags: boolean[] = [];
  let found: readonly boolean[] | null = null;
  for (let start = end - MODE_SIZE_BITS; start >= MODE_COUNT_BITS; start -= MODE_SIZE_BITS) {
    const types = start + MODE_BITS.blockFlag;
    const mapping = types + MODE_BITS.windowAndTransformType;
    if (bits(setupTail, types, MODE_BITS.windowAndTransformType) !== 0) break;
    if (bits(setupTail, mapping, MODE_BITS.mapping) >= MAX_MODES) break;
    flags.unshift(bits(setupTail, start, MODE_BITS.blockFlag) === 1);
    if (flags.length > MAX_MODES) break;
    // The longest list whose length fits counts: a short one may fit by the zeros of the mode before it.
    const count = bits(setupTail, start - MODE_COUNT_BITS, MODE_COUNT_BITS) + 1;
    if (count === flags.length) found = [...flags];
  }
  return found;
}

/** Where the last bit that is set stands, or -1. */
function framingBit(bytes: Uint8Array): number {
  const last = bytes.findLastIndex((byte) => byte !== 0);
  return last < 0 ? -1 : last * 8 + 31 - Math.clz32(bytes[last] ?? 0);
}

/** `count` bits from the bit `at`, both counted from the least significant (section 2). */
function bits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let bit = 0; bit < count; bit++) {
    const byte = bytes[(at + bit) >> 3] ?? 0;
    value += ((byte >> ((at + bit) & 7)) & 1) * 2 ** bit;
  }
  return value;
}

/**
 * A counter for the packets of one stream, in their order: it takes a packet's first byte and its length and gives
 * the samples that the decoder yields then, half of each window that overlaps (section 4.3.8).
 */
export function vorbisPacketCounter(
  { blockSizes }: VorbisIdentification,
  longModes: readonly boolean[],
): (firstByte: number, length: number) => number {
  const modeMask = 2 ** (32 - Math.clz32(longModes.length - 1)) - 1;
  let before = 0;
  return (firstByte, length) => {
    const isLong = longModes[(firstByte >> 1) & modeMask];
    if (length === 0 || (firstByte & 1) !== 0 || isLong === undefined) return 0;
    const size = blockSizes[isLong ? 1 : 0];
    const samples = before === 0 ? 0 : (before + size) / 4;
    before = size;
    return samples;
  };
}
