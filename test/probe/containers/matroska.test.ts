// WebM and Matroska files built element by element.
import { describe, expect, it } from "vitest";
import { bytesOf, u32, u64 } from "../../../bench/hostile-recordings/bytes.ts";
import { MATROSKA_VORBIS, WEBM_WITH_VIDEO } from "../../../scripts/recording-fixtures/encodings/matroska.ts";
import { readFixture, readSharedFixture } from "../fixture-recordings.ts";
import { probeBytes } from "../memory-source.ts";
import {
  block,
  claiming,
  cluster,
  EBML,
  ebml,
  element,
  FIXED,
  float64,
  OPUS_20_MS,
  opusTracks,
  segment,
  simpleBlock,
  sound,
  stripping,
  tenBlocks,
  trackEntry,
  tracks,
  UNKNOWN,
  void_,
  XIPH,
} from "./matroska-parts.ts";

const WEBM = { kind: "audio", container: "WebM", contentType: "audio/webm" };
const MATROSKA = { kind: "audio", container: "Matroska", contentType: "audio/matroska" };

const seconds = (durationSeconds: number) => ({
  kind: "audio",
  durationSeconds: expect.closeTo(durationSeconds, 6),
});

describe("a recording of Chromium's MediaRecorder", () => {
  const bytes = readSharedFixture("mediarecorder.webm");
  /** As ffmpeg decodes it. */
  const WHOLE_SECONDS = 10.92;
  const FIRST_HALF_SECONDS = 5.58;

  it("a WebM of Chromium's MediaRecorder is measured as ffmpeg decodes it", async () => {
    const result = await probeBytes(bytes);
    expect(result).toMatchObject({ ...WEBM, codec: "Opus" });
    expect(result).toHaveProperty("durationSeconds", expect.closeTo(WHOLE_SECONDS, 3));
  });

  it("a truncated WebM of Chromium's MediaRecorder holds the frames that are present", async () => {
    const result = await probeBytes(bytes.slice(0, bytes.length / 2));
    expect(result).toHaveProperty("durationSeconds", expect.closeTo(FIRST_HALF_SECONDS, 1));
  });
});

