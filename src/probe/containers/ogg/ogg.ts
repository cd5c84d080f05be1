// Ogg (RFC 3533): pages of logical streams. The first audio stream's packets are counted, and those of the streams
// of the same codec that are chained to it.
import type { Format } from "../../container.ts";
import { type Reader, UnreadableAudio } from "../../reader.ts";
import { MAX_HEAD_BYTES, type OggCodec, oggCodecOf } from "./codecs.ts";

const PAGE_HEADER_BYTES = 27;
const MAX_PAGE_BYTES = PAGE_HEADER_BYTES + 255 + 255 * 255;
const CAPTURE_PATTERN = 0x4f676753;
const CAPTURE_FIRST_BYTE = 0x4f;
const CONTINUED = 1;
const FIRST_PAGE = 2;
const LAST_PAGE = 4;
/** A segment of this size is not its packet's last. */
const FULL_SEGMENT_BYTES = 255;
/** What the headers of a stream cost: few are chained, and a Vorbis setup takes longer than hundreds of packets. */
const STEPS_OF_A_STREAM = 500;

export const ogg: Format = {
  container: "Ogg",
  contentType: "audio/ogg",
  magicBytes: 5,
  matches: isPage,

  async measure(reader) {
    let stream: LogicalStream | null = null;
    let secondsBefore = 0;
    while (
      (reader.has(PAGE_HEADER_BYTES) || (await reader.need(PAGE_HEADER_BYTES))) &&
      (isPage(reader) || (await findPage(reader)))
    ) {
      reader.step();
      const headerBytes = PAGE_HEADER_BYTES + reader.u8(26);
      if (!(reader.has(headerBytes) || (await reader.need(headerBytes)))) break;
      let pageBytes = headerBytes;
      for (let at = PAGE_HEADER_BYTES; at < headerBytes; at++) pageBytes += reader.u8(at);
      // No decoder takes a page that is cut off: its checksum can't be right.
      if (pageBytes > reader.remaining) break;

      const serial = reader.u32le(14);
      const isFirst = (reader.u8(5) & FIRST_PAGE) !== 0;
      if (isFirst || serial === stream?.serial) {
        if (!reader.has(pageBytes)) await reader.need(pageBytes);
        // All streams that are multiplexed begin before the first of them goes on: a later one is chained.
        if (isFirst && (!stream || stream.hasGoneOn)) {
          const codec = oggCodecOf(reader.bytes(pageBytes - headerBytes, headerBytes));
          if (codec && (!stream || codec.codec === stream.codec)) {
            reader.step(STEPS_OF_A_STREAM);
            secondsBefore += stream?.seconds ?? 0;
            stream = new LogicalStream(serial, codec);
          }
        } else if (!isFirst) stream?.addPage(reader, headerBytes);
      }
      reader.skip(pageBytes);
    }
    if (!stream) throw new UnreadableAudio("has no audio track");
    return { codec: stream.codec, durationSeconds: secondsBefore + stream.seconds };
  },
};

// The checksum is not verified: it would cost more than all else, and a liar can have it right.
function isPage(reader: Reader): boolean {
  return reader.u32() === CAPTURE_PATTERN && reader.u8(4) === 0;
}

/** Moves the reader past junk, of a page's size at most, to the next page. */
async function findPage(reader: Reader): Promise<boolean> {
  const ahead = Math.min(MAX_PAGE_BYTES, reader.remaining);
  await reader.need(ahead);
  let at = 0;
  do {
    reader.step();
    at = reader.indexOf(CAPTURE_FIRST_BYTE, at + 1);
    if (at < 0 || at + PAGE_HEADER_BYTES > ahead) return false;
  } while (reader.u32(at) !== CAPTURE_PATTERN || reader.u8(at + 4) !== 0);
  reader.skip(at);
  return true;
}

/** The packets of one stream, put together from its pages; of each only the head is kept. */
class LogicalStream {
  readonly serial: number;
  readonly codec: string;
  /** Whether a page came after the first. */
  hasGoneOn = false;
  #codec: OggCodec;
  #samples = 0;
  #granule = 0;
  /** The first page holds the first packet and nothing else. */
  #packets = 1;
  #isPacketOpen: boolean = false;
  #packetBytes = 0;
  #head = new Uint8Array(MAX_HEAD_BYTES);
  #tail = new Uint8Array();

  constructor(serial: number, codec: OggCodec) {
    this.serial = serial;
    this.codec = codec.codec;
    this.#codec = codec;
  }

  get seconds(): number {
    return Math.max(0, this.#samples - this.#codec.preSkip) / this.#codec.sampleRate;
  }

  /** Takes the page at the reader's position, all of which is readable. */
  addPage(reader: Reader, headerBytes: number): void {
    this.hasGoneOn = true;
    const flags = reader.u8(5);
    const goesOn = (flags & CONTINUED) !== 0;
    // The rest of a packet whose beginning is lost is no packet, and neither is a beginning whose rest is lost.
    let isLost = goesOn && !this.#isPacketOpen;
    if (!goesOn) this.#isPacketOpen = false;

    let samples = 0;
    let at = headerBytes;
    for (let segment = PAGE_HEADER_BYTES; segment < headerBytes; segment++) {
      const bytes = reader.u8(segment);
      if (!isLost) this.#append(reader, at, bytes);
      at += bytes;
      if (bytes === FULL_SEGMENT_BYTES) continue;
      if (!isLost) samples += this.#endPacket(reader);
      isLost = false;
    }
    this.#samples += this.#trim(samples, reader.u32le(6) + reader.u32le(10) * 2 ** 32, flags);
  }

  #append(reader: Reader, at: number, bytes: number): void {
    if (!this.#isPacketOpen) {
      this.#isPacketOpen = true;
      this.#packetBytes = 0;
      this.#head.fill(0);
    }
    const headBytes = Math.min(this.#codec.headBytes, this.#packetBytes + bytes);
    for (let to = this.#packetBytes; to < headBytes; to++) {
      this.#head[to] = reader.u8(at + to - this.#packetBytes);
    }
    this.#packetBytes += bytes;
    const { headerPackets, setupTailBytes } = this.#codec;
    if (setupTailBytes > 0 && this.#packets === headerPackets - 1) {
      const longer = new Uint8Array(this.#tail.length + bytes);
      longer.set(this.#tail);
      longer.set(reader.bytes(bytes, at), this.#tail.length);
      this.#tail = longer.slice(-setupTailBytes);
    }
  }

  #endPacket(reader: Reader): number {
    reader.step();
    this.#isPacketOpen = false;
    this.#packets += 1;
    const { headerPackets } = this.#codec;
    if (this.#packets > headerPackets) return this.#codec.samples(this.#head, this.#packetBytes);
    if (this.#packets === headerPackets) this.#codec.setup(this.#tail);
    return 0;
  }

  /** The last page's granule position tells how much of that page is to be heard. It never adds anything. */
  #trim(samples: number, granule: number, flags: number): number {
    // Negative: no packet ends on this page.
    if (granule >= 2 ** 63) return samples;
    const heard = granule - this.#granule;
    this.#granule = granule;
    return (flags & LAST_PAGE) !== 0 && heard >= 0 ? Math.min(samples, heard) : samples;
  }
}
