// Counts the samples of an MPEG-4 track by their own headers, whatever the tables claim that they last. The tables only
// say where samples are, and no byte counts twice.
import { FRAME_HEAD_BYTES, type PacketCodec } from "../../codecs/packet-codec.ts";
import type { Reader } from "../../reader.ts";

/** With their offsets 768 KiB. A queue this long lets a recording of 20 MiB be read within the reader's budget. */
const MAX_QUEUED_SAMPLES = 65_536;

export class PacketSamples {
  #codec: PacketCodec;
  #offsets = new Float64Array(MAX_QUEUED_SAMPLES);
  #sizes = new Uint32Array(MAX_QUEUED_SAMPLES);
  #queued = 0;
  #head = new Uint8Array(FRAME_HEAD_BYTES);
  /** Samples are counted forwards only. */
  #countedUntil = 0;
  #seconds = 0;
  /** Of the last sample listed; 0 when it is not present. */
  #lastSeconds = 0;

  constructor(codec: PacketCodec) {
    this.#codec = codec;
  }

  /** How many samples can be added before {@link count} must run. */
  get room(): number {
    return MAX_QUEUED_SAMPLES - this.#queued;
  }

  /** Of the first sample, where that yields none: they are not among those counted. */
  get silentSeconds(): number {
    return this.#codec.silentSeconds?.() ?? 0;
  }

  /** The seconds counted. The last sample may be claimed to be shorter: an encoder's padding. */
  secondsWithLast(claimedLastSeconds: number): number {
    const lastSeconds =
      claimedLastSeconds > 0 ? Math.min(this.#lastSeconds, claimedLastSeconds) : this.#lastSeconds;
    return this.#seconds - this.#lastSeconds + lastSeconds;
  }

  /** Adds a sample of `bytes` at the offset `at` in the recording. */
  add(at: number, bytes: number): void {
    this.#offsets[this.#queued] = at;
    this.#sizes[this.#queued] = bytes;
    this.#queued += 1;
  }

  /** Counts the samples added. Moves the reader. */
  async count(reader: Reader): Promise<void> {
    for (let index = 0; index < this.#queued; index++) {
      const at = this.#offsets[index] ?? 0;
      const end = at + (this.#sizes[index] ?? 0);
      this.#lastSeconds = 0;
      const isCounted = end > at && at >= this.#countedUntil && end <= reader.size;
      if (!isCounted) {
        // A table of a few bytes can claim billions of these.
        reader.step();
        continue;
      }
      this.#countedUntil = end;
      reader.position = at;
      while (reader.position < end) {
        reader.step();
        const left = end - reader.position;
        const headBytes = Math.min(left, FRAME_HEAD_BYTES);
        if (!reader.has(headBytes)) await reader.need(headBytes);
        for (let byte = 0; byte < FRAME_HEAD_BYTES; byte++) {
          this.#head[byte] = byte < headBytes ? reader.u8(byte) : 0;
        }
        this.#lastSeconds += this.#codec.frameSeconds(this.#head, left);
        reader.skip(this.#codec.frameBytes?.() ?? left);
      }
      this.#seconds += this.#lastSeconds;
    }
    this.#queued = 0;
  }
}
