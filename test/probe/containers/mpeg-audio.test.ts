import { describe, expect, it } from "vitest";
import { mpegFrame } from "../../../src/probe/codecs/mpeg-frame.ts";
import { bytesOf, decodedSeconds, inspectBytes, record, recordPiped } from "../recordings.ts";

const MPEG = { kind: "audio", container: "MPEG", contentType: "audio/mpeg" };

/** Frames of zeros after their header, which decode to silence. MPEG 1 layer III, 128 kbit/s, 44.1 kHz, unless told. */
const frames = (count: number, header = 0xfffb90c4) => {
  const length = mpegFrame(header)?.length ?? 0;
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
const durationOf = async (bytes: Uint8Array<ArrayBuffer>) => {
  const found = await inspectBytes(bytes);
  return found.kind === "audio" ? found.durationSeconds : found.reason;
};
/** Random bytes, the same for the same seed. */
const random = (length: number, seed: number) => {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed + 1;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
};

describe("MPEG audio", () => {
  it.each([
    ["MP3, 44.1 kHz", "mp3", "MP3", []],
    ["MP3, stereo, 320 kbit/s", "mp3", "MP3", ["-ac", "2", "-b:a", "320k"]],
    ["MP3 with a variable bitrate", "mp3", "MP3", ["-q:a", "6"]],
    ["MP3 with an average bitrate", "mp3", "MP3", ["-abr", "1", "-b:a", "90k"]],
    ["MP3, 32 kHz", "mp3", "MP3", ["-ar", "32000"]],
    ["MP3, MPEG 2", "mp3", "MP3", ["-ar", "22050"]],
    ["MP3, MPEG 2.5", "mp3", "MP3", ["-ar", "8000", "-b:a", "8k"]],
    ["MP3 without a Xing header or tag", "mp3", "MP3", ["-write_xing", "0", "-id3v2_version", "0"]],
    ["MP3 with tags at both ends", "mp3", "MP3", ["-write_id3v1", "1", "-metadata", "title=A title"]],
    ["MP2", "mp2", "MP2", ["-ac", "2"]],
    ["MP2, MPEG 2", "mp2", "MP2", ["-ar", "16000", "-b:a", "32k"]],
  ])("of %s is measured as ffmpeg decodes it", async (_kind, extension, codec, args) => {
    const bytes = record(extension, 7.65, ...args);
    const found = await inspectBytes(bytes);
    expect(found).toMatchObject({ ...MPEG, codec });
    expect(found).toHaveProperty("durationSeconds", expect.closeTo(decodedSeconds(bytes), 2));
  });

  it("written to a pipe is measured", async () => {
    const bytes = recordPiped(7.65, "-f", "mp3");
    expect(await durationOf(bytes)).toBeCloseTo(decodedSeconds(bytes), 1);
  });

  it("that is cut off holds the frames that are whole", async () => {
    const bytes = record("mp3", 7.65, "-ar", "8000");
    const cut = bytes.slice(0, bytes.length / 2 - 50);
    const withRest = decodedSeconds(cut);
    expect(withRest - Number(await durationOf(cut))).toBeGreaterThanOrEqual(-0.001);
    expect(withRest - Number(await durationOf(cut))).toBeLessThan(0.1);
    expect(await durationOf(frames(10).slice(0, -1))).toBeCloseTo(seconds(9));
  });

  it("of layer I is measured", async () => {
    expect(await inspectBytes(frames(10, 0xffff90c4))).toMatchObject({
      codec: "MP1",
      durationSeconds: expect.closeTo((10 * 384) / 44_100),
    });
  });

  it.each([
    ["Info", "Info", 4 + 17],
    ["Xing", "Xing", 4 + 17],
    ["Xing after a CRC", "Xing", 6 + 17],
    ["VBRI", "VBRI", 4 + 32],
  ])("with an %s header that promises an hour holds what is there", async (_kind, tag, at) => {
    const first = frames(1);
    first.set(bytesOf(tag, 0, 0, 0, 3, 0, 2, 0, 0, 0x7f, 0, 0, 0, 0, 2, 0, 0), at);
    expect(await durationOf(bytesOf(first, frames(10)))).toBeCloseTo(seconds(10));
  });

  it("isn't shortened to less than nothing by its encoder's delays", async () => {
    const first = frames(1);
    first.set(bytesOf("Info", 0, 0, 0, 15, 0, 0, 0, 2), 4 + 17);
    first.set([0xff, 0xff, 0xff], 4 + 17 + 141);
    expect(await inspectBytes(bytesOf(first, frames(2)))).toMatchObject({ reason: "holds no audio" });
  });

  it("after padding, junk and a large cover is measured", async () => {
    expect(await durationOf(bytesOf(zeros(10_000), frames(10)))).toBeCloseTo(seconds(10));
    expect(await durationOf(bytesOf(random(200_000, 7), frames(10)))).toBeCloseTo(seconds(10));
    const id3 = bytesOf("ID3", 4, 0, 0, 2, 0, 0, 0);
    const cover = zeros(2 * 2 ** 21).fill(0xff);
    expect(await durationOf(await join(id3, cover, zeros(1000), frames(10)))).toBeCloseTo(seconds(10));
  });

  it("goes on after junk and at other rates, and ends before tags", async () => {
    const id3 = bytesOf("ID3", 4, 0, 0, 0, 0, 0x40, 0, frames(19), zeros(8192 - 19 * 417));
    const id3v1 = bytesOf("TAG", zeros(125).fill(32));
    const ape = bytesOf("APETAGEX", zeros(24), "Cover", random(100_000, 3), "APETAGEX", zeros(24));
    const lyrics = bytesOf("LYRICSBEGIN", "la ".repeat(99), "000309LYRICS200");
    expect(await durationOf(bytesOf(frames(10), id3v1, id3, frames(10)))).toBeGreaterThanOrEqual(seconds(20));
    expect(await durationOf(bytesOf(frames(10), id3, frames(10)))).toBeCloseTo(seconds(20));
    expect(await durationOf(bytesOf(frames(10), random(50_000, 5), frames(10)))).toBeCloseTo(seconds(20));
    expect(await durationOf(bytesOf(frames(10), ape, lyrics, id3v1))).toBeCloseTo(seconds(10));
    const slower = frames(10, 0xfffb94c4);
    expect(await durationOf(bytesOf(frames(10), slower))).toBeCloseTo(seconds(10) + 10 * (1152 / 48_000));
  });

  it("isn't heard in random bytes", async () => {
    for (let seed = 0; seed < 300; seed++) {
      expect(await inspectBytes(random(300_000, seed))).toMatchObject({ kind: "unreadable" });
    }
    expect(await inspectBytes(random(20 * 2 ** 20, 4711))).toMatchObject({ kind: "unreadable" });
  });

  it("doesn't grow by the random bytes behind it", async () => {
    expect(await durationOf(await join(frames(10), random(5 * 2 ** 20, 99)))).toBeCloseTo(seconds(10));
  });

  it("isn't found in another container's few frames at a time", async () => {
    const packet = bytesOf(0, 0, 1, 0xba, zeros(30), frames(5), zeros(200));
    const bytes = await join(...Array.from({ length: 50 }, () => packet));
    expect(await inspectBytes(bytes)).toMatchObject({ kind: "unreadable" });
  });

  it.each([
    ["zeros", zeros(1e6)],
    ["0xff", zeros(1e6).fill(0xff)],
    ["text", bytesOf("So much text that no one reads it. ".repeat(5000))],
    ["a page", bytesOf("<!doctype html><title>Ünïcödé ÿûÿû</title>".repeat(2000))],
    ["a picture", bytesOf(0xff, 0xd8, 0xff, 0xe0, 0, 16, "JFIF", 0, random(200_000, 1), 0xff, 0xd9)],
    ["a document", bytesOf("%PDF-1.7\n%\xff\xfb\x90\x64\n", random(200_000, 2), "%%EOF")],
    ["sync codes", bytesOf("\xff\xfb".repeat(100_000))],
    ["headers without frames", bytesOf("\xff\xfb\x90\xc4".repeat(50_000))],
    ["one frame", bytesOf(frames(1), zeros(5000))],
    ["two frames before junk", bytesOf(frames(2), zeros(5000))],
    [
      "frames that don't agree",
      bytesOf(frames(1), frames(1, 0xfffb94c4), frames(1, 0xfffd90c4), zeros(5000)),
    ],
    ["frames after too much junk", bytesOf(zeros(300_000), frames(10))],
    ["frames of the free format", bytesOf(...Array(99).fill(bytesOf(0xff, 0xfb, 0, 0xc4, zeros(413))))],
    ["nothing but Info headers", infoFrames],
    ["few bytes", bytesOf(0xff, 0xfb, 0x90)],
  ])("isn't heard in %s", async (_kind, bytes) => {
    expect(await inspectBytes(bytes)).toMatchObject({ kind: "unreadable" });
  });
});

describe("an MPEG frame", () => {
  it.each([
    ["MPEG 1 layer III, padded", 0xfffb9264, 418, 1152, 44_100],
    ["MPEG 1 layer II", 0xfffda404, 576, 1152, 48_000],
    ["MPEG 1 layer I, padded", 0xffff9204, 316, 384, 44_100],
    ["MPEG 2 layer III", 0xfff38064, 208, 576, 22_050],
    ["MPEG 2 layer II", 0xfff58404, 384, 1152, 24_000],
    ["MPEG 2 layer I", 0xfff78804, 384, 384, 16_000],
    ["MPEG 2.5 layer III", 0xffe318c4, 72, 576, 8000],
    ["the free format", 0xfffb0064, 0, 1152, 44_100],
  ])("of %s tells its length, samples and rate", (_kind, header, length, samples, sampleRate) => {
    expect(mpegFrame(header)).toMatchObject({ length, samples, sampleRate });
  });

  it.each([
    ["no sync", 0xffdb9064],
    ["a reserved version", 0xffeb9064],
    ["a reserved layer", 0xfff99064],
    ["an invalid bitrate", 0xfffbf064],
    ["a reserved rate", 0xfffb9c64],
    ["a reserved emphasis", 0xfffb9066],
  ])("with %s is none", (_flaw, header) => {
    expect(mpegFrame(header)).toBeNull();
  });
});
