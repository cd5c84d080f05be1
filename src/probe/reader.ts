// Reads a recording forwards in windows, within a budget of bytes, reads and steps. The budget bounds the memory and
// the CPU time that a hostile recording can take.
import { UnsupportedAudioError } from "./unsupported-audio-error.ts";

/** Where a recording's bytes come from. */
export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /** Returns exactly the bytes asked for or throws. They are valid until the next call. */
  read: (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;
}

const FIRST_WINDOW_BYTES = 64 * 1024;
const WINDOW_BYTES = 256 * 1024;

/** Far more than the longest valid recording of 20 MiB takes, and far less than a second of CPU time. */
const BUDGET = { bytes: 32 * 1024 * 1024, reads: 200, steps: 3_000_000 };

/**
 * A position in a recording and a window of bytes around it. Offsets (`at`) count from the position and must lie within
 * what {@link need} has loaded. Numbers are unsigned, and big-endian unless the method's name ends in `le`.
 */
export class Reader {
  readonly size: number;
  position = 0;
  #source: ByteSource;
  #window = new Uint8Array();
  #view = new DataView(this.#window.buffer);
  #windowStart = 0;
  #budget = { ...BUDGET };

  constructor(source: ByteSource) {
    this.#source = source;
    this.size = source.size;
  }

  /** Bytes from the position to the end of the recording; negative after a skip past the end. */
  get remaining(): number {
    return this.size - this.position;
  }

  /** Whether the next `length` bytes are loaded. Hot loops call this first: awaiting {@link need} costs more. */
  has(length: number): boolean {
    return (
      this.position >= this.#windowStart && this.position + length <= this.#windowStart + this.#window.length
    );
  }

  /** Loads the next `length` bytes, 1 MiB at most. Returns false when the recording ends before. */
  async need(length: number): Promise<boolean> {
    if (this.has(length)) return true;
    // After a skip past the end not even zero bytes are available.
    if (this.remaining < Math.max(1, length)) return false;
    const isFirst = this.#window.length === 0;
    const wanted = Math.min(Math.max(isFirst ? FIRST_WINDOW_BYTES : WINDOW_BYTES, length), this.remaining);
    this.#spend("reads", 1);
    this.#spend("bytes", wanted);
    this.#window = await this.#source.read(this.position, wanted);
    this.#view = new DataView(this.#window.buffer, this.#window.byteOffset, this.#window.byteLength);
    this.#windowStart = this.position;
    return true;
  }

  /** Like {@link need}, for bytes without which the recording cannot be measured. */
  async require(length: number): Promise<void> {
    if (!(await this.need(length))) throw new UnsupportedAudioError("the recording is truncated");
  }

  /** Charges the budget for `count` elements, frames, packets or table entries. */
  step(count = 1): void {
    this.#spend("steps", count);
  }

  skip(length: number): void {
    this.position += length;
  }

  u8(at = 0): number {
    return this.#view.getUint8(this.#at(at));
  }
  u16(at = 0): number {
    return this.#view.getUint16(this.#at(at));
  }
  u16le(at = 0): number {
    return this.#view.getUint16(this.#at(at), true);
  }
  u24(at = 0): number {
    return (this.u16(at) << 8) | this.u8(at + 2);
  }
  u32(at = 0): number {
    return this.#view.getUint32(this.#at(at));
  }
  u32le(at = 0): number {
    return this.#view.getUint32(this.#at(at), true);
  }
  /** Exact up to 2^53. */
  u64(at = 0): number {
    return Number(this.#view.getBigUint64(this.#at(at)));
  }
  u64le(at = 0): number {
    return Number(this.#view.getBigUint64(this.#at(at), true));
  }

  /** `length` bytes as ASCII. */
  ascii(length: number, at = 0): string {
    return String.fromCharCode(...this.bytes(length, at));
  }

  /** A view of `length` bytes, valid until the next {@link need}. */
  bytes(length: number, at = 0): Uint8Array<ArrayBuffer> {
    const start = this.#at(at);
    return this.#window.subarray(start, start + length);
  }

  /** The offset from the position to the next byte `value` in the current window, or -1. */
  indexOf(value: number, at = 0): number {
    const found = this.#window.indexOf(value, this.#at(at));
    return found < 0 ? -1 : found - (this.position - this.#windowStart);
  }

  #at(at: number): number {
    return this.position - this.#windowStart + at;
  }

  #spend(kind: keyof typeof BUDGET, amount: number): void {
    this.#budget[kind] -= amount;
    if (this.#budget[kind] < 0) {
      throw new UnsupportedAudioError(
        `measuring the recording exceeds the budget of ${BUDGET[kind]} ${kind}`,
      );
    }
  }
}