describe("Matroska", () => {
  it("the audio of a WebM with video is measured, and of two joined ones both", async () => {
    const bytes = readFixture(WEBM_WITH_VIDEO);
    expect(await probeBytes(bytes)).toMatchObject({ ...WEBM, durationSeconds: expect.closeTo(3, 1) });
    const both = await probeBytes(bytesOf(bytes, bytes));
    expect(both).toMatchObject({ durationSeconds: expect.closeTo(6, 1) });
  });

  it("a WebM with a large cover and large tags is measured", async () => {
    const attachments = element(0x1941a469, new Uint8Array(3_000_000).fill(0xa3));
    const tags = element(0x1254c367, new Uint8Array(300_000).fill(0xa3));
    const bytes = segment(void_(100_000), opusTracks, attachments, tags, cluster(tenBlocks), tags);
    expect(await probeBytes(bytes)).toMatchObject(seconds(0.2));
  });

  it("Matroska Vorbis with a cover in its codec's comments is measured", async () => {
    const bytes = Buffer.from(readFixture(MATROSKA_VORBIS));
    const at = bytes.indexOf("\x03vorbis", 0, "latin1");
    const before = bytes.lastIndexOf(Buffer.from([0x63, 0xa2]), at);
    const sizeBytes = Math.clz32(bytes[before + 2] ?? 0) - 23;
    const claimed = bytes.readUIntBE(before + 2, sizeBytes) - 2 ** (7 * sizeBytes);
    const start = before + 2 + sizeBytes;
    const commentBytes = bytes.indexOf("\x05vorbis", at, "latin1") - at;
    const cover = new Uint8Array(2_550_000);
    const content = bytesOf(
      ...[2, 30, new Uint8Array(Math.floor((cover.length + commentBytes) / 255)).fill(255)],
      ...[(cover.length + commentBytes) % 255, bytes.subarray(at - 30, at + commentBytes), cover],
      bytes.subarray(at + commentBytes, start + claimed),
    );
    const longer = bytesOf(
      ebml("matroska"),
      claiming(0x18538067, UNKNOWN, tracks(trackEntry("A_VORBIS", { more: element(0x63a2, content) }))),
      bytes.subarray(bytes.indexOf(Buffer.from([0x1f, 0x43, 0xb6, 0x75]), start + claimed)),
    );
    expect(await probeBytes(longer)).toMatchObject({
      ...MATROSKA,
      codec: "Vorbis",
      durationSeconds: expect.closeTo(2, 1),
    });
  });

  it.each([
    ["no lacing", simpleBlock(0, OPUS_20_MS), 1],
    ["Xiph lacing", simpleBlock(XIPH, 2, 3, 3, OPUS_20_MS, OPUS_20_MS, OPUS_20_MS), 3],
    [
      "Xiph lacing of long frames",
      simpleBlock(XIPH, 1, 255, 45, OPUS_20_MS, new Uint8Array(297), OPUS_20_MS),
      2,
    ],
    ["fixed lacing", simpleBlock(FIXED, 2, OPUS_20_MS, OPUS_20_MS, OPUS_20_MS), 3],
    [
      "EBML lacing",
      simpleBlock(EBML, 2, 0x83, 0xc0, OPUS_20_MS, OPUS_20_MS, 0, OPUS_20_MS, new Uint8Array(9)),
      3,
    ],
    ["a block group", element(0xa0, element(0xa1, block(0, OPUS_20_MS)), element(0x9b, 20)), 1],
    ["an empty block", bytesOf(element(0xa3), simpleBlock(0, OPUS_20_MS)), 1],
    ["a block without a frame", bytesOf(simpleBlock(), simpleBlock(0, OPUS_20_MS)), 1],
    ["lacing of more than there is", bytesOf(simpleBlock(XIPH, 255, 1), simpleBlock(EBML, 9, 0xff)), 0],
    ["lacing of nothing", simpleBlock(FIXED, 255), 0],
    [
      "another track's block",
      bytesOf(element(0xa3, 0x82, 0, 0, 0, OPUS_20_MS), simpleBlock(0, OPUS_20_MS)),
      1,
    ],
  ])("the frames of a WebM with %s are counted", async (_kind, blocks, frames) => {
    const result = await probeBytes(segment(opusTracks, cluster(blocks, tenBlocks)));
    expect(result).toMatchObject(seconds(0.2 + frames * 0.02));
  });

  it("a WebM whose frames have stripped headers is measured", async () => {
    const stripped = stripping(bytesOf(31 * 8 + 3, 0x83));
    const opus = tracks(trackEntry("A_OPUS", { more: stripped }));
    const blocks = cluster(simpleBlock(0, 1, 2, 3), simpleBlock(FIXED, 1, 1, 2), simpleBlock(FIXED, 99));
    expect(await probeBytes(segment(opus, blocks))).toMatchObject(seconds(0.18));
  });

  it("only the first audio track of a WebM counts, even when it is described after a video track", async () => {
    const described = tracks(
      trackEntry("V_VP8", { number: 3, type: 1 }),
      trackEntry("A_OPUS"),
      trackEntry("A_PCM/INT/LIT", { number: 2, more: sound() }),
    );
    const second = element(0xa3, 0x82, 0, 0, 0, new Uint8Array(16_000));
    const result = await probeBytes(segment(described, cluster(tenBlocks, second, tenBlocks)));
    expect(result).toMatchObject({ ...seconds(0.4), codec: "Opus" });
  });

  it("a WebM is not longer for its Duration or its timestamps", async () => {
    const info = element(0x1549a966, element(0x4489, float64(3_600_000)));
    const late = element(0x1f43b675, element(0xe7, u32(3_600_000)), tenBlocks);
    const group = element(0xa0, element(0xa1, block(0, OPUS_20_MS)), element(0x9b, u32(3_600_000)));
    const bytes = segment(info, opusTracks, cluster(tenBlocks), late, cluster(group));
    expect(await probeBytes(bytes)).toMatchObject(seconds(0.42));
  });

  it("a WebM is trimmed by its codec delay, a second at most, and by DiscardPadding, a block at most", async () => {
    const delayed = (nanoseconds: number) =>
      tracks(trackEntry("A_OPUS", { more: element(0x56aa, u64(nanoseconds)) }));
    expect(await probeBytes(segment(delayed(6_500_000), cluster(tenBlocks)))).toMatchObject(seconds(0.1935));
    const long = cluster(...new Array<Uint8Array>(10).fill(tenBlocks));
    expect(await probeBytes(segment(delayed(2 ** 60), long))).toMatchObject(seconds(1));
    const padded = (padding: Uint8Array) =>
      segment(opusTracks, cluster(tenBlocks, element(0xa0, element(0xa1, block(0, OPUS_20_MS)), padding)));
    const padding = (nanoseconds: Uint8Array) => element(0x75a2, nanoseconds);
    expect(await probeBytes(padded(padding(u32(5_000_000))))).toMatchObject(seconds(0.215));
    expect(await probeBytes(padded(padding(u64(2 ** 60))))).toMatchObject(seconds(0.2));
    expect(await probeBytes(padded(padding(new Uint8Array(8).fill(255))))).toMatchObject(seconds(0.22));
    const twice = bytesOf(padding(u32(2 ** 31 - 1)), padding(u32(2 ** 31 - 1)));
    expect(await probeBytes(padded(twice))).toMatchObject(seconds(0.2));
  });

  it("a WebM whose clusters have unknown or wrong sizes is measured", async () => {
    const open = (size: number) => claiming(0x1f43b675, size, element(0xe7, 0), tenBlocks);
    for (const size of [UNKNOWN, 2 ** 55, 0]) {
      const bytes = bytesOf(ebml("webm"), claiming(0x18538067, size, opusTracks, open(size), open(size)));
      expect(await probeBytes(bytes)).toMatchObject({ ...WEBM, ...seconds(0.4) });
    }
  });

  it("a WebM ends where an element is invalid or truncated", async () => {
    for (const end of [
      new Uint8Array(500),
      claiming(0xa3, UNKNOWN, tenBlocks),
      claiming(0xec, 2 ** 55, tenBlocks),
      claiming(0xa3, 5000, block(0, OPUS_20_MS)),
      bytesOf(0xa3, 0, tenBlocks),
      bytesOf(0xa3),
      bytesOf(0x1f, 0x43),
    ]) {
      expect(await probeBytes(segment(opusTracks, cluster(tenBlocks), end))).toMatchObject(seconds(0.2));
    }
  });

  it("Matroska PCM is measured by its bytes", async () => {
    const pcm = tracks(trackEntry("A_PCM/INT/LIT", { more: sound({ channels: 2 }) }));
    const result = await probeBytes(segment(pcm, cluster(simpleBlock(0, new Uint8Array(32_000)))));
    expect(result).toMatchObject(seconds(1));
  });

  it.each(["matroska", "matroska\0\0", ""])("an EBML file of DocType %j is Matroska", async (docType) => {
    const header = docType === "" ? element(0x1a45dfa3) : ebml(docType.slice(0, 8));
    const bytes = bytesOf(header, element(0x18538067, opusTracks, cluster(tenBlocks)));
    expect(await probeBytes(bytes)).toMatchObject(MATROSKA);
  });

  it("a WebM of video only has no audio track", async () => {
    const video = tracks(trackEntry("V_VP8", { type: 1 }));
    for (const bytes of [
      segment(video, cluster(tenBlocks)),
      segment(video),
      segment(cluster(tenBlocks)),
      segment(),
    ]) {
      expect(await probeBytes(bytes)).toEqual({
        kind: "unsupported",
        reason: "the recording has no audio track",
        format: null,
      });
    }
  });

  it("a WebM with stripped bytes outside of any content encoding is measured", async () => {
    const stray = tracks(trackEntry("A_OPUS", { more: element(0x4255, new Uint8Array(60)) }));
    expect(await probeBytes(segment(stray, cluster(tenBlocks)))).toMatchObject(seconds(0.2));
  });

  it.each([
    ["elements", bytesOf(opusTracks, cluster()), bytesOf(0xec, 0x80)],
    ["laced frames", bytesOf(opusTracks, cluster()), bytesOf(0xa3, 0x85, 0x81, 0, 0, FIXED, 255)],
    ["tracks", new Uint8Array(), bytesOf(0xae, 0x80)],
  ])("a WebM with millions of empty %s exceeds the budget of steps", async (_kind, start, unit) => {
    const many = Buffer.alloc(7_000_000, unit);
    expect(await probeBytes(bytesOf(ebml("webm"), claiming(0x18538067, UNKNOWN, start, many)))).toEqual({
      kind: "unsupported",
      reason: "measuring the recording exceeds the budget of 3000000 steps",
      format: null,
    });
  });
});
