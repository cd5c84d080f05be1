// The data packets of ASF (specification 1.20, section 5.2): the payloads of one stream, and the WMA frames in its
// blocks.
import { isSilentWmaBlock, wmaFramesInBlock } from "../../codecs/wma.ts";
import type { Reader } from "../../reader.ts";

/** How a stream's blocks lie in its payloads and hold frames. */
export interface BlockLayout {
  streamNumber: number;
  blockBytes: number;
  /** 0 when frames cannot be counted. */
  frameSamples: number;
  /** Whether a block states how many frames end in it; otherwise it holds one. */
  hasBitReservoir: boolean;
  /** Whether a block that starts with zeros is silence. */
  showsSilence: boolean;
}

/** Bytes of the audio stream, and the frames in its blocks. */
export interface AudioCount {
  bytes: number;
  frames: number;
  /** Of those, the ones that are known to be silent. */
  silentFrames: number;
}

/** The size of a field by its two-bit length type (section 5.2.2). */
const FIELD_BYTES = [0, 1, 2, 4] as const;
type LengthType = 0 | 1 | 2 | 3;

const ERROR_CORRECTION_PRESENT = 0x80;
const ERROR_CORRECTION_LENGTH_MASK = 0x0f;
const MULTIPLE_PAYLOADS_PRESENT = 1;
/** Where the two-bit length types start in the length type flags, property flags and payload flags. */
const LENGTH_TYPE_SHIFT = { sequence: 1, padding: 3, packet: 5 } as const;
const PROPERTY_TYPE_SHIFT = { replicatedData: 0, offsetIntoObject: 2, objectNumber: 4 } as const;
const PAYLOAD_LENGTH_TYPE_SHIFT = 6;
const PAYLOAD_COUNT_MASK = 0x3f;
const STREAM_NUMBER_MASK = 0x7f;
/** This length of the replicated data marks a compressed payload: sub-payloads, each after a length byte. */
const COMPRESSED_PAYLOAD_MARK = 1;
/** Send time (4 bytes) and duration (2 bytes). */
const TIME_BYTES = 6;
const MIN_PACKET_BYTES = 8;

/** A position within a packet. Fields past its end read as 0. */
class PacketCursor {
  at = 0;
  end: number;
  #reader: Reader;
  constructor(reader: Reader, end: number) {
    this.#reader = reader;
    this.end = end;
  }
  /** Reads the field whose length type is in the two bits of `flags` from `shift`. */
  readField(flags: number, shift: number): number {
    return this.readNumber(FIELD_BYTES[((flags >> shift) & 3) as LengthType]);
  }
  readNumber(bytes: 0 | 1 | 2 | 4): number {
    const at = this.at;
    this.at += bytes;
    if (bytes === 0 || this.at > this.end) return 0;
    if (bytes === 1) return this.#reader.u8(at);
    return bytes === 2 ? this.#reader.u16le(at) : this.#reader.u32le(at);
  }
}

/** Counts the packets from the reader's position to `end`. Of a truncated packet, what is there counts. */
export async function countPackets(
  reader: Reader,
  end: number,
  packetBytes: number,
  layout: BlockLayout,
): Promise<AudioCount> {
  const count = { bytes: 0, frames: 0, silentFrames: 0 };
  while (reader.position + MIN_PACKET_BYTES <= end) {
    reader.step();
    const presentBytes = Math.min(packetBytes, end - reader.position);
    if (!(reader.has(presentBytes) || (await reader.need(presentBytes)))) break;
    countPayloads(reader, new PacketCursor(reader, presentBytes), packetBytes, layout, count);
    reader.skip(presentBytes);
  }
  return count;
}

