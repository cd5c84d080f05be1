// What music-metadata reads a recording through: bounds the calls, the bytes and the length of a single read, and with
// them the CPU time and the memory that a hostile recording can take.
import { AbstractTokenizer, EndOfStreamError } from "strtok3";
import type { Reader } from "../../src/probe/reader.ts";

type ReadOptions = Parameters<AbstractTokenizer["readBuffer"]>[1];

/** The library states what it has found as it finds it: a header fits, and a cover or an index need not be read. */
const BUDGET = { calls: 20_000, bytes: 1024 * 1024, windows: 16 };
const MAX_READ_BYTES = 512 * 1024;

/** Reads from the position of `reader` to its end. */
export class BoundedTokenizer extends AbstractTokenizer {
  override fileInfo: { size: number; mimeType: string };
  /** Why no more is read: the budget is spent, or the source failed. Once set, every read throws it. */
  stopped: { kind: "budget" | "source"; error: Error } | undefined;
  /** The furthest that the library went, which is past the end of a truncated recording. */
  furthest = 0;
  readonly #reader: Reader;
  readonly #start: number;
  readonly #budget = { ...BUDGET };

  /** `mimeType` selects the library's parser. */
  constructor(reader: Reader, mimeType: string) {
    super({ maxBufferSize: MAX_READ_BYTES });
    this.#reader = reader;
    this.#start = reader.position;
    this.fileInfo = { size: reader.remaining, mimeType };
  }

  /** The library would otherwise look for tags at the end. */
  override supportsRandomAccess(): boolean {
    return false;
  }

  override async readBuffer(buffer: Uint8Array, options?: ReadOptions): Promise<number> {
    const { position } = this.normalizeOptions(buffer, options);
    const length = await this.peekBuffer(buffer, options);
    this.position = position + length;
    this.furthest = Math.max(this.furthest, this.position);
    return length;
  }

  override async peekBuffer(buffer: Uint8Array, options?: ReadOptions): Promise<number> {
    const { length, position, mayBeLess } = this.normalizeOptions(buffer, options);
    const available = Math.max(0, Math.min(length, this.fileInfo.size - position));
    if (available < length && !mayBeLess) throw new EndOfStreamError();
    this.#spend("calls", 1);
    this.#spend("bytes", available);
    if (length > MAX_READ_BYTES) this.#stop("budget", new Error(`a read of ${length} bytes is too long`));
    this.#reader.position = this.#start + position;
    if (!this.#reader.has(available)) this.#spend("windows", 1);
    if (this.stopped) throw this.stopped.error;
    if (available > 0) buffer.set(await this.#load(available));
    return available;
  }

  /**
   * Never throws, because the library does not await every call (WavPackParser of music-metadata 12.1): the rejection
   * would escape its caller's try. The next read throws instead.
   */
  override async ignore(length: number): Promise<number> {
    this.#spend("calls", 1);
    const target = this.position + length;
    if (!(length >= 0 && Number.isSafeInteger(target))) {
      this.#stop("budget", new Error(`a skip of ${length} bytes is impossible`));
      return 0;
    }
    const end = Math.min(target, this.fileInfo.size);
    const skipped = end - this.position;
    this.position = end;
    this.furthest = Math.max(this.furthest, target);
    return skipped;
  }

  async #load(length: number): Promise<Uint8Array> {
    try {
      await this.#reader.require(length);
    } catch (error) {
      this.#stop("source", error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
    return this.#reader.bytes(length);
  }

  #spend(kind: keyof typeof BUDGET, amount: number): void {
    this.#budget[kind] -= amount;
    if (this.#budget[kind] < 0) {
      this.#stop("budget", new Error(`the claim exceeds the budget of ${BUDGET[kind]} ${kind}`));
    }
  }

  #stop(kind: "budget" | "source", error: Error): void {
    this.stopped ??= { kind, error };
  }
}
