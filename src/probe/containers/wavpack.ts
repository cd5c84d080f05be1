// WavPack ("WavPack 4 & 5 Binary File / Block Format"): blocks that state how many samples they decode to. A second of
// silence takes a few bytes, so only complete blocks that contain a bitstream count.
import { fourCc } from "../bytes.ts";
import type { ContainerFormat } from "../container.ts";
import type { Reader } from "../reader.ts";
import { isSupportedSampleRate } from "../sample-rate.ts";
import { invalidFormat, unsupportedCodec } from "../unsupported-audio-error.ts";

interface BlockContent {
  hasEntropyInfo: boolean;
  hasBitstream: boolean;
  sampleRate?: number;
  channels?: number;
}

interface SubBlockHeader {
  id: number;
  headerBytes: number;
  /** Of the content, without the padding byte of an odd size. */
  contentBytes: number;
  paddedBytes: number;
}

/** The block header (section 2.0): offsets of its fields. */
const BLOCK_HEADER_BYTES = 32;
const BLOCK_FIELD = { size: 4, totalSamplesHigh: 11, totalSamples: 12, blockSamples: 20, flags: 24 } as const;
/** The part of a block that its size field does not include. */
const BYTES_BEFORE_SIZE = 8;
const MAGIC = fourCc("wvpk");
const MAX_BLOCK_BYTES = 1024 * 1024;
const MAX_BLOCK_SAMPLES = 131_072;
const UNKNOWN_TOTAL = 0xffffffff;

/** Flags of the block header. Blocks of further channels follow an initial block and add no time. */
const FLAG = { mono: 0x4, hybrid: 0x8, initialBlock: 0x800, dsd: 0x80000000 } as const;
/** Bytes of a sample, less one. */
const SAMPLE_BYTES_MASK = 3;
const SAMPLE_RATE_SHIFT = 23;
/** By the flags' four bits of rate, in Hz; with code 15 a sub-block has the rate. */
const SAMPLE_RATES: readonly number[] = [
  6000, 8000, 9600, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000,
  192_000,
];

/** Metadata sub-blocks (section 3.0): the parts of the identifier byte, and the identifiers in use. */
const SUB_BLOCK_FLAG = { idMask: 0x3f, oddSize: 0x40, large: 0x80 } as const;
const SUB_BLOCK_ID = { entropyVars: 0x05, bitstream: 0x0a, channelInfo: 0x0d, sampleRate: 0x27 } as const;
const SUB_BLOCK_HEADER_BYTES = 2;
const LARGE_SUB_BLOCK_HEADER_BYTES = 4;
const SAMPLE_RATE_BYTES = 3;
/** With more than 255 channels the sub-block has another form. */
const MAX_CHANNEL_INFO_BYTES = 5;
/** Three medians of one channel: decoders require at least these. */
const MIN_ENTROPY_BYTES = 6;
/** The largest sub-block header and a sample rate. */
const SUB_BLOCK_PEEK_BYTES = 8;

export const wavpack: ContainerFormat = {
  container: "WavPack",
  contentType: "audio/x-wavpack",
  magicBytes: BLOCK_HEADER_BYTES,
  matches: (reader) => reader.u32() === MAGIC,

  async measure(reader) {
    let totalSamples: number | undefined;
    let samples = 0;
    let sampleRate: number | undefined;
    let channels: number | undefined;
    let bitsPerSample: number | null = null;
    while (reader.has(BLOCK_HEADER_BYTES) || (await reader.need(BLOCK_HEADER_BYTES))) {
      reader.step();
      // Tags follow the last block.
      if (reader.u32() !== MAGIC) break;
      const blockBytes = BYTES_BEFORE_SIZE + reader.u32le(BLOCK_FIELD.size);
      const isPresent = blockBytes <= MAX_BLOCK_BYTES && blockBytes <= reader.remaining;
      if (blockBytes < BLOCK_HEADER_BYTES || !isPresent) break;
      totalSamples ??= readTotalSamples(reader);
      const blockSamples = reader.u32le(BLOCK_FIELD.blockSamples);
      const flags = reader.u32le(BLOCK_FIELD.flags);
      if (flags & FLAG.dsd) throw unsupportedCodec("DSD in WavPack");
      const end = reader.position + blockBytes;
      reader.skip(BLOCK_HEADER_BYTES);
      const content = await readBlockContent(reader, end);
      sampleRate ??= SAMPLE_RATES[(flags >>> SAMPLE_RATE_SHIFT) & 15] ?? content.sampleRate;
      if (channels === undefined) {
        channels = content.channels ?? (flags & FLAG.mono ? 1 : 2);
        bitsPerSample = flags & FLAG.hybrid ? null : ((flags & SAMPLE_BYTES_MASK) + 1) * 8;
      }
      const hasAudio = content.hasEntropyInfo && content.hasBitstream && blockSamples <= MAX_BLOCK_SAMPLES;
      if (hasAudio && flags & FLAG.initialBlock) samples += blockSamples;
      reader.position = end;
    }
    if (sampleRate === undefined || !isSupportedSampleRate(sampleRate)) throw invalidFormat();
    return {
      codec: "WavPack",
      sampleRateHz: sampleRate,
      channels: channels ?? null,
      bitsPerSample,
      durationSeconds: Math.min(samples, totalSamples ?? samples) / sampleRate,
    };
  },
};

