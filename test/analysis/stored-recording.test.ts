// The recording in R2 that the probe reads: the bytes it returns, and its R2 operations. With the streams of workerd.
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { StoredRecording } from "../../analysis/src/stored-recording.ts";
import { countingBucket } from "../support/bindings.ts";

const KEY = "voices/recording";
const KIB = 1024;
const SIZE = 4 * KIB * KIB;
const WINDOW = 256 * KIB;
/** No part of it is like another one, so that a shifted read differs. */
const bytes = Uint8Array.from(
  { length: SIZE },
  (_, index) => Math.imul(index ^ (index >>> 9), 2_654_435_761) >>> 24,
);

beforeAll(async () => {
  await env.AUDIO.put(KEY, bytes);
});

/** Reads `windows` one after the other, checks their bytes, and returns how often R2 was called. */
async function callsOf(
  windows: (readonly [offset: number, length: number])[],
): Promise<Record<string, number>> {
  const { binding, calls } = countingBucket(env.AUDIO);
  const recording = new StoredRecording(binding, KEY, SIZE);
  try {
    for (const [offset, length] of windows) {
      const read = await recording.read(offset, length);
      const isRight =
        read.byteLength === length && read.every((byte, index) => byte === bytes[offset + index]);
      if (!isRight) throw new Error(`the read of ${length} bytes at ${offset} returned others`);
    }
  } finally {
    await recording.close();
  }
  return calls;
}

/** Windows from the start to the end, each `step` bytes after the one before. */
const windowsBy = (step: number) =>
  Array.from({ length: Math.ceil(SIZE / step) }, (_, index) => {
    const offset = index * step;
    return [offset, Math.min(WINDOW, SIZE - offset)] as const;
  });

describe("a recording in R2", () => {
  it.each([
    ["that follow one another", 2, windowsBy(WINDOW)],
    ["that overlap, as when frames are looked ahead at", 2, windowsBy(WINDOW - 32 * KIB)],
    ["with gaps", 2, windowsBy(WINDOW + 100 * KIB)],
    ["of growing size that begin alike", 2, [1, 2, 3, 4].map((times) => [100, times * WINDOW] as const)],
    [
      "within the one before",
      1,
      [
        [100, WINDOW],
        [100, WINDOW],
        [5_000, 10],
        [WINDOW, 100],
      ] as const,
    ],
    [
      "far apart, forwards and backwards",
      3,
      [
        [0, 10],
        [3_000_000, 10],
        [0, 10],
      ] as const,
    ],
    [
      "of its end and of what is before",
      3,
      [
        [SIZE - 9, 9],
        [0, WINDOW],
        [WINDOW, WINDOW],
      ] as const,
    ],
  ])("is read in windows %s with %i operations", async (_, operations, windows) => {
    expect(await callsOf([...windows])).toEqual({ get: operations });
  });

  it("returns the right bytes in any order of reads", async () => {
    const window = fc
      .tuple(fc.nat(SIZE - 1), fc.integer({ min: 1, max: 600 * KIB }))
      .map(([offset, length]) => [offset, Math.min(length, SIZE - offset)] as const);
    const sequence = fc.array(window, { minLength: 2, maxLength: 8 });
    const nearby = sequence.map((windows) => windows.toSorted(([a], [b]) => a - b));
    await fc.assert(
      fc.asyncProperty(fc.oneof(sequence, nearby), async (windows) => {
        expect((await callsOf(windows)).get).toBeLessThanOrEqual(windows.length);
      }),
      { numRuns: 25 },
    );
  });

  it("throws when the object is shorter than its size, in a ranged read and in a stream", async () => {
    const longer = new StoredRecording(env.AUDIO, KEY, 2 * SIZE);
    await expect(longer.read(SIZE - 5, 10)).rejects.toThrow("shorter than its size");
    await longer.read(SIZE - 100, 50);
    await expect(longer.read(SIZE - 50, 60)).rejects.toThrow("shorter than its size");
    await longer.close();
  });
});
