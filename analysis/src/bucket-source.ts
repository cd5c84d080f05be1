// A recording in R2 as a byte source: one ranged R2 operation for each read.
import type { ByteSource } from "../../src/probe/reader.ts";
import type { ReadOnlyBucket } from "./read-only-bucket.ts";

/** The recording of `size` bytes at `key`. A read throws when R2 fails or returns fewer bytes. */
export const bucketSource = (bucket: ReadOnlyBucket, key: string, size: number): ByteSource => ({
  size,
  read: async (offset, length) => {
    const object = await bucket.get(key, { range: { offset, length } });
    if (!object) throw new Error("the recording does not exist any more");
    const bytes = new Uint8Array(await object.arrayBuffer());
    if (bytes.byteLength !== length) throw new Error("the recording is shorter than its size");
    return bytes;
  },
});
