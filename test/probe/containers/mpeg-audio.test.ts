// MPEG audio built frame by frame.
import { describe, expect, it } from "vitest";
import { bytesOf } from "../../../bench/hostile-recordings/bytes.ts";
import { parseMpegFrameHeader } from "../../../src/probe/codecs/mpeg-frame.ts";
import { durationOf, probeBytes } from "../memory-source.ts";
import { randomBytes } from "../random-bytes.ts";

/** Frames of silence, by default of MPEG 1 layer III at 128 kbit/s and 44.1 kHz. */
const frames = (count: number, header = 0xfffb90c4) => {
  const length = parseMpegFrameHeader(header)?.frameBytes ?? 0;
  const one = bytesOf(
    ...[24, 16, 8, 0].map((shift) => (header >>> shift) & 0xff),
    new Uint8Array(length - 4),
  );
  return bytesOf(...Array.from({ length: count }, () => one));
};
const infoFrames = bytesOf(
  ...Array(5).fill(bytesOf("\xff\xfb\x90\xc4", new Uint8Array(17), "Info", new Uint8Array(392))),
);
const seconds = (count: number) => (count * 1152) / 44_100;
const zeros = (length: number) => new Uint8Array(length);
const join = async (...parts: (string | Uint8Array<ArrayBuffer>)[]) =>
  new Uint8Array(await new Blob(parts).arrayBuffer());
describe("MPEG audio", () => {
  it("MP1 is measured", async () => {
    expect(await probeBytes(frames(10, 0xffff90c4))).toMatchObject({
      codec: "MP1",
      durationSeconds: expect.closeTo((10 * 384) / 44_100),
    });
  });

  it.each([
    ["Info", "Info", 4 + 17],
    ["Xing", "Xing", 4 + 17],
    ["Xing after a CRC", "Xing", 6 + 17],
    ["VBRI", "VBRI", 4 + 32],
  ])(
    "MPEG audio whose %s header is wrong about its length is measured by its frames",
    async (_kind, tag, at) => {
      const first = frames(1);
      first.set(bytesOf(tag, 0, 0, 0, 3, 0, 2, 0, 0, 0x7f, 0, 0, 0, 0, 2, 0, 0), at);
      expect(await durationOf(bytesOf(first, frames(10)))).toBeCloseTo(seconds(10));
    },
  );

  it("an MP3 shorter than the delay that its encoder states holds no audio", async () => {
    const first = frames(1);
    first.set(bytesOf("Info", 0, 0, 0, 15, 0, 0, 0, 2), 4 + 17);
    first.set([0xff, 0xff, 0xff], 4 + 17 + 141);
    expect(await probeBytes(bytesOf(first, frames(2)))).toMatchObject({
      reason: "the recording contains no decodable audio",
    });
  });

  it("MPEG audio after padding, junk and a large cover is measured", async () => {
    expect(await durationOf(bytesOf(zeros(10_000), frames(10)))).toBeCloseTo(seconds(10));
    expect(await durationOf(bytesOf(randomBytes(200_000, 7), frames(10)))).toBeCloseTo(seconds(10));
    const id3 = bytesOf("ID3", 4, 0, 0, 2, 0, 0, 0);
    const cover = zeros(2 * 2 ** 21).fill(0xff);
    expect(await durationOf(await join(id3, cover, zeros(1000), frames(10)))).toBeCloseTo(seconds(10));
  });

  it("MPEG audio continues after junk and at other rates, and ends before tags", async () => {
    const id3 = bytesOf("ID3", 4, 0, 0, 0, 0, 0x40, 0, frames(19), zeros(8192 - 19 * 417));
    const id3v1 = bytesOf("TAG", zeros(125).fill(32));
    const ape = bytesOf("APETAGEX", zeros(24), "Cover", randomBytes(100_000, 3), "APETAGEX", zeros(24));
    const lyrics = bytesOf("LYRICSBEGIN", "la ".repeat(99), "000309LYRICS200");
    expect(await durationOf(bytesOf(frames(10), id3v1, id3, frames(10)))).toBeGreaterThanOrEqual(seconds(20));
    expect(await durationOf(bytesOf(frames(10), id3, frames(10)))).toBeCloseTo(seconds(20));
    expect(await durationOf(bytesOf(frames(10), randomBytes(50_000, 5), frames(10)))).toBeCloseTo(
      seconds(20),
    );
    expect(await durationOf(bytesOf(frames(10), ape, lyrics, id3v1))).toBeCloseTo(seconds(10));
    const slower = frames(10, 0xfffb94c4);
    expect(await durationOf(bytesOf(frames(10), slower))).toBeCloseTo(seconds(10) + 10 * (1152 / 48_000));
  });

  it("random bytes after MPEG audio add nothing to it", async () => {
    expect(await durationOf(await join(frames(10), randomBytes(5 * 2 ** 20, 99)))).toBeCloseTo(seconds(10));
  });

  it("MPEG audio whose last frame is truncated holds the complete frames", async () => {
    expect(await durationOf(frames(10).slice(0, -1))).toBeCloseTo(seconds(9));
  });

  it("neither MPEG audio nor ADTS is found in random bytes", async () => {
    for (let seed = 0; seed < 20; seed++) {
      expect(await probeBytes(randomBytes(300_000, seed))).toMatchObject({ kind: "unsupported" });
    }
  });

  it("MPEG frames in short runs, as in another container, are unsupported", async () => {
    const packet = bytesOf(0, 0, 2, 0xba, zeros(30), frames(5), zeros(200));
    const bytes = await join(...Array.from({ length: 50 }, () => packet));
    expect(await probeBytes(bytes)).toMatchObject({ kind: "unsupported" });
  });

  it.each([
    ["zeros", zeros(1e6)],
    ["0xff", zeros(1e6).fill(0xff)],
    ["text", bytesOf("So much text that no one reads it. ".repeat(5000))],
    ["an HTML page", bytesOf("<!doctype html><title>Ünïcödé ÿûÿû</title>".repeat(2000))],
    ["the end of a JPEG", bytesOf(0xe0, 0, 16, "JFIF", 0, randomBytes(200_000, 1), 0xff, 0xd9)],
    ["the end of a PDF", bytesOf("\n%\xff\xfb\x90\x64\n", randomBytes(200_000, 2), "%%EOF")],
    ["sync codes", bytesOf("\xff\xfb".repeat(100_000))],
    ["headers without frames", bytesOf("\xff\xfb\x90\xc4".repeat(50_000))],
    ["one frame", bytesOf(frames(1), zeros(5000))],
    ["two frames before junk", bytesOf(frames(2), zeros(5000))],
    [
      "frames whose headers differ",
      bytesOf(frames(1), frames(1, 0xfffb94c4), frames(1, 0xfffd90c4), zeros(5000)),
    ],
    ["frames after too much junk", bytesOf(zeros(300_000), frames(10))],
    ["free-format frames", bytesOf(...Array(99).fill(bytesOf(0xff, 0xfb, 0, 0xc4, zeros(413))))],
    ["Info headers only", infoFrames],
    ["three bytes", bytesOf(0xff, 0xfb, 0x90)],
  ])("MPEG audio is not found in %s", async (_kind, bytes) => {
    expect(await probeBytes(bytes)).toMatchObject({ kind: "unsupported" });
  });
});
