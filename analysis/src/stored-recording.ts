// Probes a recording in R2. The probe reads mostly forwards and not everything: few R2 operations serve its reads.
import type { ProbeAnswer, ProbeOptions } from "../../src/platform/probed-upload.ts";
import type { ByteSource } from "../../src/probe/reader.ts";
import { probeOrClaim } from "./probe.ts";
import type { ReadOnlyBucket } from "./read-only-bucket.ts";

/** A gap of at most this size is read and discarded instead of opening a new range. */
const MAX_DISCARDED_GAP_BYTES = 1024 * 1024;

/** What the upload of `sizeBytes` at `key` is; `unreadable` when R2 fails, or the object is gone or shorter. */
export async function probeStored(
  bucket: ReadOnlyBucket,
  key: string,
  sizeBytes: number,
  options: ProbeOptions,
): Promise<ProbeAnswer> {
  const recording = new StoredRecording(bucket, key, sizeBytes);
  try {
    return await probeOrClaim(recording, options);
  } catch (error) {
    // A value, so that the caller can tell it from the end of this isolate, which rejects the call.
    return { kind: "unreadable", reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await recording.close();
  }
}

/**
 * The recording at `key`. The first read, and one far from the previous, is one ranged R2 operation. A read that
 * continues the previous one opens a stream to the end, from which following reads cost no operation. It continues also
 * where it begins within the previous one, as the reader's windows do when they look ahead. Holds only the bytes of the
 * last read, in a buffer that is reused.
 */
export class StoredRecording implements ByteSource {
  readonly size: number;
  #bucket: ReadOnlyBucket;
  #key: string;
  #stream: ReadableStreamBYOBReader | undefined;
  /** The bytes of the last read, and their offset in the recording. */
  #last: Uint8Array<ArrayBuffer> = new Uint8Array();
  #lastOffset = 0;

  constructor(bucket: ReadOnlyBucket, key: string, size: number) {
    this.#bucket = bucket;
    this.#key = key;
    this.size = size;
  }

  /** @throws {Error} when R2 fails or returns fewer bytes */
  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const lastEnd = this.#lastOffset + this.#last.byteLength;
    const isForwards = lastEnd > 0 && offset >= this.#lastOffset;
    if (isForwards && offset + length <= lastEnd) {
      return this.#last.subarray(offset - this.#lastOffset).subarray(0, length);
    }
    const gap = Math.max(0, offset - lastEnd);
    if (isForwards && gap <= MAX_DISCARDED_GAP_BYTES) {
      if (this.#stream) await this.#discard(this.#stream, gap);
      else this.#stream = (await this.#open(lastEnd + gap)).body.getReader({ mode: "byob" });
      const known = gap > 0 ? new Uint8Array() : this.#last.subarray(offset - this.#lastOffset);
      this.#last = await this.#take(this.#stream, length, known);
    } else {
      await this.close();
      this.#last = new Uint8Array(await (await this.#open(offset, length)).arrayBuffer());
      if (this.#last.byteLength !== length) throw new ShorterError();
    }
    this.#lastOffset = offset;
    return this.#last;
  }

  /** Cancels the open stream. */
  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    await stream?.cancel().catch(() => undefined);
  }

  async #open(offset: number, length?: number): Promise<R2ObjectBody> {
    const get = () =>
      this.#bucket.get(this.#key, { range: length === undefined ? { offset } : { offset, length } });
    // A read that failed before its first byte is retried once.
    const object = await get().catch(get);
    if (!object) throw new Error("the recording does not exist any more");
    return object;
  }

  async #discard(stream: ReadableStreamBYOBReader, length: number): Promise<void> {
    for (let left = length; left > 0; left -= this.#last.byteLength) {
      this.#last = await this.#take(stream, Math.min(left, this.#last.buffer.byteLength));
    }
  }

  /** `length` bytes: `known`, and the next ones of `stream`. */
  async #take(
    stream: ReadableStreamBYOBReader,
    length: number,
    known = new Uint8Array(),
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { buffer } = this.#last;
    const target = new Uint8Array(buffer.byteLength >= length ? buffer : new ArrayBuffer(length), 0, length);
    target.set(known);
    // The read detaches the buffer, and returns it with all that is in it.
    const rest = length - known.byteLength;
    const { value } = await stream.readAtLeast(rest, target.subarray(known.byteLength));
    if (value?.byteLength !== rest) throw new ShorterError();
    return new Uint8Array(value.buffer, 0, length);
  }
}

class ShorterError extends Error {
  override message = "the recording is shorter than its size";
}
