// What the analysis Worker does with its bucket, which it could also write to.
import { expect, it } from "vitest";
import { bucketSource } from "../../analysis/src/bucket-source.ts";
import { claimRecording } from "../../analysis/src/claim.ts";
import type { ReadOnlyBucket } from "../../analysis/src/read-only-bucket.ts";
import { matroska } from "./claimed-recordings.ts";

/** A bucket with one object that only answers to `get`, and records its ranges. */
function readableBucket(key: string, bytes: Uint8Array<ArrayBuffer>) {
  const ranges: unknown[] = [];
  const get = async (asked: string, { range }: { range: { offset: number; length: number } }) => {
    ranges.push(range);
    if (asked !== key) return null;
    const part = bytes.slice(range.offset, range.offset + range.length);
    return { arrayBuffer: async () => part.buffer };
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

it("a claim reads ranges of one object, and calls nothing else of the bucket", async () => {
  const recording = matroska("A_WAVPACK4", 12, 100_000);
  const { bucket, ranges } = readableBucket("voices/a", recording);
  const result = await claimRecording(bucketSource(bucket, "voices/a", recording.length));
  expect(result).toMatchObject({ kind: "audio", codec: "WavPack" });
  expect(ranges).toEqual([{ offset: 0, length: 65_536 }]);
});

it("an object that is gone, or shorter than it was, is an error and not a refusal", async () => {
  const { bucket } = readableBucket("voices/a", new Uint8Array(100));
  await expect(claimRecording(bucketSource(bucket, "voices/b", 100))).rejects.toThrow("does not exist");
  await expect(claimRecording(bucketSource(bucket, "voices/a", 200))).rejects.toThrow("is shorter");
});