function countPayloads(
  reader: Reader,
  cursor: PacketCursor,
  packetBytes: number,
  layout: BlockLayout,
  count: AudioCount,
): void {
  // Sections 5.2.1 and 5.2.2: error correction data, then payload parsing information.
  const errorCorrection = reader.u8();
  if (errorCorrection & ERROR_CORRECTION_PRESENT) {
    cursor.at = 1 + (errorCorrection & ERROR_CORRECTION_LENGTH_MASK);
  }
  const lengthTypes = cursor.readNumber(1);
  const propertyTypes = cursor.readNumber(1);
  const statedBytes = cursor.readField(lengthTypes, LENGTH_TYPE_SHIFT.packet) || packetBytes;
  cursor.readField(lengthTypes, LENGTH_TYPE_SHIFT.sequence);
  const paddingBytes = cursor.readField(lengthTypes, LENGTH_TYPE_SHIFT.padding);
  const payloadsEnd = Math.min(statedBytes, packetBytes) - paddingBytes;
  cursor.at += TIME_BYTES;

  // Section 5.2.3: a single payload extends to the padding, multiple payloads state their number and lengths.
  const isMultiple = (lengthTypes & MULTIPLE_PAYLOADS_PRESENT) !== 0;
  const payloadFlags = isMultiple ? cursor.readNumber(1) : 1;
  for (let left = payloadFlags & PAYLOAD_COUNT_MASK; left > 0 && cursor.at < cursor.end; left--) {
    reader.step();
    const streamNumber = cursor.readNumber(1) & STREAM_NUMBER_MASK;
    cursor.readField(propertyTypes, PROPERTY_TYPE_SHIFT.objectNumber);
    const offsetIntoObject = cursor.readField(propertyTypes, PROPERTY_TYPE_SHIFT.offsetIntoObject);
    const replicatedBytes = cursor.readField(propertyTypes, PROPERTY_TYPE_SHIFT.replicatedData);
    cursor.at += replicatedBytes;
    const payloadBytes = isMultiple
      ? cursor.readField(payloadFlags, PAYLOAD_LENGTH_TYPE_SHIFT)
      : Math.max(0, payloadsEnd - cursor.at);
    const payloadEnd = cursor.at + payloadBytes;
    if (streamNumber === layout.streamNumber) {
      if (replicatedBytes === COMPRESSED_PAYLOAD_MARK) {
        countSubPayloads(reader, cursor, payloadEnd, layout, count);
      } else {
        const range = { start: cursor.at, end: Math.min(payloadEnd, cursor.end), offsetIntoObject };
        countBlocks(reader, range, layout, count);
      }
    }
    cursor.at = payloadEnd;
  }
}

/** A compressed payload (section 5.2.3.2): whole objects, each after its length in one byte. */
function countSubPayloads(
  reader: Reader,
  cursor: PacketCursor,
  payloadEnd: number,
  layout: BlockLayout,
  count: AudioCount,
): void {
  while (cursor.at < payloadEnd && cursor.at < cursor.end) {
    reader.step();
    const start = cursor.at + 1;
    cursor.at = start + cursor.readNumber(1);
    const end = Math.min(cursor.at, payloadEnd, cursor.end);
    countBlocks(reader, { start, end, offsetIntoObject: 0 }, layout, count);
  }
}

/** Counts the blocks that start in a part of the packet, which lies `offsetIntoObject` bytes into its object. */
function countBlocks(
  reader: Reader,
  { start, end, offsetIntoObject }: { start: number; end: number; offsetIntoObject: number },
  layout: BlockLayout,
  count: AudioCount,
): void {
  const { blockBytes, frameSamples } = layout;
  if (end <= start) return;
  const isFirst = count.bytes === 0;
  count.bytes += end - start;
  if (frameSamples === 0) return;
  const intoBlock = offsetIntoObject % blockBytes;
  for (let at = start + (intoBlock > 0 ? blockBytes - intoBlock : 0); at < end; at += blockBytes) {
    reader.step();
    const first = reader.u8(at);
    count.frames += wmaFramesInBlock(layout, first, isFirst && at === start);
    if (isSilentWmaBlock(layout, first)) count.silentFrames += 1;
  }
}
