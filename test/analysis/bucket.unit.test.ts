// What the analysis Worker does with its bucket, which it could also write to.
import { expect, it } from "vitest";
import { bucketSource } from "../../analysis/src/bucket-source.ts";
import type { ReadOnlyBucket } from "../../analysis/src/read-only-bucket.ts";
import { probeStored } from "../../analysis/src/stored-recording.ts";
import { matroska, monkeysAudio } from "./claimed-recordings.ts";
import { readableBucket } from "./readable-bucket.ts";

const CLAIMS = { acceptsClaims: true };

it("an upload is probed by ranges of one object, its claim included, and by nothing else of the bucket", async () => {
  const recording = matroska("A_WAVPACK4", 12, 100_000);
  const { bucket, ranges } = readableBucket("voices/a", recording);
  const probe = (acceptsClaims: boolean) =>
    probeStored(bucket, "voices/a", recording.length, { acceptsClaims });
  const counted = await probe(false);
  expect(counted).toMatchObject({ kind: "unsupported", format: expect.stringContaining("WavPack") });
  expect(ranges.splice(0)).toEqual([{ offset: 0, length: 65_536 }]);
  expect(await probe(true)).toMatchObject({ kind: "audio", codec: "WavPack" });
  // The claim begins with bytes that the probe has read.
  expect(ranges).toEqual([{ offset: 0, length: 65_536 }]);
});

it("a claim that is refused leaves the refusal of the probe, with both reasons", async () => {
  const recording = monkeysAudio(0, 100);
  const { bucket } = readableBucket("voices/a", recording);
  const result = await probeStored(bucket, "voices/a", recording.length, CLAIMS);
  expect(result).toMatchObject({
    kind: "unsupported",
    reason: expect.stringMatching(/^.+; its claim is refused: the recording claims no duration$/),
    format: "Monkey's Audio (APE)",
  });
});

it("an object that is gone, or shorter than it was, is unreadable and not refused", async () => {
  const { bucket } = readableBucket("voices/a", new Uint8Array(100));
  const probe = (key: string, sizeBytes: number) => probeStored(bucket, key, sizeBytes, CLAIMS);
  expect(await probe("voices/b", 100)).toEqual({
    kind: "unreadable",
    reason: "the recording does not exist any more",
  });
  expect(await probe("voices/a", 200)).toEqual({
    kind: "unreadable",
    reason: "the recording is shorter than its size",
  });
  await expect(bucketSource(bucket, "voices/b", 100).read(0, 1)).rejects.toThrow("does not exist");
  await expect(bucketSource(bucket, "voices/a", 200).read(0, 200)).rejects.toThrow("is shorter");
});

it("an R2 that fails in the middle of a recording makes it unreadable", async () => {
  // An ID3 tag of 2 MiB (its size has seven bits a byte), behind which the audio begins.
  const recording = new Uint8Array(3 * 1024 * 1024);
  recording.set([...new TextEncoder().encode("ID3"), 4, 0, 0, 1, 0, 0, 0]);
  const { bucket } = readableBucket("voices/a", recording);
  let reads = 0;
  const get = (...args: Parameters<ReadOnlyBucket["get"]>) => {
    reads += 1;
    // The first read succeeds, the next one and its repetition fail.
    return reads === 1 ? bucket.get(...args) : Promise.reject(new Error("get: internal error (10001)"));
  };
  const failing = { get } as unknown as ReadOnlyBucket;
  expect(await probeStored(failing, "voices/a", recording.length, CLAIMS)).toEqual({
    kind: "unreadable",
    reason: "get: internal error (10001)",
  });
  expect(reads).toBe(3);
});
