// The durations that recordings claim, as the analysis Worker answers them: read with music-metadata, bounded by their
// bytes.
import { describe, expect, it } from "vitest";
import { claimRecording } from "../../analysis/src/claim.ts";
import { CLAIMED_CONTAINERS } from "../../analysis/src/claimed-containers.ts";
import { bytesOf, u16, u32, u32le, zeros } from "../../bench/hostile-recordings/bytes.ts";
import { box } from "../../bench/hostile-recordings/mpeg-4.ts";
import { servedTypeOf } from "../../src/playback/served-type.ts";
import { memorySource, probeBytes } from "../probe/memory-source.ts";
import {
  AC3_TAG,
  acm,
  aiffC,
  DSD64_HZ,
  dsdiff,
  dsf,
  matroska,
  monkeysAudio,
  musepack,
  quickTime,
  wave,
} from "./claimed-recordings.ts";

const claimOf = (bytes: Uint8Array<ArrayBuffer>) => claimRecording(memorySource(bytes));

describe("a claim that the bytes can hold is the duration", () => {
  it.each([
    [
      "AC-3 in WAVE",
      wave(12, 144_000),
      {
        container: "WAVE",
        codec: "AC-3",
        contentType: "audio/wav",
        sampleRateHz: 48_000,
        channels: 1,
        bitsPerSample: null,
      },
    ],
    ["AC-3 in extensible WAVE", wave(12, 144_000, { tag: 0xfffe, subFormat: AC3_TAG }), { codec: "AC-3" }],
    [
      "AC-3 in WAVE behind another chunk",
      wave(12, 144_000, { before: bytesOf("bext", u32le(601), zeros(602)) }),
      { codec: "AC-3" },
    ],
    [
      "Monkey's Audio",
      monkeysAudio(12, 150_000),
      {
        container: "Monkey's Audio",
        codec: "Monkey's Audio",
        contentType: "audio/x-ape",
        sampleRateHz: 44_100,
        channels: 2,
        bitsPerSample: 16,
      },
    ],
    [
      "Monkey's Audio behind an ID3 tag",
      bytesOf("ID3", [4, 0, 0, 0, 0, 1, 0], zeros(128), monkeysAudio(12, 150_000)),
      { codec: "Monkey's Audio" },
    ],
    [
      "WavPack in Matroska",
      matroska("A_WAVPACK4", 12, 150_000),
      {
        container: "Matroska",
        codec: "WavPack",
        contentType: "audio/matroska",
        sampleRateHz: 48_000,
        channels: 2,
        bitsPerSample: 24,
      },
    ],
    [
      "DSF",
      dsf(12, 12),
      {
        container: "DSF",
        codec: "DSD",
        contentType: "audio/x-dsf",
        sampleRateHz: DSD64_HZ,
        channels: 2,
        bitsPerSample: 1,
      },
    ],
    [
      "DSDIFF",
      dsdiff(12, 12),
      {
        container: "DSDIFF",
        codec: "DSD",
        contentType: "audio/x-dff",
        sampleRateHz: DSD64_HZ,
        channels: 2,
        bitsPerSample: 1,
      },
    ],
    [
      "GSM in AIFF-C",
      aiffC("GSM ", 12, 20_000),
      { container: "AIFF", codec: "GSM 6.10", contentType: "audio/aiff", sampleRateHz: 8000 },
    ],
    ["GSM in AIFF-C with a name of its own", aiffC("GSM ", 12, 20_000, "\x03abc"), { codec: "GSM 6.10" }],
    // 529,200 samples at 44.1 kHz, in seven bits a byte.
    [
      "Musepack",
      musepack([0xa0, 0xa6, 0x30], 60_000),
      {
        container: "Musepack",
        codec: "Musepack",
        contentType: "audio/x-musepack",
        sampleRateHz: 44_100,
        channels: 2,
      },
    ],
  ])("%s", async (_, bytes, facts) => {
    expect(await claimOf(bytes)).toMatchObject({
      kind: "audio",
      durationSeconds: expect.closeTo(12, 2),
      ...facts,
    });
  });
});

