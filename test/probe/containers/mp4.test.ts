import { describe, expect, it } from "vitest";
import { bytesOf, decodedSeconds, inspectBytes, record, recordPiped, u16, u32, u64 } from "../recordings.ts";

const MP4 = { kind: "audio", container: "MPEG-4", contentType: "audio/mp4" };

const zeros = (length: number) => new Uint8Array(length);
const box = (type: string, ...content: Uint8Array[]) => {
  const payload = bytesOf(...content);
  return bytesOf(u32(8 + payload.length), type, payload);
};
const table = (type: string, entries: number, ...content: Uint8Array[]) =>
  box(type, u32(0), u32(entries), ...content);

/** AAC of one channel; `config` is its AudioSpecificConfig: by default LC of 16 kHz, 64 ms a frame. */
const aac = ({ config = bytesOf(0x14, 0x08), objectType = 0x40 } = {}) => {
  const specific = bytesOf(5, config.length, config);
  const decoder = bytesOf(4, 13 + specific.length, objectType, zeros(12), specific);
  return entryOf("mp4a", box("esds", u32(0), bytesOf(3, 3 + decoder.length, 0, 0, 0, decoder)));
};
const entryOf = (type: string, ...boxes: Uint8Array[]) => sound(type, { rate: 16000 }, ...boxes);
const sound = (type: string, { channels = 1, bits = 16, rate = 8000 }, ...boxes: Uint8Array[]) =>
  box(type, zeros(6), u16(1), zeros(8), u16(channels), u16(bits), u32(0), u16(rate), u16(0), ...boxes);

interface Track {
  entry?: Uint8Array;
  handler?: string;
  timescale?: number;
  tables?: Uint8Array[];
  edits?: Uint8Array;
}
const trak = ({
  entry = aac(),
  handler = "soun",
  timescale = 16000,
  tables = [],
  edits = zeros(0),
}: Track = {}) =>
  box(
    "trak",
    box("tkhd", zeros(12), u32(1), zeros(68)),
    edits,
    box(
      "mdia",
      box("mdhd", zeros(12), u32(timescale), zeros(8)),
      box("hdlr", zeros(8), bytesOf(handler), zeros(13)),
      box("minf", box("stbl", table("stsd", 1, entry), ...tables)),
    ),
  );
const moov = (...boxes: Uint8Array[]) => box("moov", box("mvhd", zeros(12), u32(1000), zeros(84)), ...boxes);
const FTYP = box("ftyp", bytesOf("M4A "), u32(0));
const stts = (samples: number, ticks: number) => table("stts", 1, u32(samples), u32(ticks));
const stsz = (alike: number, samples: number, ...sizes: number[]) =>
  box("stsz", u32(0), u32(alike), u32(samples), ...sizes.map(u32));
const mdat = (length: number) => box("mdat", zeros(length));
const movie = (track: Track, media = mdat(1000)) => bytesOf(FTYP, moov(trak(track)), media);
/** Ten frames of 100 bytes, 0.64 s. */
const TEN = [stts(10, 1024), stsz(100, 10)];

const TREX = box("mvex", box("trex", u32(0), u32(1), u32(1), u32(1024), u32(100), u32(0)));
const moof = (...runs: Uint8Array[]) => box("moof", box("traf", box("tfhd", u32(0), u32(1)), ...runs));
const fragmented = (...boxes: Uint8Array[]) => bytesOf(FTYP, moov(trak(), TREX), ...boxes);

const seconds = async (bytes: Uint8Array<ArrayBuffer>) => {
  const found = await inspectBytes(bytes);
  return found.kind === "audio" ? found.durationSeconds : 0;
};

