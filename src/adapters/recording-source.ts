// A stored recording as the inspection reads it: forwards, mostly, and not all of it.
import type { ByteSource } from "../probe/reader.ts";

/** What lies no further ahead than this is read through rather than asked for anew. */
const NEAR_BYTES = 1024 * 1024;

/**
 * The recording at `key`. A first read, or one far from the one before, is one ranged operation; one that goes on
 * where the last one ended opens a stream to the end, and those after it cost no operation. Holds what it last gave
 * and no more; that buffer is used again.
 */
export class RecordingSource implements ByteSource {
  readonly size: number;
  #bucket: R2Bucket;
  #key: string;
  /** Where the last read ended. */
  #end = 0;
  #stream: ReadableStreamBYOBReader | undefined;
  #buffer = new ArrayBuffer();

  constructor(bucket: R2Bucket, key: string, size: number) {
    this.#bucket = bucket;
    this.#key = key;
    this.size = size;
  }

  /** @throws {Error} when R2 fails, or has not the bytes that were asked for */
  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const gap = offset - this.#end;
    const isNear = this.#end > 0 && gap >= 0 && gap <= NEAR_BYTES;
    if (!isNear) {
      await this.close();
      this.#end = offset + length;
      const bytes = new Uint8Array(await (await this.#open(offset, length)).arrayBuffer());
      return exactly(length, bytes);
    }
    if (this.#stream) await this.#discard(gap);
    else this.#stream = (await this.#open(offset)).body.getReader({ mode: "byob" });
    this.#end = offset + length;
    return exactly(length, await this.#take(length));
  }

  /** Lets go of the stream. */
  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    await stream?.cancel().catch(() => undefined);
  }

  async #open(offset: number, length?: number): Promise<R2ObjectBody> {
    const get = () =>
      this.#bucket.get(this.#key, { range: length === undefined ? { offset } : { offset, length } });
    // A read that fails before its first byte is tried once more.
    const object = await get().catch(get);
    if (!object) throw new Error("the recording has gone");
    return object;
  }

  async #discard(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      const { byteLength } = await this.#take(Math.min(left, this.#buffer.byteLength));
      if (byteLength === 0) throw new Error("the recording was cut short");
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

function exactly(length: number, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.byteLength !== length) throw new Error("the recording was cut short");
  return bytes;
}
