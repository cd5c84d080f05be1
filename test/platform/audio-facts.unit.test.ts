// The facts of stored audio, with the bit rate that follows from size and duration.
import { expect, it } from "vitest";
import { toAudioFacts } from "../../src/platform/audio-facts.ts";

const opus = { codec: "Opus", sampleRateHz: 48_000, channels: 2, bitsPerSample: null };

it("the bit rate is 8 times the bytes by the seconds, rounded to whole bit/s", () => {
  expect(toAudioFacts({ ...opus, sizeBytes: 100_000, durationSeconds: 12.3 })).toEqual({
    ...opus,
    bitrateBps: 65_041,
  });
});

it.each([
  ["no size is stored", { sizeBytes: null, durationSeconds: 12 }],
  ["no duration is stored", { sizeBytes: 1000, durationSeconds: null }],
  ["another writer stored a duration of 0", { sizeBytes: 1000, durationSeconds: 0 }],
])("the bit rate is null when %s", (_fact, row) => {
  expect(toAudioFacts({ ...opus, ...row }).bitrateBps).toBeNull();
});

it("no other column of a row is among the facts", () => {
  const row = { ...opus, sizeBytes: 1, durationSeconds: 1, orgId: "org_a", r2ObjectKey: "a" };
  expect(Object.keys(toAudioFacts(row))).toEqual([...Object.keys(opus), "bitrateBps"]);
});
