// The packets of an ASF recording ([MS-ASF] 5.2): the payloads of one stream, and the WMA frames in its blocks.
import type { Reader } from "../../reader.ts";

export interface AudioStream {
  number: number;
  blockBytes: number;
  /** 0 when the stream's frames can't be told. */
  frameSamples: number;
  /** Whether a block says how many frames end in it; otherwise it holds one. */
  hasReservoir: boolean;
}

/** The audio's bytes, and the frames in its whole blocks. */
export interface AudioCount {
  bytes: number;
  frames: number;
}

/** A field is of 0, 1, 2 or 4 bytes, as two bits before it say. */
const FIELD_BYTES = [0, 1, 2, 4] as const;
const HAS_ERROR_CORRECTION = 0x80;
const HAS_SEVERAL_PAYLOADS = 1;
/** The least that a packet's own header takes. */
const PACKET_HEADER_BYTES = 8;

/** A place within a packet; what lies past its end reads as 0. */
class PacketCursor {
  at = 0;
  end: number;
  #reader: Reader;
  constructor(reader: Reader, end: number) {
    this.#reader = reader;
    this.end = end;
  }
  /** The field whose size is in the two bits of `flags` from `shift`. */
  field(flags: number, shift: number): number {
    return this.number(FIELD_BYTES[((flags >> shift) & 3) as 0 | 1 | 2 | 3]);
  }
  number(bytes: 0 | 1 | 2 | 4): number {
    const at = this.at;
    this.at += bytes;
    if (bytes === 0 || this.at > this.end) return 0;
    if (bytes === 1) return this.#reader.u8(at);
    return bytes === 2 ? this.#reader.u16le(at) : this.#reader.u32le(at);
  }
}

/** Counts the packets from the reader's position to `end`; of the last one, cut off, what is there. */
export async function countPackets(
  reader: Reader,
  end: number,
  packetBytes: number,
  stream: AudioStream,
): Promise<AudioCount> {
  const count = { bytes: 0, frames: 0 };
  while (reader.position + PACKET_HEADER_BYTES <= end) {
    reader.step();
    const present = Math.min(packetBytes, end - reader.position);
    if (!(reader.has(present) || (await reader.need(present)))) break;
    countPayloads(reader, new PacketCursor(reader, present), packetBytes, stream, count);
    reader.skip(present);
  }
  return count;
}

function countPayloads(
  reader: Reader,
  cursor: PacketCursor,
  packetBytes: number,
  stream: AudioStream,
  count: AudioCount,
): void {
  const first = reader.u8();
  if (first & HAS_ERROR_CORRECTION) cursor.at = 1 + (first & 15);
  const flags = cursor.number(1);
  const properties = cursor.number(1);
  const length = cursor.field(flags, 5) || packetBytes;
  cursor.field(flags, 1);
  const payloadsEnd = Math.min(length, packetBytes) - cursor.field(flags, 3);
  // Send time and duration.
  cursor.at += 6;
  const isSeveral = (flags & HAS_SEVERAL_PAYLOADS) !== 0;
  const payloadFlags = isSeveral ? cursor.number(1) : 1;
  for (let left = payloadFlags & 63; left > 0 && cursor.at < cursor.end; left--) {
    reader.step();
    const number = cursor.number(1) & 0x7f;
    cursor.field(properties, 4);
    const offset = cursor.field(properties, 2);
    const replicatedBytes = cursor.field(properties, 0);
    // One byte is the mark of small objects put together, each behind its length.
    const isPacked = replicatedBytes === 1;
    cursor.at += replicatedBytes;
    const bytes = isSeveral ? cursor.field(payloadFlags, 6) : Math.max(0, payloadsEnd - cursor.at);
    const payloadEnd = cursor.at + bytes;
    if (number === stream.number) {
      if (!isPacked) countBlocks(reader, cursor.at, Math.min(payloadEnd, cursor.end), offset, stream, count);
      while (isPacked && cursor.at < payloadEnd && cursor.at < cursor.end) {
        reader.step();
        const start = cursor.at + 1;
        cursor.at = start + cursor.number(1);
        countBlocks(reader, start, Math.min(cursor.at, payloadEnd, cursor.end), 0, stream, count);
      }
    }
    cursor.at = payloadEnd;
  }
}

/** Counts the blocks that start in a payload, which lies `offset` bytes into its object. */
function countBlocks(
  reader: Reader,
  start: number,
  end: number,
  offset: number,
  { blockBytes, frameSamples, hasReservoir }: AudioStream,
  count: AudioCount,
): void {
  if (end <= start) return;
  count.bytes += end - start;
  if (frameSamples === 0) return;
  const intoBlock = offset % blockBytes;
  for (let at = start + (intoBlock > 0 ? blockBytes - intoBlock : 0); at < end; at += blockBytes) {
    reader.step();
    const ending = hasReservoir ? reader.u8(at) & 15 : 1;
    // The first block's count includes a frame that would have started before it.
    count.frames +=
      hasReservoir && count.bytes === end - start && at === start ? Math.max(0, ending - 1) : ending;
  }
}
