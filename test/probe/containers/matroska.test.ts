import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytesOf, decodedSeconds, inspectBytes, record, recordPiped, u32, u64 } from "../recordings.ts";

const WEBM = { kind: "audio", container: "WebM", contentType: "audio/webm" };
const MATROSKA = { kind: "audio", container: "Matroska", contentType: "audio/matroska" };

type Content = string | number | Uint8Array;
const joined = (...parts: Content[]) =>
  new Uint8Array(Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : bytesOf(part)))));
const idOf = (id: number) => u32(id).slice(Math.clz32(id) >> 3);
/** An element whose size is written in eight bytes. */
const element = (id: number, ...content: Content[]) => {
  const bytes = joined(...content);
  return joined(idOf(id), 1, u64(bytes.length).slice(1), bytes);
};
const UNKNOWN = Number.POSITIVE_INFINITY;
const claiming = (id: number, size: number, ...content: Content[]) =>
  joined(idOf(id), 1, size === UNKNOWN ? new Uint8Array(7).fill(255) : u64(size).slice(1), ...content);

const ebml = (docType: string) => element(0x1a45dfa3, element(0x4286, 1), element(0x4282, docType));
const segment = (...content: Content[]) => joined(ebml("webm"), element(0x18538067, ...content));
const cluster = (...content: Content[]) => element(0x1f43b675, element(0xe7, 0), ...content);
const trackEntry = (codec: string, { number = 1, type = 2, more = new Uint8Array() } = {}) =>
  element(0xae, element(0xd7, number), element(0x83, type), element(0x86, codec), more);
const tracks = (...entries: Content[]) => element(0x1654ae6b, ...entries);
const opusTracks = tracks(trackEntry("A_OPUS"));
const void_ = (length: number) => element(0xec, new Uint8Array(length));

const float64 = (value: number) => new Uint8Array(new Float64Array([value]).buffer).reverse();
const sound = ({ rate = 8000, channels = 1, bits = 16 } = {}) =>
  element(0xe1, element(0xb5, float64(rate)), element(0x9f, channels), element(0x6264, bits));
const stripping = (stripped: Uint8Array, algorithm = 3) =>
  element(0x6d80, element(0x6240, element(0x5034, element(0x4254, algorithm), element(0x4255, stripped))));

const OPUS_20_MS = bytesOf(31 * 8, 0, 0);
const [XIPH, FIXED, EBML] = [2, 4, 6];
const block = (flags: number, ...content: Content[]) => joined(0x81, 0, 0, flags, ...content);
const simpleBlock = (flags = 0, ...content: Content[]) => element(0xa3, block(flags, ...content));
const tenBlocks = joined(...new Array<Uint8Array>(10).fill(simpleBlock(0, OPUS_20_MS)));
const seconds = (durationSeconds: number) => ({
  kind: "audio",
  durationSeconds: expect.closeTo(durationSeconds, 6),
});

describe("a recording of Chromium's MediaRecorder", () => {
  const bytes = new Uint8Array(readFileSync(join(import.meta.dirname, "../../fixtures/mediarecorder.webm")));

  it("is measured as ffmpeg decodes it", async () => {
    const found = await inspectBytes(bytes);
    expect(found).toMatchObject({ ...WEBM, codec: "Opus" });
    expect(found).toHaveProperty("durationSeconds", expect.closeTo(decodedSeconds(bytes), 3));
  });

  it("that was cut off holds what is there", async () => {
    const half = bytes.slice(0, bytes.length / 2);
    const found = await inspectBytes(half);
    expect(found).toHaveProperty("durationSeconds", expect.closeTo(decodedSeconds(half), 1));
  });
});

