// Ogg files built page by page.
import { describe, expect, it } from "vitest";
import { bytesOf, u16le, u32le, u64le } from "../../../bench/hostile-recordings/bytes.ts";
import { OGG_FLAC, OGG_VORBIS } from "../../../scripts/recording-fixtures/encodings/ogg.ts";
import { readFixture } from "../fixture-recordings.ts";
import { probeBytes } from "../memory-source.ts";

const OGG = { kind: "audio", container: "Ogg", contentType: "audio/ogg" };

const [CONTINUED, FIRST, LAST] = [1, 2, 4];
const NO_GRANULE = 2 ** 64 - 2 ** 11;

/** A page with segments of these sizes. */
const page = (sizes: number[], { flags = 0, granule = NO_GRANULE, serial = 1, fill = 0 } = {}) =>
  bytesOf(
    ...["OggS", 0, flags, u64le(granule), u32le(serial), u32le(0), u32le(0), sizes.length],
    new Uint8Array(sizes),
    new Uint8Array(sizes.reduce((sum, size) => sum + size, 0)).fill(fill),
  );
/** The pages that `packet` takes up. */
function pagesOf(packet: Uint8Array, { flags = 0, serial = 1 } = {}): Uint8Array {
  const sizes = [...new Array<number>(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
  const pages: Uint8Array[] = [];
  for (let at = 0; at < sizes.length; at += 255) {
    const header = page([], { flags: at > 0 ? flags | CONTINUED : flags, serial }).slice(0, 26);
    const segments = sizes.slice(at, at + 255);
    const body = packet.subarray(at * 255, at * 255 + segments.reduce((sum, size) => sum + size, 0));
    pages.push(bytesOf(header, segments.length, new Uint8Array(segments)), body);
  }
  return Buffer.concat(pages);
}
const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

const opusHead = (preSkip = 0) => bytesOf("OpusHead", 1, 1, u16le(preSkip), u32le(48_000), u16le(0), 0);
const opusStart = ({ preSkip = 0, serial = 1, tags = bytesOf("OpusTags") } = {}) =>
  joined(pagesOf(opusHead(preSkip), { flags: FIRST, serial }), pagesOf(tags, { serial }));
/** Ten packets of 20 ms. */
const TEN_OF_OPUS = new Array<number>(10).fill(3);
const CELT_20_MS = 31 * 8;
const opusPage = (options: Parameters<typeof page>[1] = {}) =>
  page(TEN_OF_OPUS, { fill: CELT_20_MS, ...options });
const seconds = (durationSeconds: number) => ({
  ...OGG,
  durationSeconds: expect.closeTo(durationSeconds, 9),
});

/** Splits a recording where its pages begin. */
function pagesIn(bytes: Uint8Array): Uint8Array[] {
  const buffer = Buffer.from(bytes);
  const starts: number[] = [];
  for (let at = 0; at >= 0; at = buffer.indexOf("OggS", at + 1)) starts.push(at);
  return starts.map((start, index) => bytes.subarray(start, starts[index + 1]));
}

describe("Ogg", () => {
  it("Ogg Speex is measured by its frames, of which a packet has ten at most", async () => {
    const head = (framesPerPacket: number) =>
      bytesOf(
        ...["Speex   ", new Uint8Array(20), u32le(1), u32le(80), u32le(16_000), u32le(1), u32le(4)],
        ...[u32le(1), u32le(0), u32le(0), u32le(0), u32le(framesPerPacket), new Uint8Array(12)],
      );
    const speex = (framesPerPacket: number, packetBytes: number) =>
      joined(pagesOf(head(framesPerPacket), { flags: FIRST }), page([8]), page([packetBytes, packetBytes]));
    expect(await probeBytes(speex(2, 60))).toMatchObject({ ...seconds(0.08), codec: "Speex" });
    expect(await probeBytes(speex(10, 1))).toMatchObject(seconds(0.04));
    expect(await probeBytes(speex(0xffff, 60))).toMatchObject({ kind: "unsupported" });
  });

  it("an Ogg file with a cover of 2 MB in its comments is measured", async () => {
    const tags = bytesOf("OpusTags", new Uint8Array(2_000_000).fill(0xfb));
    expect(await probeBytes(joined(opusStart({ tags }), opusPage()))).toMatchObject(seconds(0.2));
    const [first = tags, ...rest] = pagesIn(readFixture(OGG_FLAC));
    const picture = pagesOf(bytesOf(6, new Uint8Array(2_000_000)), {
      serial: new DataView(first.buffer).getUint32(14, true),
    });
    const result = await probeBytes(joined(first, picture, ...rest));
    expect(result).toMatchObject({ codec: "FLAC", durationSeconds: expect.closeTo(2, 2) });
  });

  it("a Vorbis setup header that spans several Ogg pages is read", async () => {
    const [first = new Uint8Array(), ...rest] = pagesIn(readFixture(OGG_VORBIS));
    const serial = new DataView(first.buffer).getUint32(14, true);
    const headers = rest[0] ?? first;
    const segments = headers.subarray(27, 27 + (headers[26] ?? 0));
    const commentsEnd = segments.findIndex((size) => size < 255) + 1;
    const commentBytes = segments.subarray(0, commentsEnd).reduce((sum, size) => sum + size, 0);
    const body = headers.subarray(27 + segments.length);
    const [comments, setup] = [body.subarray(0, commentBytes), body.subarray(commentBytes)];
    // The same two packets, on pages of eight segments.
    const sizes = [...segments.subarray(commentsEnd)];
    const setupPages = Array.from({ length: Math.ceil(sizes.length / 8) }, (_, index) => {
      const some = sizes.slice(index * 8, index * 8 + 8);
      const head = page(some, { flags: index > 0 ? CONTINUED : 0, serial }).slice(0, 27 + some.length);
      const start = index * 8 * 255;
      return joined(head, setup.subarray(start, start + some.reduce((sum, size) => sum + size, 0)));
    });
    expect(setupPages.length).toBeGreaterThan(1);
    const bytes = joined(first, pagesOf(comments, { serial }), ...setupPages, ...rest.slice(1));
    expect(await probeBytes(bytes)).toMatchObject({ durationSeconds: expect.closeTo(2, 2) });
  });

  it("Ogg FLAC has the rate of its frames, whatever its first packet states", async () => {
    const bytes = Buffer.from(readFixture(OGG_FLAC));
    const rateAt = bytes.indexOf("fLaC") + 8 + 10;
    // 20 bits: 8000 Hz, then 2000 Hz.
    expect(bytes.readUInt16BE(rateAt)).toBe(0x01f4);
    bytes.writeUInt16BE(0x007d, rateAt);
    const result = await probeBytes(new Uint8Array(bytes));
    expect(result).toMatchObject({ sampleRateHz: 8000, durationSeconds: expect.closeTo(2, 6) });
  });

  it("an Ogg file with pages of other streams in between is measured", async () => {
    const video = bytesOf("\x80theora", new Uint8Array(40));
    const other = page([255, 255, 7], { serial: 2, fill: CELT_20_MS });
    const bytes = joined(
      ...[pagesOf(video, { flags: FIRST, serial: 2 }), opusStart(), other, opusPage(), other, opusPage()],
    );
    expect(await probeBytes(bytes)).toMatchObject({ ...seconds(0.4), codec: "Opus" });
  });

  it("the first of two audio streams in an Ogg file counts, and those that are chained to it", async () => {
    const second = pagesOf(opusHead(), { flags: FIRST, serial: 2 });
    const both = joined(
      ...[pagesOf(opusHead(), { flags: FIRST }), second, page([8]), page([8], { serial: 2 })],
      ...[opusPage(), opusPage({ serial: 2 }), opusPage({ serial: 2 })],
    );
    expect(await probeBytes(both)).toMatchObject(seconds(0.2));
    const chained = joined(
      ...[opusStart(), opusPage({ flags: LAST }), opusStart({ serial: 2 }), opusPage({ serial: 2 })],
    );
    expect(await probeBytes(chained)).toMatchObject(seconds(0.4));
    const recording = readFixture(OGG_VORBIS);
    expect(await probeBytes(joined(recording, recording))).toMatchObject({
      durationSeconds: expect.closeTo(4, 2),
    });
  });

  it("an Ogg file continues after junk, unless that is longer than a page", async () => {
    const junk = bytesOf("OggOggO", new Uint8Array(60_000).fill(0x4f));
    const bytes = joined(opusStart(), opusPage(), junk, opusPage());
    expect(await probeBytes(bytes)).toMatchObject(seconds(0.4));
    const more = joined(opusStart(), opusPage(), junk, junk, opusPage());
    expect(await probeBytes(more)).toMatchObject(seconds(0.2));
  });

  it("an Ogg packet of which a part is lost does not count", async () => {
    const start = page([3, 255], { fill: CELT_20_MS });
    const rest = page([5, 3], { flags: CONTINUED, fill: CELT_20_MS });
    expect(await probeBytes(joined(opusStart(), start, rest))).toMatchObject(seconds(0.06));
    expect(await probeBytes(joined(opusStart(), start))).toMatchObject(seconds(0.02));
    expect(await probeBytes(joined(opusStart(), rest))).toMatchObject(seconds(0.02));
    expect(await probeBytes(joined(opusStart(), start, opusPage()))).toMatchObject(seconds(0.22));
  });

  it("an Ogg file is not longer for its granule positions", async () => {
    const pages = [{}, { granule: 2 ** 52 }, { granule: 2 ** 53, flags: LAST }].map(opusPage);
    expect(await probeBytes(joined(opusStart(), ...pages))).toMatchObject(seconds(0.6));
  });

  it("an Ogg file is trimmed by its pre-skip and, within its last page, by the last granule position", async () => {
    const ending = (granule: number) =>
      joined(opusPage({ granule: 9600 }), opusPage({ granule, flags: LAST }));
    expect(await probeBytes(joined(opusStart(), ending(9600 + 4800)))).toMatchObject(seconds(0.3));
    expect(await probeBytes(joined(opusStart(), ending(9600)))).toMatchObject(seconds(0.2));
    expect(await probeBytes(joined(opusStart(), ending(1)))).toMatchObject(seconds(0.4));
    const skipping = joined(opusStart({ preSkip: 480 }), ending(9600 + 4800));
    expect(await probeBytes(skipping)).toMatchObject(seconds(0.29));
  });

  it("an Ogg file of video only has no audio track", async () => {
    const bytes = pagesOf(bytesOf("\x80theora", new Uint8Array(40)), { flags: FIRST });
    expect(await probeBytes(joined(bytes, opusPage()))).toEqual({
      kind: "unsupported",
      reason: "the recording has no audio track",
      format: null,
    });
  });

  it.each([
    ["no packets", opusStart()],
    ["nothing after its first 30 bytes", opusStart().slice(0, 30)],
    ["empty packets", joined(opusStart(), page(new Array<number>(255).fill(0)))],
    ["a pre-skip longer than its audio", joined(opusStart({ preSkip: 0xffff }), opusPage())],
    ["a page without segments", joined(opusStart(), page([]))],
    ["a packet without an end", joined(opusStart(), page([255]), page([255], { flags: CONTINUED }))],
    [
      "four million empty packets",
      joined(opusStart(), ...new Array<Uint8Array>(16_000).fill(page(new Array<number>(255).fill(0)))),
    ],
    [
      "a Vorbis setup header of zeros",
      joined(
        pagesOf(bytesOf(1, "vorbis", u32le(0), 1, u32le(8000), new Uint8Array(12), 0xb8, 1), {
          flags: FIRST,
        }),
        page([8, 200, 9, 9]),
      ),
    ],
  ])("an Ogg file with %s is unsupported", async (_flaw, bytes) => {
    expect(await probeBytes(bytes)).toMatchObject({ kind: "unsupported" });
  });
});
