// One logical stream of Ogg: assembles its packets from pages and counts their samples. Keeps only the head of a packet.
import type { AudioFacts } from "../../container.ts";
import type { Reader } from "../../reader.ts";
import { MAX_HEAD_BYTES, type OggCodec } from "./codecs.ts";
import { FULL_SEGMENT_BYTES, OGG_PAGE_FIELD, OGG_PAGE_FLAG, OGG_PAGE_HEADER_BYTES } from "./page.ts";

export class OggLogicalStream {
  readonly serial: number;
  readonly facts: AudioFacts;
  /** Whether a page followed the first. */
  sawDataPage = false;
  #codec: OggCodec;
  #samples = 0;
  #granulePosition = 0;
  /** Starts at 1: the first page holds the first packet and nothing else (RFC 3533 section 4). */
  #packets = 1;
  #isPacketOpen: boolean = false;
  #packetBytes = 0;
  #head = new Uint8Array(MAX_HEAD_BYTES);
  #setupTail = new Uint8Array();

  constructor(serial: number, codec: OggCodec) {
    this.serial = serial;
    this.facts = codec.facts;
    this.#codec = codec;
  }

  get seconds(): number {
    return Math.max(0, this.#samples - this.#codec.preSkip) / this.#codec.sampleRate;
  }

  /** Adds the page at the reader's position, all of which is loaded. */
  addPage(reader: Reader, headerBytes: number): void {
    this.sawDataPage = true;
    const flags = reader.u8(OGG_PAGE_FIELD.flags);
    const isContinued = (flags & OGG_PAGE_FLAG.continued) !== 0;
    // A packet of which the start or the rest is lost does not count.
    let isLost = isContinued && !this.#isPacketOpen;
    if (!isContinued) this.#isPacketOpen = false;

    let samples = 0;
    let at = headerBytes;
    for (let segment = OGG_PAGE_HEADER_BYTES; segment < headerBytes; segment++) {
      const bytes = reader.u8(segment);
      if (!isLost) this.#appendSegment(reader, at, bytes);
      at += bytes;
      if (bytes === FULL_SEGMENT_BYTES) continue;
      if (!isLost) samples += this.#endPacket(reader);
      isLost = false;
    }
    const granulePosition =
      reader.u32le(OGG_PAGE_FIELD.granulePosition) +
      reader.u32le(OGG_PAGE_FIELD.granulePosition + 4) * 2 ** 32;
    this.#samples += this.#trimEnd(samples, granulePosition, flags);
  }

  #appendSegment(reader: Reader, at: number, bytes: number): void {
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
      const longer = new Uint8Array(this.#setupTail.length + bytes);
      longer.set(this.#setupTail);
      longer.set(reader.bytes(bytes, at), this.#setupTail.length);
      this.#setupTail = longer.slice(-setupTailBytes);
    }
  }

  #endPacket(reader: Reader): number {
    reader.step();
    this.#isPacketOpen = false;
    this.#packets += 1;
    const { headerPackets } = this.#codec;
    if (this.#packets > headerPackets) return this.#codec.samples(this.#head, this.#packetBytes);
    if (this.#packets === headerPackets) this.#codec.setup(this.#setupTail);
    return 0;
  }

  /** End trimming (RFC 7845 section 4.4): the last granule position may shorten the last page, never lengthen it. */
  #trimEnd(samples: number, granulePosition: number, flags: number): number {
    // -1: no packet ends on this page (RFC 3533 section 6).
    if (granulePosition >= 2 ** 63) return samples;
    const audible = granulePosition - this.#granulePosition;
    this.#granulePosition = granulePosition;
    return (flags & OGG_PAGE_FLAG.last) !== 0 && audible >= 0 ? Math.min(samples, audible) : samples;
  }
}