describe("a WebM or Matroska", () => {
  it.each([
    ["webm", "Opus", ["-c:a", "libopus"]],
    ["webm", "Opus", ["-c:a", "libopus", "-b:a", "6k", "-frame_duration", "60"]],
    ["webm", "Opus", ["-c:a", "libopus", "-f", "webm", "-live", "1"]],
    ["webm", "Opus", ["-c:a", "libopus", "-cluster_time_limit", "100", "-cues_to_front", "1"]],
    ["webm", "Vorbis", ["-c:a", "libvorbis"]],
    ["webm", "Vorbis", ["-c:a", "libvorbis", "-ac", "2", "-ar", "8000"]],
    ["mka", "AAC", ["-c:a", "aac"]],
    ["mka", "AAC", ["-c:a", "aac", "-ar", "8000"]],
    ["mka", "MP3", ["-c:a", "libmp3lame"]],
    ["mka", "MP3", ["-c:a", "libmp3lame", "-ar", "8000"]],
    ["mka", "MP2", ["-c:a", "mp2"]],
    ["mka", "FLAC", ["-c:a", "flac"]],
    ["mka", "PCM", ["-c:a", "pcm_s16le"]],
    ["mka", "PCM", ["-c:a", "pcm_s24be", "-ac", "2"]],
    ["mka", "IEEE float", ["-c:a", "pcm_f64le"]],
    ["mka", "AC-3", ["-c:a", "ac3"]],
    ["mka", "E-AC-3", ["-c:a", "eac3"]],
    ["mka", "ALAC", ["-c:a", "alac"]],
  ])("(.%s) of %s is measured as ffmpeg decodes it: %j", async (extension, codec, args) => {
    const bytes = record(extension, 7.89, ...args);
    const found = await inspectBytes(bytes);
    expect(found).toMatchObject({ ...(extension === "webm" ? WEBM : MATROSKA), codec });
    expect(found).toHaveProperty("durationSeconds", expect.closeTo(decodedSeconds(bytes), 1));
  });

  it.each([
    ["webm", "libopus"],
    ["webm", "libvorbis"],
    ["matroska", "flac"],
    ["matroska", "aac"],
  ])("(-f %s) of %s written to a pipe is measured", async (format, codec) => {
    const found = await inspectBytes(recordPiped(5, "-c:a", codec, "-f", format));
    expect(found).toMatchObject({ kind: "audio", durationSeconds: expect.closeTo(5, 1) });
  });

  it("with video has its audio measured, and two joined ones both", async () => {
    const video = ["-f", "lavfi", "-i", "testsrc=d=3:s=64x64", "-c:v", "libvpx", "-c:a", "libopus"];
    const bytes = record("webm", 3, ...video);
    expect(await inspectBytes(bytes)).toMatchObject({ ...WEBM, durationSeconds: expect.closeTo(3, 1) });
    const both = await inspectBytes(joined(bytes, bytes));
    expect(both).toMatchObject({ durationSeconds: expect.closeTo(6, 1) });
  });

  it("whose cover and tags are large is measured", async () => {
    const attachments = element(0x1941a469, new Uint8Array(3_000_000).fill(0xa3));
    const tags = element(0x1254c367, new Uint8Array(300_000).fill(0xa3));
    const bytes = segment(void_(100_000), opusTracks, attachments, tags, cluster(tenBlocks), tags);
    expect(await inspectBytes(bytes)).toMatchObject(seconds(0.2));
  });

  it("of Vorbis with a cover in its codec's comments is measured", async () => {
    const bytes = Buffer.from(record("mka", 2, "-c:a", "libvorbis"));
    const at = bytes.indexOf("\x03vorbis", 0, "latin1");
    const before = bytes.lastIndexOf(Buffer.from([0x63, 0xa2]), at);
    const sizeBytes = Math.clz32(bytes[before + 2] ?? 0) - 23;
    const claimed = bytes.readUIntBE(before + 2, sizeBytes) - 2 ** (7 * sizeBytes);
    const start = before + 2 + sizeBytes;
    const commentBytes = bytes.indexOf("\x05vorbis", at, "latin1") - at;
    const cover = new Uint8Array(2_550_000);
    const content = joined(
      ...[2, 30, new Uint8Array(Math.floor((cover.length + commentBytes) / 255)).fill(255)],
      ...[(cover.length + commentBytes) % 255, bytes.subarray(at - 30, at + commentBytes), cover],
      bytes.subarray(at + commentBytes, start + claimed),
    );
    const longer = joined(
      ebml("matroska"),
      claiming(0x18538067, UNKNOWN, tracks(trackEntry("A_VORBIS", { more: element(0x63a2, content) }))),
      bytes.subarray(bytes.indexOf(Buffer.from([0x1f, 0x43, 0xb6, 0x75]), start + claimed)),
    );
    expect(await inspectBytes(longer)).toMatchObject({
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
    ["an empty block", joined(element(0xa3), simpleBlock(0, OPUS_20_MS)), 1],
    ["a block without a frame", joined(simpleBlock(), simpleBlock(0, OPUS_20_MS)), 1],
    ["lacing of more than there is", joined(simpleBlock(XIPH, 255, 1), simpleBlock(EBML, 9, 0xff)), 0],
    ["lacing of nothing", simpleBlock(FIXED, 255), 0],
    [
      "another track's block",
      joined(element(0xa3, 0x82, 0, 0, 0, OPUS_20_MS), simpleBlock(0, OPUS_20_MS)),
      1,
    ],
  ])("with %s has its frames counted", async (_kind, blocks, frames) => {
    const found = await inspectBytes(segment(opusTracks, cluster(blocks, tenBlocks)));
    expect(found).toMatchObject(seconds(0.2 + frames * 0.02));
  });

  it("of frames whose first bytes were stripped is measured", async () => {
    const stripped = stripping(bytesOf(31 * 8 + 3, 0x83));
    const opus = tracks(trackEntry("A_OPUS", { more: stripped }));
    const blocks = cluster(simpleBlock(0, 1, 2, 3), simpleBlock(FIXED, 1, 1, 2), simpleBlock(FIXED, 99));
    expect(await inspectBytes(segment(opus, blocks))).toMatchObject(seconds(0.18));
  });

  it("has only the first of its audio tracks counted, whose description comes after a video's", async () => {
    const described = tracks(
      trackEntry("V_VP8", { number: 3, type: 1 }),
      trackEntry("A_OPUS"),
      trackEntry("A_PCM/INT/LIT", { number: 2, more: sound() }),
    );
    const second = element(0xa3, 0x82, 0, 0, 0, new Uint8Array(16_000));
    const found = await inspectBytes(segment(described, cluster(tenBlocks, second, tenBlocks)));
    expect(found).toMatchObject({ ...seconds(0.4), codec: "Opus" });
  });

  it("isn't longer for its Duration or its timestamps", async () => {
    const info = element(0x1549a966, element(0x4489, float64(3_600_000)));
    const late = element(0x1f43b675, element(0xe7, u32(3_600_000)), tenBlocks);
    const group = element(0xa0, element(0xa1, block(0, OPUS_20_MS)), element(0x9b, u32(3_600_000)));
    const bytes = segment(info, opusTracks, cluster(tenBlocks), late, cluster(group));
    expect(await inspectBytes(bytes)).toMatchObject(seconds(0.42));
  });

  it("loses its codec's delay, a second at most, and the padding of a block, that block at most", async () => {
    const delayed = (nanoseconds: number) =>
      tracks(trackEntry("A_OPUS", { more: element(0x56aa, u64(nanoseconds)) }));
    expect(await inspectBytes(segment(delayed(6_500_000), cluster(tenBlocks)))).toMatchObject(
      seconds(0.1935),
    );
    const long = cluster(...new Array<Uint8Array>(10).fill(tenBlocks));
    expect(await inspectBytes(segment(delayed(2 ** 60), long))).toMatchObject(seconds(1));
    const padded = (padding: Uint8Array) =>
      segment(opusTracks, cluster(tenBlocks, element(0xa0, element(0xa1, block(0, OPUS_20_MS)), padding)));
    const padding = (nanoseconds: Uint8Array) => element(0x75a2, nanoseconds);
    expect(await inspectBytes(padded(padding(u32(5_000_000))))).toMatchObject(seconds(0.215));
    expect(await inspectBytes(padded(padding(u64(2 ** 60))))).toMatchObject(seconds(0.2));
    expect(await inspectBytes(padded(padding(new Uint8Array(8).fill(255))))).toMatchObject(seconds(0.22));
    const twice = joined(padding(u32(2 ** 31 - 1)), padding(u32(2 ** 31 - 1)));
    expect(await inspectBytes(padded(twice))).toMatchObject(seconds(0.2));
  });

  it("whose clusters have unknown sizes, or wrong ones, is measured", async () => {
    const open = (size: number) => claiming(0x1f43b675, size, element(0xe7, 0), tenBlocks);
    for (const size of [UNKNOWN, 2 ** 55, 0]) {
      const bytes = joined(ebml("webm"), claiming(0x18538067, size, opusTracks, open(size), open(size)));
      expect(await inspectBytes(bytes)).toMatchObject({ ...WEBM, ...seconds(0.4) });
    }
  });

  it("ends where an element makes no sense or is cut off", async () => {
    for (const end of [
      new Uint8Array(500),
      claiming(0xa3, UNKNOWN, tenBlocks),
      claiming(0xec, 2 ** 55, tenBlocks),
      claiming(0xa3, 5000, block(0, OPUS_20_MS)),
      bytesOf(0xa3, 0, tenBlocks),
      bytesOf(0xa3),
      bytesOf(0x1f, 0x43),
    ]) {
      expect(await inspectBytes(segment(opusTracks, cluster(tenBlocks), end))).toMatchObject(seconds(0.2));
    }
  });

  it("of PCM is as long as its bytes", async () => {
    const pcm = tracks(trackEntry("A_PCM/INT/LIT", { more: sound({ channels: 2 }) }));
    const found = await inspectBytes(segment(pcm, cluster(simpleBlock(0, new Uint8Array(32_000)))));
    expect(found).toMatchObject(seconds(1));
  });

  it.each(["matroska", "matroska\0\0", ""])("of DocType %j is Matroska", async (docType) => {
    const header = docType === "" ? element(0x1a45dfa3) : ebml(docType.slice(0, 8));
    const bytes = joined(header, element(0x18538067, opusTracks, cluster(tenBlocks)));
    expect(await inspectBytes(bytes)).toMatchObject(MATROSKA);
  });

  it("of video alone has no audio track", async () => {
    const video = tracks(trackEntry("V_VP8", { type: 1 }));
    for (const bytes of [
      segment(video, cluster(tenBlocks)),
      segment(video),
      segment(cluster(tenBlocks)),
      segment(),
    ]) {
      expect(await inspectBytes(bytes)).toEqual({ kind: "unreadable", reason: "has no audio track" });
    }
  });

  const pcm = (format: Parameters<typeof sound>[0]) =>
    tracks(trackEntry("A_PCM/INT/LIT", { more: sound(format) }));
  const configured = (codec: string, config: Uint8Array) =>
    tracks(trackEntry(codec, { more: element(0x63a2, config) }));
  const alacCookie = (samples: number, rate: number) => bytesOf(u32(samples), new Uint8Array(16), u32(rate));

  it.each([
    ["a codec not known", tracks(trackEntry("A_DTS"))],
    ["a codec with an odd name", tracks(trackEntry("constructor"))],
    ["one sample a second", pcm({ rate: 1 })],
    ["no number for its rate", pcm({ rate: Number.NaN })],
    ["no channel", pcm({ channels: 0 })],
    ["no bits", pcm({ bits: 0 })],
    ["AAC at a rate of 1", configured("A_AAC", bytesOf(0x17, 0x80, 0x00, 0x00, 0x88))],
    ["AAC of another kind", configured("A_AAC", bytesOf(0xf9, 0x48, 0x60))],
    ["ALAC frames of 2^32 samples", configured("A_ALAC", alacCookie(2 ** 32 - 1, 8000))],
    ["ALAC at a rate of 1", configured("A_ALAC", alacCookie(4096, 1))],
    ["no Vorbis headers", configured("A_VORBIS", new Uint8Array(600).fill(255))],
    ["Vorbis headers cut off", configured("A_VORBIS", bytesOf(2))],
    ["no Vorbis configuration", tracks(trackEntry("A_VORBIS"))],
    ["MPEG frames that are none", tracks(trackEntry("A_MPEG/L3"))],
    ["AC-3 frames that are none", tracks(trackEntry("A_AC3"))],
    ["FLAC frames that are none", tracks(trackEntry("A_FLAC"))],
    ["zlib compression", tracks(trackEntry("A_OPUS", { more: stripping(bytesOf(1), 0) }))],
    [
      "more stripped from each frame than it has",
      tracks(trackEntry("A_OPUS", { more: stripping(new Uint8Array(60)) })),
    ],
    [
      "two encodings",
      tracks(trackEntry("A_OPUS", { more: joined(stripping(bytesOf(1)), stripping(bytesOf(1))) })),
    ],
    ["encryption", tracks(trackEntry("A_OPUS", { more: element(0x6240, element(0x5033, 1)) }))],
  ])("with %s is unreadable", async (_flaw, description) => {
    const bytes = segment(description, cluster(simpleBlock(0, new Uint8Array(40)), simpleBlock(0, 1)));
    expect(await inspectBytes(bytes)).toMatchObject({ kind: "unreadable" });
  });

  it("with stripped bytes that belong to no encoding is measured", async () => {
    const stray = tracks(trackEntry("A_OPUS", { more: element(0x4255, new Uint8Array(60)) }));
    expect(await inspectBytes(segment(stray, cluster(tenBlocks)))).toMatchObject(seconds(0.2));
  });

  it.each([
    ["elements", joined(opusTracks, cluster()), bytesOf(0xec, 0x80)],
    ["laced frames", joined(opusTracks, cluster()), bytesOf(0xa3, 0x85, 0x81, 0, 0, FIXED, 255)],
    ["tracks", new Uint8Array(), bytesOf(0xae, 0x80)],
  ])("with millions of empty %s takes too many steps", async (_kind, start, unit) => {
    const many = Buffer.alloc(7_000_000, unit);
    expect(await inspectBytes(joined(ebml("webm"), claiming(0x18538067, UNKNOWN, start, many)))).toEqual({
      kind: "unreadable",
      reason: "takes too many steps to measure",
    });
  });
});