/** The total that the first block claims: 40 bits whose low 32 are never all ones. Infinite when it is unknown. */
function readTotalSamples(reader: Reader): number {
  const low = reader.u32le(BLOCK_FIELD.totalSamples);
  const high = reader.u8(BLOCK_FIELD.totalSamplesHigh);
  if (low === UNKNOWN_TOTAL || low + high === 0) return Number.POSITIVE_INFINITY;
  return high * 2 ** 32 + low - high;
}

async function readBlockContent(reader: Reader, end: number): Promise<BlockContent> {
  const content: BlockContent = { hasEntropyInfo: false, hasBitstream: false };

  while (reader.position + SUB_BLOCK_HEADER_BYTES <= end) {
    reader.step();
    const peekedBytes = Math.min(SUB_BLOCK_PEEK_BYTES, end - reader.position);
    if (!reader.has(peekedBytes)) await reader.require(peekedBytes);
    const { id, headerBytes, contentBytes, paddedBytes } = readSubBlockHeader(reader, peekedBytes);
    if (reader.position + headerBytes + contentBytes > end) break;
    if (id === SUB_BLOCK_ID.entropyVars && contentBytes >= MIN_ENTROPY_BYTES) content.hasEntropyInfo = true;
    if (id === SUB_BLOCK_ID.bitstream && contentBytes > 0) content.hasBitstream = true;
    const hasSampleRate = contentBytes >= SAMPLE_RATE_BYTES && peekedBytes >= headerBytes + SAMPLE_RATE_BYTES;
    if (id === SUB_BLOCK_ID.sampleRate && hasSampleRate) {
      content.sampleRate = reader.u16le(headerBytes) + reader.u8(headerBytes + 2) * 0x10000;
    }
    const hasChannels =
      contentBytes > 0 && contentBytes <= MAX_CHANNEL_INFO_BYTES && peekedBytes > headerBytes;
    if (id === SUB_BLOCK_ID.channelInfo && hasChannels) content.channels = reader.u8(headerBytes);
    reader.skip(headerBytes + paddedBytes);
  }
  return content;
}

/** Sizes are in words of two bytes. A large header whose end is not there is read as a small one. */
function readSubBlockHeader(reader: Reader, peekedBytes: number): SubBlockHeader {
  const id = reader.u8();
  const isLarge = (id & SUB_BLOCK_FLAG.large) !== 0 && peekedBytes >= LARGE_SUB_BLOCK_HEADER_BYTES;
  const words = isLarge ? reader.u16le(1) + reader.u8(3) * 0x10000 : reader.u8(1);
  const paddedBytes = words * 2;
  return {
    id: id & SUB_BLOCK_FLAG.idMask,
    headerBytes: isLarge ? LARGE_SUB_BLOCK_HEADER_BYTES : SUB_BLOCK_HEADER_BYTES,
    contentBytes: Math.max(0, paddedBytes - (id & SUB_BLOCK_FLAG.oddSize ? 1 : 0)),
    paddedBytes,
  };
}