describe("an MPEG-4 recording", () => {
  it.each([
    ["AAC", "m4a", "AAC", ["-c:a", "aac"]],
    ["AAC of 8 kHz", "m4a", "AAC", ["-c:a", "aac", "-ar", "16000"]],
    ["AAC of 96 kHz, six channels", "m4a", "AAC", ["-c:a", "aac", "-ar", "96000", "-ac", "6"]],
    ["AAC, its index first", "m4a", "AAC", ["-c:a", "aac", "-movflags", "faststart"]],
    ["AAC in 3GP", "3gp", "AAC", ["-c:a", "aac"]],
    ["AAC in QuickTime", "mov", "AAC", ["-c:a", "aac"]],
    ["ALAC", "m4a", "ALAC", ["-c:a", "alac"]],
    ["ALAC in QuickTime", "mov", "ALAC", ["-c:a", "alac", "-ar", "96000"]],
    ["Opus", "mp4", "Opus", ["-c:a", "libopus"]],
    ["Opus in packets of 120 ms", "mp4", "Opus", ["-c:a", "libopus", "-frame_duration", "120"]],
    ["Opus in packets of 2.5 ms", "mp4", "Opus", ["-c:a", "libopus", "-frame_duration", "2.5"]],
    ["MP3", "mp4", "MP3", ["-c:a", "libmp3lame"]],
    ["MP3 of 16 kHz", "mp4", "MP3", ["-c:a", "libmp3lame", "-ar", "16000"]],
    ["MP3 in QuickTime", "mov", "MP3", ["-c:a", "libmp3lame"]],
    ["FLAC", "mp4", "FLAC", ["-c:a", "flac", "-strict", "-2"]],
    ["AC-3", "mp4", "AC-3", ["-c:a", "ac3"]],
    ["E-AC-3", "mp4", "E-AC-3", ["-c:a", "eac3"]],
    ["16-bit PCM", "mov", "PCM", ["-c:a", "pcm_s16le", "-ac", "2"]],
    ["16-bit PCM of a high rate", "mov", "PCM", ["-c:a", "pcm_s16be", "-ar", "96000", "-ac", "2"]],
    ["24-bit PCM", "mov", "PCM", ["-c:a", "pcm_s24le"]],
    ["32-bit PCM", "mov", "PCM", ["-c:a", "pcm_s32be"]],
    ["8-bit PCM", "mov", "PCM", ["-c:a", "pcm_u8"]],
    ["32-bit float", "mov", "IEEE float", ["-c:a", "pcm_f32le"]],
    ["64-bit float", "mov", "IEEE float", ["-c:a", "pcm_f64be"]],
    ["µ-law", "mov", "µ-law", ["-c:a", "pcm_mulaw"]],
    ["A-law", "mov", "A-law", ["-c:a", "pcm_alaw"]],
    ["IMA ADPCM", "mov", "IMA ADPCM", ["-c:a", "adpcm_ima_qt", "-ac", "2"]],
    ["fragments", "mp4", "AAC", ["-movflags", "frag_keyframe+empty_moov"]],
    [
      "fragments of a second",
      "mp4",
      "AAC",
      ["-movflags", "frag_keyframe+empty_moov", "-frag_duration", "1000000"],
    ],
    ["fragments of one frame", "mp4", "AAC", ["-movflags", "frag_every_frame+empty_moov"]],
    ["fragments for DASH", "mp4", "AAC", ["-movflags", "dash", "-frag_duration", "1000000"]],
    [
      "fragments for CMAF, of Opus",
      "mp4",
      "Opus",
      ["-movflags", "cmaf", "-frag_duration", "1000000", "-c:a", "libopus"],
    ],
    ["fragments of PCM", "mov", "PCM", ["-movflags", "frag_keyframe+empty_moov", "-c:a", "pcm_s16le"]],
    [
      "samples in the index and fragments",
      "mp4",
      "AAC",
      ["-movflags", "frag_keyframe", "-frag_duration", "1000000"],
    ],
    ["fragments of Smooth Streaming", "ismv", "AAC", ["-c:a", "aac"]],
    ["AAC beside a film", "mp4", "AAC", ["-f", "lavfi", "-i", "testsrc=d=2.34:s=64x64:r=10"]],
    [
      "AAC beside a film, in fragments",
      "mp4",
      "AAC",
      [
        "-f",
        "lavfi",
        "-i",
        "testsrc=d=2.34:s=64x64:r=10",
        "-movflags",
        "frag_keyframe+empty_moov",
        "-g",
        "10",
      ],
    ],
  ])("of %s is measured as ffmpeg decodes it", async (_kind, extension, codec, args) => {
    const bytes = record(extension, 2.34, ...args);
    const found = await inspectBytes(bytes);
    expect(found).toMatchObject({ ...MP4, codec });
    // The last packet may be padded, by its codec's longest frame at most.
    expect(Math.abs((await seconds(bytes)) - decodedSeconds(bytes))).toBeLessThan(0.1);
  });

  it.each(["frag_keyframe+empty_moov", "frag_keyframe+delay_moov", "dash", "cmaf"])(
    "written to a pipe as %s is measured",
    async (flags) => {
      const bytes = recordPiped(
        2.34,
        "-f",
        "mp4",
        "-c:a",
        "aac",
        "-movflags",
        flags,
        "-frag_duration",
        "500000",
      );
      expect(await seconds(bytes)).toBeCloseTo(decodedSeconds(bytes), 1);
    },
  );

  it("of which a part was lost holds what is there", async () => {
    const film = ["-f", "lavfi", "-i", "testsrc=d=12:s=64x64:r=10"];
    for (const args of [
      ["-movflags", "faststart"],
      [...film, "-movflags", "faststart"],
      ["-movflags", "frag_keyframe+empty_moov", "-frag_duration", "500000"],
      ["-movflags", "faststart", "-c:a", "pcm_s16le", "-f", "mov"],
    ]) {
      const bytes = record("mp4", 12, ...args);
      const cut = bytes.slice(0, Math.floor(bytes.length * 0.6));
      expect(Math.abs((await seconds(cut)) - decodedSeconds(cut))).toBeLessThan(0.2);
    }
    const indexLast = record("m4a", 12);
    expect(await inspectBytes(indexLast.slice(0, indexLast.length * 0.6))).toMatchObject({
      kind: "unreadable",
    });
  });

  it("with a large cover is measured", async () => {
    const cover = box("udta", box("meta", u32(0), box("ilst", box("covr", zeros(2_000_000)))));
    expect(await seconds(bytesOf(FTYP, moov(cover, trak({ tables: TEN }), cover), cover, mdat(1000)))).toBe(
      0.64,
    );
    expect(await seconds(bytesOf(FTYP, cover, mdat(1000), moov(cover, trak({ tables: TEN }))))).toBe(0.64);
  });

  it("has boxes of 64 bits, of no size, and QuickTime's padding", async () => {
    const long = bytesOf(u32(1), "mdat", u64(1016), zeros(1000));
    expect(await seconds(movie({ tables: TEN }, long))).toBe(0.64);
    expect(await seconds(movie({ tables: TEN }, bytesOf(u32(0), "mdat", zeros(1000))))).toBe(0.64);
    const quickTime = bytesOf(box("wide"), mdat(1000), moov(zeros(8), trak({ tables: [zeros(8), ...TEN] })));
    expect(await seconds(quickTime)).toBe(0.64);
  });

  it("is as long as its bytes, whatever its tables say", async () => {
    const tables = (...sizes: Uint8Array[]) =>
      seconds(movie({ tables: [stts(2 ** 32 - 1, 2 ** 32 - 1), ...sizes] }));
    expect(await tables(stsz(100, 2 ** 32 - 1))).toBe(0.64);
    expect(await tables(stsz(100, 10))).toBe(0.64);
    expect(await tables(stsz(100, 2 ** 31), stsz(100, 2 ** 31), stsz(0, 2, 100, 100))).toBe(0.64);
    expect(await tables(stsz(0, 2 ** 32 - 1, ...Array<number>(50).fill(100)))).toBe(0.64);
    expect(await tables(stsz(0, 4, 0, 0, 3, 100))).toBe(0.064);
    expect(await tables(stsz(0, 2, 1009, 100))).toBe(0);
    expect(await tables(stsz(1, 1000), stsz(3, 1000), stsz(0, 0))).toBe(0);
  });

  it("has compact sizes", async () => {
    const stz2 = (bits: number, ...sizes: Uint8Array[]) => box("stz2", u32(0), u32(bits), u32(3), ...sizes);
    const tables = (sizes: Uint8Array) => seconds(movie({ tables: [stts(3, 1024), sizes] }));
    expect(await tables(stz2(16, u16(100), u16(0), u16(100)))).toBeCloseTo(0.128);
    expect(await tables(stz2(8, bytesOf(100, 0, 100)))).toBeCloseTo(0.128);
    expect(await tables(stz2(4, bytesOf(0xf0, 0xf0)))).toBeCloseTo(0.128);
  });

  it("is shorter by its last frame alone, whatever its times say", async () => {
    expect(
      await seconds(
        movie({ tables: [table("stts", 2, u32(9), u32(1024), u32(1), u32(512)), stsz(100, 10)] }),
      ),
    ).toBeCloseTo(0.608);
    expect(await seconds(movie({ tables: [stts(10, 1), stsz(100, 10)] }))).toBeCloseTo(0.576);
    expect(await seconds(movie({ tables: [stts(10, 0), stsz(100, 10)] }))).toBe(0.64);
    expect(await seconds(movie({ tables: TEN, timescale: 0 }))).toBe(0.64);
  });

  it("is what its edits leave, and no more", async () => {
    const cut = (...entries: [number, number][]) => {
      const parts = entries.map(([duration, start]) => bytesOf(u32(duration), u32(start), u32(0x10000)));
      return seconds(movie({ tables: TEN, edits: box("edts", table("elst", parts.length, ...parts)) }));
    };
    expect(await cut([0, 1024])).toBeCloseTo(0.576);
    expect(await cut([300, 1024])).toBe(0.3);
    expect(await cut([1000, 2 ** 32 - 1], [100, 0], [100, 4096])).toBe(0.2);
    expect(await cut([3_600_000, 0], [3_600_000, 0])).toBe(0.64);
    expect(await cut([100, 2 ** 31 - 1])).toBe(0);
  });

  it("takes the same seconds from AAC's core, whatever doubles its rate", async () => {
    const explicit = bytesOf(0x2c, 0x0a, 0x88, 0x00);
    expect(await seconds(movie({ entry: aac({ config: explicit }), tables: TEN }))).toBe(0.64 / 1);
    const short = bytesOf(0x14, 0x0c);
    expect(await seconds(movie({ entry: aac({ config: short }), tables: TEN }))).toBeCloseTo(0.6);
    const odd = bytesOf(0x17, 0x80, 0x1f, 0x40, 0x08);
    expect(await seconds(movie({ entry: aac({ config: odd }), tables: TEN }))).toBeCloseTo(0.64);
  });

  it("of PCM whose samples are said to be of one byte is measured by frames", async () => {
    const entry = sound("twos", { channels: 2 });
    expect(await seconds(movie({ entry, tables: [stsz(1, 250)] }))).toBe(250 / 8000);
    expect(await seconds(movie({ entry, tables: [stsz(1, 2 ** 32 - 1)] }))).toBe(250 / 8000);
    expect(await seconds(movie({ entry, tables: [stsz(4, 2 ** 32 - 1)] }))).toBe(250 / 8000);
  });

  it("of AMR has as many frames to a sample as it says", async () => {
    const amr = (frames: number) => entryOf("samr", box("damr", zeros(8), bytesOf(frames)));
    const tables = [stts(10, 1600 * 16), stsz(100, 10)];
    expect(await seconds(movie({ entry: amr(1), tables }))).toBeCloseTo(0.2);
    expect(await seconds(movie({ entry: amr(10), tables }))).toBeCloseTo(2);
  });

  it("in fragments has their samples counted once, whatever they claim", async () => {
    const alike = (samples: number) => box("trun", u32(0), u32(samples));
    expect(await seconds(fragmented(moof(alike(10)), mdat(1000)))).toBe(0.64);
    expect(await seconds(fragmented(moof(alike(2 ** 32 - 1)), mdat(1000)))).toBeCloseTo(0.64);
    const many = Array.from({ length: 100 }, () => moof(alike(10), alike(10)));
    expect(await seconds(fragmented(...many, mdat(1000)))).toBeCloseTo(0.64);
    expect(await seconds(fragmented(moof(alike(10))))).toBe(0);
    const sized = box("trun", u32(0x301), u32(2 ** 32 - 1), u32(0), ...[2 ** 32 - 1, 500, 0, 500].map(u32));
    expect(await seconds(fragmented(moof(sized), mdat(1000)))).toBeCloseTo(0.128);
    const other = box("moof", box("traf", box("tfhd", u32(0), u32(2)), alike(10)));
    expect(await seconds(fragmented(other, mdat(1000)))).toBe(0);
    const twice = movie({ tables: TEN }, bytesOf(mdat(1000), moof(alike(10)), moof(alike(10))));
    expect(await seconds(twice)).toBeLessThan(0.65);
  });

  it("ends at what is no box", async () => {
    for (const junk of [
      bytesOf(u32(2), zeros(100)),
      bytesOf(u32(2 ** 31), "junk"),
      bytesOf(u32(1), "junk", u64(2 ** 63)),
      bytesOf(u32(1), "j"),
    ]) {
      expect(await seconds(bytesOf(movie({ tables: TEN }), junk))).toBe(0.64);
    }
  });

  it("with a film alone has no audio track", async () => {
    const film = record("mp4", 1, "-f", "lavfi", "-i", "testsrc=d=1:s=64x64:r=10", "-map", "1");
    expect(await inspectBytes(film)).toEqual({ kind: "unreadable", reason: "has no audio track" });
  });

  it.each([
    ["no index", bytesOf(FTYP, mdat(1000))],
    ["no tables", movie({})],
    ["no media", bytesOf(FTYP, moov(trak({ tables: TEN })))],
    ["an unknown codec", movie({ entry: entryOf("enca"), tables: TEN })],
    ["an unknown kind of MPEG audio", movie({ entry: aac({ objectType: 0xdd }), tables: TEN })],
    ["an unknown kind of AAC", movie({ entry: aac({ config: bytesOf(0xf9, 0x48, 0, 0) }), tables: TEN })],
    ["no configuration", movie({ entry: entryOf("mp4a"), tables: TEN })],
    ["an empty configuration", movie({ entry: entryOf("mp4a", box("esds", u32(0))), tables: TEN })],
    ["a configuration of no rate", movie({ entry: aac({ config: zeros(0) }), tables: TEN })],
    ["one sample a second", movie({ entry: sound("twos", { rate: 1 }), tables: [stsz(2, 500)] })],
    ["no channel", movie({ entry: sound("twos", { channels: 0 }), tables: [stsz(2, 500)] })],
    ["frames of no length", movie({ entry: entryOf("alac", box("alac", zeros(28))), tables: TEN })],
    ["a description cut off", movie({ entry: zeros(4), tables: TEN })],
    ["an index of no boxes", bytesOf(FTYP, zeros(2 ** 20))],
    [
      "boxes nested for ever",
      bytesOf(FTYP, ...Array.from({ length: 10_000 }, () => bytesOf(u32(2 ** 31), "trak"))),
    ],
  ])("with %s is unreadable", async (_flaw, bytes) => {
    expect(await inspectBytes(bytes)).toMatchObject({ kind: "unreadable" });
  });
});
