// A bucket in memory that the analysis Worker can read: it records the ranges, and has no other method than `get`.
import type { ReadOnlyBucket } from "../../analysis/src/read-only-bucket.ts";

/** As in workerd, detaches the buffer of `view`: it is returned with the bytes in their place. */
function readFrom(source: Uint8Array, view: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { byteOffset } = view;
  const next = source.subarray(0, view.byteLength);
  const filled = new Uint8Array(view.buffer.transfer(), byteOffset, next.byteLength);
  filled.set(next);
  return filled;
}

function streamOf(bytes: Uint8Array) {
  let at = 0;
  const readAtLeast = async (minBytes: number, view: Uint8Array<ArrayBuffer>) => {
    if (minBytes < 1) throw new TypeError("a read of no bytes");
    const value = readFrom(bytes.subarray(at), view);
    at += value.byteLength;
    return { value, done: value.byteLength < minBytes };
  };
  return { getReader: () => ({ readAtLeast, cancel: async () => undefined }) };
}

/** A bucket with `bytes` at `key`. Any other method than `get` throws. */
export function readableBucket(key: string, bytes: Uint8Array<ArrayBuffer>) {
  const ranges: { offset: number; length?: number }[] = [];
  const get = async (asked: string, { range }: { range: { offset: number; length?: number } }) => {
    ranges.push(range);
    if (asked !== key) return null;
    const { offset, length } = range;
    const part = bytes.slice(offset, length === undefined ? undefined : offset + length);
    return { arrayBuffer: async () => part.buffer, body: streamOf(part) };
  };
  const bucket = new Proxy(
    {},
    {
      get: (_, method) => {
        if (method === "get") return get;
        throw new Error(`the analysis Worker must not call ${String(method)}`);
      },
    },
  );
  return { bucket: bucket as ReadOnlyBucket, ranges };
}
