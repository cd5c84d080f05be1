// WavPack (wavpack.com, "WavPack 4 & 5 Binary File / Block Format"): blocks that say how many samples they decode to,
// down to a few bytes for a second of silence. Counted are those that are whole and hold a stream of bits.
import { type Format, isSampleRate } from "../container.ts";
import { type Reader, UnreadableAudio } from "../reader.ts";

interface SubBlocks {
  hasEntropy: boolean;
  hasBits: boolean;
  sampleRate?: number;
}

const BLOCK_HEADER_BYTES = 32;
/** What precedes the part of a block that its size counts. */
const UNCOUNTED_BYTES = 8;
/** "wvpk" */
const MAGIC = 0x7776706b;
const MAX_BLOCK_BYTES = 1024 * 1024;
const MAX_BLOCK_SAMPLES = 131_072;
const UNKNOWN_TOTAL = 0xffffffff;

/** A block that starts a new stretch of time; those of further channels follow it. */
const IS_INITIAL = 0x800;
const IS_DSD = 0x80000000;
const RATE_SHIFT = 23;
const RATES = [
  6000, 8000, 9600, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000, 192000,
] as const;

const SUB_BLOCK_ID = 0x3f;
const IS_ODD = 0x40;
const IS_LARGE = 0x80;
const ENTROPY = 0x05;
const BITSTREAM = 0x0a;
const SAMPLE_RATE = 0x27;
/** Three medians of one channel: no decoder takes fewer. */
const LEAST_ENTROPY_BYTES = 6;
/** The largest header of a sub-block and a sample rate. */
const SUB_BLOCK_PEEK_BYTES = 8;

export const wavpack: Format = {
  container: "WavPack",
  contentType: "audio/x-wavpack",
  magicBytes: BLOCK_HEADER_BYTES,
  matches: (reader) => reader.u32() === MAGIC,

  async measure(reader) {
    let total: number | undefined;
    let samples = 0;
    let sampleRate: number | undefined;
    while (reader.has(BLOCK_HEADER_BYTES) || (await reader.need(BLOCK_HEADER_BYTES))) {
      reader.step();
      // Tags follow the last block.
      if (reader.u32() !== MAGIC) break;
      const bytes = UNCOUNTED_BYTES + reader.u32le(4);
      if (bytes < BLOCK_HEADER_BYTES || bytes > MAX_BLOCK_BYTES || bytes > reader.remaining) break;
      total ??= readTotal(reader);
      const blockSamples = reader.u32le(20);
      const flags = reader.u32le(24);
      if (flags & IS_DSD) throw new UnreadableAudio("has a codec not known here (DSD)");
      const end = reader.position + bytes;
      reader.skip(BLOCK_HEADER_BYTES);
      const found = await readSubBlocks(reader, end);
      sampleRate ??= RATES[(flags >>> RATE_SHIFT) & 15] ?? found.sampleRate;
      // Without these two no decoder gives a sample.
      const isDecodable = found.hasEntropy && found.hasBits && blockSamples <= MAX_BLOCK_SAMPLES;
      if (isDecodable && flags & IS_INITIAL) samples += blockSamples;
      reader.position = end;
    }
    if (sampleRate === undefined || !isSampleRate(sampleRate)) {
      throw new UnreadableAudio("has an impossible format");
    }
    return { codec: "WavPack", durationSeconds: Math.min(samples, total ?? samples) / sampleRate };
  },
};

/** The first block's claim of how many samples there are in all: 40 bits, of which -1 is left out. */
function readTotal(reader: Reader): number {
  const low = reader.u32le(12);
  const high = reader.u8(11);
  if (low === UNKNOWN_TOTAL || low + high === 0) return Number.POSITIVE_INFINITY;
  return high * 2 ** 32 + low - high;
}

async function readSubBlocks(reader: Reader, end: number): Promise<SubBlocks> {
  const found: SubBlocks = { hasEntropy: false, hasBits: false };

  while (reader.position + 2 <= end) {
    reader.step();
    const peeked = Math.min(SUB_BLOCK_PEEK_BYTES, end - reader.position);
    if (!reader.has(peeked)) await reader.require(peeked);
    const id = reader.u8();
    const isLarge = (id & IS_LARGE) !== 0 && peeked >= 4;
    const words = isLarge ? reader.u16le(1) + reader.u8(3) * 0x10000 : reader.u8(1);
    const headerBytes = isLarge ? 4 : 2;
    const bytes = Math.max(0, words * 2 - (id & IS_ODD ? 1 : 0));
    if (reader.position + headerBytes + bytes > end) break;
    const kind = id & SUB_BLOCK_ID;
    if (kind === ENTROPY && bytes >= LEAST_ENTROPY_BYTES) found.hasEntropy = true;
    if (kind === BITSTREAM && bytes > 0) found.hasBits = true;
    if (kind === SAMPLE_RATE && bytes >= 3 && peeked >= headerBytes + 3) {
      found.sampleRate = reader.u16le(headerBytes) + reader.u8(headerBytes + 2) * 0x10000;
    }
    reader.skip(headerBytes + words * 2);
  }
  return found;
}
