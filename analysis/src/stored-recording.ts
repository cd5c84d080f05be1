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
 * continues where the previous one ended opens a stream to the end, from which following reads cost no operation.
 * Holds only the bytes of the last read, in a buffer that is reused.
 */
class StoredRecording implements ByteSource {
  readonly size: number;
  #bucket: ReadOnlyBucket;
  #key: string;
  /** Where the last read ended. */
  #end = 0;
  #stream: ReadableStreamBYOBReader | undefined;
  #buffer = new ArrayBuffer();

  constructor(bucket: ReadOnlyBucket, key: string, size: number) {
    this.#bucket = bucket;
    this.#key = key;
    this.size = size;
  }

  /** @throws {Error} when R2 fails or returns fewer bytes */
  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const gap = offset - this.#end;
    const continues = this.#end > 0 && gap >= 0 && gap <= MAX_DISCARDED_GAP_BYTES;
    if (!continues) {
      await this.close();
      this.#end = offset + length;
      const bytes = new Uint8Array(await (await this.#open(offset, length)).arrayBuffer());
      return requireLength(length, bytes);
    }
    if (this.#stream) await this.#discard(gap);
    else this.#stream = (await this.#open(offset)).body.getReader({ mode: "byob" });
    this.#end = offset + length;
    return requireLength(length, await this.#take(length));
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

  async #discard(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      const { byteLength } = await this.#take(Math.min(left, this.#buffer.byteLength));
      if (byteLength === 0) throw new Error("the recording is shorter than its size");
      left -= byteLength;
    }
  }

  async #take(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const buffer = this.#buffer.byteLength >= length ? this.#buffer : new ArrayBuffer(length);
    const read = await this.#stream?.readAtLeast(length, new Uint8Array(buffer, 0, length));
    const bytes = (read?.value ?? new Uint8Array()) as Uint8Array<ArrayBuffer>;
    this.#buffer = bytes.buffer;
    return bytes;
  }
}

function requireLength(length: number, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.byteLength !== length) throw new Error("the recording is shorter than its size");
  return bytes;
}
