// The claims of recordings that the analysis Worker refuses, and what cannot make it fail: hostile names and covers, and
// a source that fails.
import { describe, expect, it } from "vitest";
import { claimRecording } from "../../analysis/src/claim.ts";
import { bytesOf, u32le, zeros } from "../../bench/hostile-recordings/bytes.ts";
import { memorySource } from "../probe/memory-source.ts";
import { acm, matroska, monkeysAudio, musepack, wave } from "./claimed-recordings.ts";

const claimOf = (bytes: Uint8Array<ArrayBuffer>) => claimRecording(memorySource(bytes));

describe("no claim is believed", () => {
  it.each([
    [
      "of a format tag that no table knows",
      wave(12, 144_000, { tag: 0x7777 }),
      /lowest rate of its codec is not known/,
    ],
    [
      "of AAC in WAVE, in which decoders cannot tell its frames apart",
      wave(12, 144_000, { tag: 0xff }),
      /lowest rate of its codec is not known/,
    ],
    [
      "of a Matroska codec that no table knows",
      matroska("A_NEW", 12, 100_000),
      /lowest rate of its codec is not known/,
    ],
    [
      "of a Matroska codec that is named like a member of every object",
      matroska("A_constructor", 12, 100_000),
      /lowest rate of its codec is not known/,
    ],
    [
      "of a format tag in Matroska that no table knows",
      matroska("A_MS/ACM", 12, 100_000, { more: acm(0x7777) }),
      /lowest rate of its codec is not known/,
    ],
    ["of a container that is counted", bytesOf("OggS", zeros(60)), "no claim of this container is read"],
    ["of nothing", zeros(0), "no claim of this container is read"],
    [
      "of an infinite sample rate",
      matroska("A_WAVPACK4", 12, 100_000, { rate: Number.POSITIVE_INFINITY }),
      "none of the audio that the recording claims can be there",
    ],
    ["without a duration", monkeysAudio(0, 100), "the recording claims no duration"],
    ["that the library rejects", bytesOf("MPCK", "XX", 5, zeros(60)), /^music-metadata: Unexpected header/],
  ])("%s", async (_, bytes, reason) => {
    expect(await claimOf(bytes)).toEqual({
      kind: "unsupported",
      reason: expect.stringMatching(reason),
      format: null,
    });
  });
});

it("a cover that is too long to be read does not hide a claim that was found before it", async () => {
  const cover = 3 * 1024 * 1024;
  const item = bytesOf(u32le(cover), u32le(2), "Cover Art (Front)\0", zeros(cover));
  const tail = bytesOf("APETAGEX", u32le(2000), u32le(32 + item.length), u32le(1), zeros(12), item);
  const source = memorySource(monkeysAudio(12, 100_000, { tail }));
  expect(await claimRecording(source)).toMatchObject({ durationSeconds: expect.closeTo(12, 2) });
  expect(source.bytesRead).toBeLessThan(1024 * 1024);
});

it("a source that fails is an error of its own, at the first read and later", async () => {
  for (const failingRead of [1, 2]) {
    const bytes = musepack([0xff, 0x7f], 1_000_000);
    let reads = 0;
    const read = async (offset: number, length: number) => {
      reads += 1;
      if (reads === failingRead) throw new Error("R2 is down");
      return bytes.slice(offset, offset + length);
    };
    await expect(claimRecording({ size: bytes.length, read })).rejects.toThrow("R2 is down");
  }
});

it("the name of a codec that a recording chooses is cut before it can reach the log", async () => {
  const result = await claimOf(matroska(`A_${"X".repeat(100_000)}\n`, 12, 1000));
  expect(result.kind === "unsupported" && result.reason.length).toBeLessThan(201);
});
