// Native FLAC (RFC 9639): metadata is passed over, and a frame counts once its CRC-16 has come out right.
import { FLAC_CRC_16, type FlacFrame, flacFrame, MAX_FLAC_HEADER_BYTES } from "./flac-frame.ts";
import { type Format, isSampleRate } from "./format.ts";
import { type Reader, UnreadableAudio } from "./reader.ts";

interface StreamInfo {
  sampleRate: number;
  bitsPerSample: number;
  /** 0 when the encoder didn't know. */
  totalSamples: number;
}

const BLOCK_HEADER_BYTES = 4;
const IS_LAST_BLOCK = 0x80;
const STREAMINFO_BYTES = 34;
const FOOTER_BYTES = 2;
const CHUNK_BYTES = 64 * 1024;

export const flac: Format = {
  container: "FLAC",
  contentType: "audio/flac",
  magicBytes: 4,
  matches: (reader) => reader.ascii(4) === "fLaC",

  async measure(reader) {
    reader.skip(4);
    const info = await readMetadata(reader);
    const counted = await countSeconds(reader, info);
    // Decoders stop at the total, so it may shorten the recording, but never lengthen it.
    const isTrimmed = info.totalSamples > 0 && isSampleRate(info.sampleRate);
    const claimed = isTrimmed ? info.totalSamples / info.sampleRate : Infinity;
    return { codec: "FLAC", durationSeconds: Math.min(counted, claimed) };
  },
};

async function readMetadata(reader: Reader): Promise<StreamInfo> {
  let info: StreamInfo | undefined;
  for (let isLast = false; !isLast; ) {
    if (!reader.has(BLOCK_HEADER_BYTES)) await reader.require(BLOCK_HEADER_BYTES);
    reader.step();
    isLast = (reader.u8() & IS_LAST_BLOCK) !== 0;
    const isStreamInfo = (reader.u8() & ~IS_LAST_BLOCK) === 0;
    const size = reader.u24(1);
    reader.skip(BLOCK_HEADER_BYTES);
    if (isStreamInfo && size >= STREAMINFO_BYTES) {
      await reader.require(STREAMINFO_BYTES);
      info = {
        sampleRate: reader.u24(10) >> 4,
        bitsPerSample: ((reader.u16(12) >> 4) & 0x1f) + 1,
        totalSamples: (reader.u8(13) & 0xf) * 2 ** 32 + reader.u32(14),
      };
    }
    reader.skip(size);
  }
  if (!info) throw new UnreadableAudio("has no STREAMINFO");
  return info;
}

/** Tells where each frame ends as its bytes go by. */
class FrameCounter {
  seconds = 0;
  #info: StreamInfo;
  #frame: FlacFrame | null = null;
  #lastNumber = -1;
  #crc = 0;
  /** How many bytes must still follow before the frame can be whole. */
  #missingBytes = Infinity;
  /** Whether the CRC-16 came out right at such a place: an end, or one byte in 65,536 inside the frame. */
  #isWhole: boolean = false;

  constructor(info: StreamInfo) {
    this.#info = info;
  }

  /** Takes in the bytes before `end`; those after it are the beginning of the next. Returns how many sync codes. */
  take(bytes: Uint8Array, end: number): number {
    let syncs = 0;
    let crc = this.#crc;
    let leastEnd = this.#missingBytes;
    for (let at = 0; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === 0xff && ((bytes[at + 1] ?? 0) & 0xfe) === 0xf8) {
        syncs += 1;
        const next = flacFrame(bytes, at);
        if (next && this.#begins(next)) {
          this.count();
          this.#frame = next;
          this.#isWhole = false;
          leastEnd = at + this.#leastBytes(next);
          crc = 0;
        }
      }
      crc = ((crc << 8) & 0xffff) ^ (FLAC_CRC_16[(crc >> 8) ^ byte] ?? 0);
      if (crc === 0 && at + 1 >= leastEnd) this.#isWhole = true;
    }
    this.#crc = crc;
    this.#missingBytes = leastEnd - end;
    return syncs;
  }

  /** Counts the frame that has gone by, if it was whole. */
  count(): void {
    if (!this.#frame || !this.#isWhole) return;
    this.seconds += this.#frame.samples / this.#rateOf(this.#frame);
    this.#lastNumber = this.#frame.number;
    this.#isWhole = false;
  }

  /** After a damaged frame the next must go on from the last counted, which a sync code inside a frame hardly does. */
  #begins(next: FlacFrame): boolean {
    return isSampleRate(this.#rateOf(next)) && (this.#isWhole || next.number > this.#lastNumber);
  }

  #rateOf(frame: FlacFrame): number {
    return frame.sampleRate || this.#info.sampleRate;
  }

  /** With one constant in each subframe (section 9.2.3) there is no smaller. */
  #leastBytes({ headerBytes, channels, bitsPerSample }: FlacFrame): number {
    const subframeBits = 8 + (bitsPerSample || this.#info.bitsPerSample);
    return headerBytes + Math.ceil((channels * subframeBits) / 8) + FOOTER_BYTES;
  }
}

async function countSeconds(reader: Reader, info: StreamInfo): Promise<number> {
  const counter = new FrameCounter(info);
  while (reader.remaining > 0) {
    const length = Math.min(CHUNK_BYTES, reader.remaining);
    await reader.need(length);
    const end = length === reader.remaining ? length : length - MAX_FLAC_HEADER_BYTES;
    reader.step(counter.take(reader.bytes(length), end));
    reader.skip(end);
  }
  counter.count();
  return counter.seconds;
}
