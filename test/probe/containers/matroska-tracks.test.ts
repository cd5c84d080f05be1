// WebM and Matroska files of several tracks, joined files, and blocks of several frames.
import { describe, expect, it } from "vitest";
import { bytesOf } from "../../../bench/hostile-recordings/bytes.ts";
import { readSharedFixture } from "../fixture-recordings.ts";
import { probeBytes } from "../memory-source.ts";
import {
  block,
  cluster,
  element,
  OPUS_20_MS,
  segment,
  simpleBlock,
  sound,
  stripping,
  tenBlocks,
  trackEntry,
  tracks,
} from "./matroska-parts.ts";

const seconds = (durationSeconds: number) => ({
  kind: "audio",
  durationSeconds: expect.closeTo(durationSeconds, 9),
});
const blockOf = (track: number, ...content: Uint8Array[]) =>
  element(0xa3, block(0, ...content).with(0, 0x80 + track));

describe("a Matroska file of several tracks", () => {
  const good = trackEntry("A_OPUS", { number: 2 });
  const media = cluster(
    blockOf(1, new Uint8Array(900)),
    blockOf(2, OPUS_20_MS),
    blockOf(3, new Uint8Array(900)),
  );

  it.each([
    ["an unknown codec", trackEntry("A_DTS")],
    ["a rate of 1 Hz", trackEntry("A_PCM/INT/LIT", { more: sound({ rate: 1 }) })],
    ["encryption", trackEntry("A_OPUS", { more: element(0x6240, element(0x5033, 1)) })],
    ["zlib compression", trackEntry("A_OPUS", { more: stripping(bytesOf(1), 0) })],
    ["video", trackEntry("V_VP8", { type: 1 })],
  ])("is measured by the first audio track of a supported codec, behind one of %s", async (_flaw, first) => {
    const after = trackEntry("A_PCM/INT/LIT", { number: 3, more: sound() });
    expect(await probeBytes(segment(tracks(first, good, after), media))).toMatchObject({
      ...seconds(0.02),
      codec: "Opus",
      sampleRateHz: 48_000,
    });
  });

  it.each([
    ["DTS in Matroska", "A_DTS/EXPRESS"],
    ["Dolby TrueHD in Matroska", "A_TRUEHD"],
    ["TTA in Matroska", "A_TTA1"],
    ["WavPack in Matroska", "A_WAVPACK4"],
    ["A_?NKNOWN in Matroska", "A_\xfcNKNOWN"],
    [`A_${"X".repeat(30)} in Matroska`, `A_${"X".repeat(60)}`],
    ["unnamed codec in Matroska", ""],
  ])(
    "is refused as %s when its first audio track is that and no other is supported",
    async (format, codec) => {
      const bytes = segment(
        tracks(trackEntry("V_VP8", { type: 1 }), trackEntry(codec), trackEntry("A_MLP")),
        media,
      );
      expect(await probeBytes(bytes)).toEqual({
        kind: "unsupported",
        reason: `the codec is not supported (${format})`,
        format,
      });
    },
  );

  it("is not changed by tracks that a later segment describes", async () => {
    const other = tracks(trackEntry("A_PCM/INT/LIT", { more: sound() }));
    const bytes = bytesOf(
      segment(tracks(trackEntry("A_OPUS")), cluster(tenBlocks)),
      segment(other, cluster(tenBlocks)),
    );
    expect(await probeBytes(bytes)).toMatchObject({ ...seconds(0.4), codec: "Opus" });
  });
});

describe("Matroska", () => {
  it("a Matroska block of E-AC-3 has all its syncframes, and a further substream adds nothing", async () => {
    /** One block of 256 samples at 48 kHz, in 16 bytes. */
    const frame = (substream = 0) => bytesOf(0x0b, 0x77, substream << 3, 7, 0x05, 0x80, new Uint8Array(10));
    const many = bytesOf(...new Array<Uint8Array>(6).fill(frame()));
    const blocks = [
      simpleBlock(0, many),
      simpleBlock(0, bytesOf(frame(), frame(1), frame())),
      simpleBlock(0, frame().slice(0, 15)),
    ];
    const eac3 = (more = new Uint8Array()) => tracks(trackEntry("A_EAC3", { more }));
    expect(await probeBytes(segment(eac3(), cluster(...blocks)))).toMatchObject(seconds((8 * 256) / 48_000));
    const stripped = [many, bytesOf(frame(), frame())].map((packet) => simpleBlock(0, packet.slice(2)));
    const withHeader = segment(eac3(stripping(bytesOf(0x0b, 0x77))), cluster(...stripped));
    expect(await probeBytes(withHeader)).toMatchObject(seconds((8 * 256) / 48_000));
    // The header of 16 stripped bytes holds a frame of eight, and the start of one that the packet completes.
    const long = bytesOf(0x0b, 0x77, 0, 3, 0x05, 0x80, 0, 0, 0x0b, 0x77, 0, 7, 0x05, 0x80, 0, 0);
    const twoFrames = simpleBlock(0, new Uint8Array(70_000));
    const inHeader = segment(eac3(stripping(long)), cluster(twoFrames));
    expect(await probeBytes(inHeader)).toMatchObject(seconds((2 * 256) / 48_000));
    const huge = simpleBlock(0, bytesOf(...new Array<Uint8Array>(80_000).fill(frame())));
    const result = await probeBytes(segment(eac3(), cluster(huge)));
    expect(result).toMatchObject({ durationSeconds: expect.closeTo((65_536 * 256) / 48_000, 1) });
  });
});

describe("two recordings of Chromium's MediaRecorder in WebM that were joined", () => {
  it("are as long as both, which Chromium and ffmpeg play", async () => {
    const bytes = readSharedFixture("mediarecorder.webm");
    expect(await probeBytes(bytesOf(bytes, bytes))).toMatchObject(seconds(21.84));
  });
});

it("a rate that Matroska states as a fraction of a hertz is rounded to a whole number", async () => {
  const entry = trackEntry("A_PCM/INT/LIT", { more: sound({ rate: 22_254.5454 }) });
  const bytes = segment(tracks(entry), cluster(simpleBlock(0, new Uint8Array(4000))));
  expect(await probeBytes(bytes)).toMatchObject({ codec: "PCM", sampleRateHz: 22_255 });
});