describe("a claim that the bytes cannot hold is cut to what they hold at the lowest rate", () => {
  it.each([
    // At the stated rate of a codec whose rate is constant.
    ["AC-3 that says 18 s over the bytes of 3 s", wave(18, 36_000), 3],
    // One bit a sample and channel: two of 48 kHz, two of 44.1 kHz.
    ["WavPack in Matroska of an hour", matroska("A_WAVPACK4", 3600, 48_000), 4],
    ["Monkey's Audio of an hour", monkeysAudio(3600, 44_100), 4],
    ["Musepack of hours", musepack([0xff, 0xff, 0xff, 0x7f], 1000), 2],
    ["DTS in Matroska of an hour", matroska("A_DTS", 3600, 12_000), 4],
    ["DSF of an hour", dsf(3600, 1), 1],
    ["DSDIFF of an hour", dsdiff(3600, 1), 1],
    ["GSM in AIFF-C of an hour", aiffC("GSM ", 3600, 6500), 4],
    ["OKI ADPCM in WAVE of an hour", wave(3600, 24_000, { tag: 0x10 }), 1],
  ])("%s", async (_, bytes, seconds) => {
    const result = await claimOf(bytes);
    expect(result).toMatchObject({ kind: "audio" });
    if (result.kind !== "audio") return;
    expect(result.durationSeconds).toBeGreaterThanOrEqual(seconds);
    // The header's bytes count as well.
    expect(result.durationSeconds).toBeLessThan(seconds * 1.25);
  });

  it.each([
    ["Monkey's Audio", monkeysAudio(40, 1_000_000)],
    ["WavPack in Matroska", matroska("A_WAVPACK4", 40, 1_000_000)],
    ["AC-3 in WAVE", wave(40, 480_000)],
    ["GSM in AIFF-C", aiffC("GSM ", 40, 65_000)],
    ["DSF", dsf(40, 40)],
    ["DSDIFF", dsdiff(40, 40)],
  ])("a truncated %s is credited with the share that is there", async (_, bytes) => {
    const result = await claimOf(bytes.slice(0, bytes.length / 4));
    expect(result).toMatchObject({ kind: "audio", durationSeconds: expect.closeTo(10, 0) });
  });
});

it("the codec of a format tag in Matroska bounds its claim: OKI ADPCM has four bits a sample", async () => {
  const result = await claimOf(matroska("A_MS/ACM", 60, 240_000, { more: acm(0x10) }));
  // 48 kHz and two channels, as the track states.
  expect(result).toMatchObject({ codec: "OKI ADPCM", durationSeconds: expect.closeTo(5, 1) });
});

it("a codec whose frames state no size is claimed in the packets of Matroska: Speex", async () => {
  const result = await claimOf(matroska("A_MS/ACM", 12, 60_000, { more: acm(0xa109) }));
  expect(result).toMatchObject({ codec: "Speex", durationSeconds: 12 });
});

it("a QuickTime movie without a file type box is read like one that has it", async () => {
  const movie = quickTime("QDM2", 30, 200_000);
  expect(await claimOf(movie)).toMatchObject({ codec: "QDesign Music 2", durationSeconds: 30 });
  const typed = bytesOf(u32(16), "ftyp", "qt  ", u32(0), movie);
  expect(await claimOf(typed)).toMatchObject({ codec: "QDesign Music 2", durationSeconds: 30 });
});

describe("what only the probe recognises of an MPEG-4 track is in its claim", () => {
  const probedClaim = async (movie: Uint8Array<ArrayBuffer>) => {
    const probed = await probeBytes(movie);
    if (probed.kind !== "unsupported") throw new Error("the probe counts it");
    return claimRecording(memorySource(movie), probed);
  };

  it.each([
    ["DTS", 0xa9, 24_000],
    ["DTS", 0xac, 24_000],
    ["EVRC", 0xd1, 4000],
    ["QCELP", 0xe1, 4000],
  ])("the codec of its object type, which bounds its claim: %s by %i", async (codec, objectType, lowest) => {
    const boxes = box("esds", u32(0), 3, 25, u16(0), 0, 4, 13, objectType, zeros(12), 5, 0);
    const claimed = await probedClaim(quickTime("mp4a", 10_000, 100_000, { boxes }));
    expect(claimed).toMatchObject({ codec, durationSeconds: expect.closeTo(800_000 / lowest, -1) });
  });

  it("the rate of TrueHD, which takes all 32 bits of its field", async () => {
    const movie = quickTime("mlpa", 12, 200_000, { rate: u32(192_000) });
    expect(await probedClaim(movie)).toMatchObject({ codec: "TrueHD", sampleRateHz: 192_000 });
  });
});

it("every container is served with the type that it is claimed to have", () => {
  for (const { contentType } of CLAIMED_CONTAINERS)
    expect(servedTypeOf(contentType, undefined)).toBe(contentType);
});
