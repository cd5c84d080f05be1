// Native FLAC (RFC 9639): metadata is passed over, and a frame counts once its CRC-16 has come out right.
import { FLAC_CRC_16, type FlacFrame, flacFrame, MAX_FLAC_HEADER_BYTES } from "../codecs/flac-frame.ts";
import { type Format, isSampleRate } from "../container.ts";
import { type Reader, UnreadableAudio } from "../reader.ts";

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

/** Tells where each frame ends as its bytes go by: where its CRC-16 comes out right and the next header stands. */
class FrameCounter {
  seconds = 0;
  #info: StreamInfo;
  #frame: FlacFrame | null = null;
  #crc = 0;
  #frameBytes = 0;
  /** Whether the CRC-16 came out right anywhere that could be the end: enough for the last frame alone. */
  #mayBeWhole: boolean = false;

  constructor(info: StreamInfo) {
    this.#info = info;
  }

  /** Takes in the bytes before `end`; those after it are the beginning of the next. Returns how many sync codes. */
  take(bytes: Uint8Array, end: number): number {
    let syncs = 0;
    let crc = this.#crc;
    let start = -this.#frameBytes;
    let leastEnd = start + this.#leastBytes();
    for (let at = 0; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === 0xff && ((bytes[at + 1] ?? 0) & 0xfe) === 0xf8) {
        syncs += 1;
        const next = flacFrame(bytes, at);
        const isWhole = crc === 0 && at >= leastEnd;
        if (next && this.#begins(next, isWhole, at - start)) {
          if (isWhole) this.#count();
          this.#frame = next;
          this.#mayBeWhole = false;
          crc = 0;
          start = at;
          leastEnd = at + this.#leastBytes();
        }
      }
      crc = ((crc << 8) & 0xffff) ^ (FLAC_CRC_16[(crc >> 8) ^ byte] ?? 0);
      if (crc === 0 && at + 1 >= leastEnd) this.#mayBeWhole = true;
    }
    this.#crc = crc;
    this.#frameBytes = end - start;
    return syncs;
  }

  /** Counts the last frame, which tags may follow. */
  end(): void {
    if (this.#mayBeWhole) this.#count();
  }

  #count(): void {
    if (this.#frame) this.seconds += this.#frame.samples / this.#rateOf(this.#frame);
  }

  /** A header stands inside a frame by chance now and then; the next frame's has the next number. */
  #begins(next: FlacFrame, isWhole: boolean, frameBytes: number): boolean {
    if (!isSampleRate(this.#rateOf(next))) return false;
    if (!this.#frame || isWhole || next.number === this.#frame.nextNumber) return true;
    // After damage: no frame is longer, and the numbers go up.
    return frameBytes > this.#mostBytes(this.#frame) && next.number > this.#frame.number;
  }

  #rateOf(frame: FlacFrame): number {
    return frame.sampleRate || this.#info.sampleRate;
  }

  /** With one constant in each subframe (section 9.2.3) there is no smaller; without a frame there is none to end. */
  #leastBytes(): number {
    return this.#frame ? this.#subframesBytes(this.#frame, 1) : Infinity;
  }

  /** With all samples verbatim (section 9.2.4), one bit longer in a side channel. */
  #mostBytes(frame: FlacFrame): number {
    return this.#subframesBytes(frame, frame.samples);
  }

  #subframesBytes({ headerBytes, channels, bitsPerSample }: FlacFrame, samples: number): number {
    const sampleBits = (bitsPerSample || this.#info.bitsPerSample) + (samples > 1 ? 1 : 0);
    return headerBytes + Math.ceil((channels * (8 + samples * sampleBits)) / 8) + FOOTER_BYTES;
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
  counter.end();
  return counter.seconds;
}
