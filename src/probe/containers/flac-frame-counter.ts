// Measures FLAC frames as they are read. FLAC frames do not state their length: a frame ends where its CRC-16
// matches and the next frame header starts.
import { FLAC_CRC_16, type FlacFrameHeader, parseFlacFrameHeader } from "../codecs/flac-frame.ts";
import type { FlacStreamInfo } from "../codecs/flac-stream-info.ts";
import { isSupportedSampleRate } from "../sample-rate.ts";

/** The CRC-16 at the end of a frame (RFC 9639 section 9.3). */
const FOOTER_BYTES = 2;
const SUBFRAME_HEADER_BITS = 8;

export class FlacFrameCounter {
  seconds = 0;
  #info: FlacStreamInfo;
  #frame: FlacFrameHeader | null = null;
  #crc = 0;
  #frameBytes = 0;
  /** Whether the CRC-16 matched at any possible end. The last frame, which no header follows, needs no more. */
  #mayBeComplete: boolean = false;

  constructor(info: FlacStreamInfo) {
    this.#info = info;
  }

  /**
   * Adds the bytes before `end`; those from there on serve as lookahead and come again in the next call.
   * @returns the number of sync codes seen, to charge the budget for
   */
  add(bytes: Uint8Array, end: number): number {
    let syncCodes = 0;
    let crc = this.#crc;
    let start = -this.#frameBytes;
    let minEnd = start + this.#minFrameBytes();
    for (let at = 0; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === 0xff && ((bytes[at + 1] ?? 0) & 0xfe) === 0xf8) {
        syncCodes += 1;
        const next = parseFlacFrameHeader(bytes, at);
        const isComplete = crc === 0 && at >= minEnd;
        if (next && this.#isNextFrame(next, isComplete, at - start)) {
          if (isComplete) this.#countFrame();
          this.#frame = next;
          this.#mayBeComplete = false;
          crc = 0;
          start = at;
          minEnd = at + this.#minFrameBytes();
        }
      }
      crc = ((crc << 8) & 0xffff) ^ (FLAC_CRC_16[(crc >> 8) ^ byte] ?? 0);
      if (crc === 0 && at + 1 >= minEnd) this.#mayBeComplete = true;
    }
    this.#crc = crc;
    this.#frameBytes = end - start;
    return syncCodes;
  }

  /** Counts the last frame, which tags may follow. */
  finish(): void {
    if (this.#mayBeComplete) this.#countFrame();
  }

  #countFrame(): void {
    if (this.#frame) this.seconds += this.#frame.samples / this.#sampleRateOf(this.#frame);
  }

  /** Distinguishes the next frame from bytes inside a frame that look like a header by chance: its coded number must follow. */
  #isNextFrame(next: FlacFrameHeader, isComplete: boolean, frameBytes: number): boolean {
    if (!isSupportedSampleRate(this.#sampleRateOf(next))) return false;
    if (!this.#frame || isComplete || next.codedNumber === this.#frame.nextCodedNumber) return true;
    // After damage: no frame is longer than this, and the coded numbers increase.
    return frameBytes > this.#maxFrameBytes(this.#frame) && next.codedNumber > this.#frame.codedNumber;
  }

  #sampleRateOf(frame: FlacFrameHeader): number {
    return frame.sampleRate || this.#info.sampleRate;
  }

  /** Each subframe has at least one constant (section 9.2.3). Infinite while there is no frame that could end. */
  #minFrameBytes(): number {
    return this.#frame ? this.#frameBytesWith(this.#frame, 1) : Number.POSITIVE_INFINITY;
  }

  /** Every subframe is verbatim (section 9.2.4), with the extra bit of a side channel. */
  #maxFrameBytes(frame: FlacFrameHeader): number {
    return this.#frameBytesWith(frame, frame.samples);
  }

  /** The size of a frame whose subframes store so many samples each. */
  #frameBytesWith({ headerBytes, channels, bitsPerSample }: FlacFrameHeader, samples: number): number {
    const sampleBits = (bitsPerSample || this.#info.bitsPerSample) + (samples > 1 ? 1 : 0);
    const subframeBits = SUBFRAME_HEADER_BITS + samples * sampleBits;
    return headerBytes + Math.ceil((channels * subframeBits) / 8) + FOOTER_BYTES;
  }
}
