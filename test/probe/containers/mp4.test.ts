// MPEG-4 files built box by box.
import { describe, expect, it } from "vitest";
import { bytesOf, u16, u32, u64 } from "../../../bench/hostile-recordings/bytes.ts";
import { probeBytes } from "../memory-source.ts";
import {
  aac,
  box,
  entryOf,
  FTYP,
  fragmented,
  mdat,
  moof,
  moov,
  movie,
  packetMovie,
  sound,
  stsz,
  stts,
  TEN,
  table,
  trak,
  zeros,
} from "./mp4-parts.ts";

const seconds = async (bytes: Uint8Array<ArrayBuffer>) => {
  const result = await probeBytes(bytes);
  return result.kind === "audio" ? result.durationSeconds : 0;
};

describe("MPEG-4", () => {
  it("an MPEG-4 file with a large cover is measured", async () => {
    const cover = box("udta", box("meta", u32(0), box("ilst", box("covr", zeros(2_000_000)))));
    expect(await seconds(bytesOf(FTYP, moov(cover, trak({ tables: TEN }), cover), cover, mdat(1000)))).toBe(
      0.64,
    );
    expect(await seconds(bytesOf(FTYP, cover, mdat(1000), moov(cover, trak({ tables: TEN }))))).toBe(0.64);
  });

  it("MPEG-4 boxes may have 64-bit sizes, no size, or QuickTime's padding between them", async () => {
    const long = bytesOf(u32(1), "mdat", u64(1016), zeros(1000));
    expect(await seconds(movie({ tables: TEN }, long))).toBe(0.64);
    expect(await seconds(movie({ tables: TEN }, bytesOf(u32(0), "mdat", zeros(1000))))).toBe(0.64);
    const quickTime = bytesOf(box("wide"), mdat(1000), moov(zeros(8), trak({ tables: [zeros(8), ...TEN] })));
    expect(await seconds(quickTime)).toBe(0.64);
  });

  it("an MPEG-4 file is measured by its bytes, whatever its tables claim", async () => {
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

  it("compact sample sizes of an MPEG-4 file are read", async () => {
    const stz2 = (bits: number, ...sizes: Uint8Array[]) => box("stz2", u32(0), u32(bits), u32(3), ...sizes);
    const tables = (sizes: Uint8Array) => seconds(movie({ tables: [stts(3, 1024), sizes] }));
    expect(await tables(stz2(16, u16(100), u16(0), u16(100)))).toBeCloseTo(0.128);
    expect(await tables(stz2(8, bytesOf(100, 0, 100)))).toBeCloseTo(0.128);
    expect(await tables(stz2(4, bytesOf(0xf0, 0xf0)))).toBeCloseTo(0.128);
  });

  it("the time table of an MPEG-4 file can shorten its last frame only", async () => {
    expect(
      await seconds(
        movie({ tables: [table("stts", 2, u32(9), u32(1024), u32(1), u32(512)), stsz(100, 10)] }),
      ),
    ).toBeCloseTo(0.608);
    expect(await seconds(movie({ tables: [stts(10, 1), stsz(100, 10)] }))).toBeCloseTo(0.576);
    expect(await seconds(movie({ tables: [stts(10, 0), stsz(100, 10)] }))).toBe(0.64);
    expect(await seconds(movie({ tables: TEN, timescale: 0 }))).toBe(0.64);
  });

  it("an edit list can shorten an MPEG-4 file, not lengthen it", async () => {
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

  it("HE-AAC in MPEG-4 is as long as its AAC core", async () => {
    const explicit = bytesOf(0x2c, 0x0a, 0x88, 0x00);
    expect(await seconds(movie({ entry: aac({ config: explicit }), tables: TEN }))).toBe(0.64 / 1);
    const short = bytesOf(0x14, 0x0c);
    expect(await seconds(movie({ entry: aac({ config: short }), tables: TEN }))).toBeCloseTo(0.6);
    const odd = bytesOf(0x17, 0x80, 0x1f, 0x40, 0x08);
    expect(await seconds(movie({ entry: aac({ config: odd }), tables: TEN }))).toBeCloseTo(0.64);
  });

  it("MPEG-4 PCM whose samples claim one byte is measured by its sample frames", async () => {
    const entry = sound("twos", { channels: 2 });
    expect(await seconds(movie({ entry, tables: [stsz(1, 250)] }))).toBe(250 / 8000);
    expect(await seconds(movie({ entry, tables: [stsz(1, 2 ** 32 - 1)] }))).toBe(250 / 8000);
    expect(await seconds(movie({ entry, tables: [stsz(4, 2 ** 32 - 1)] }))).toBe(250 / 8000);
  });

  it("MPEG-4 PCM has whole samples: integers of 1 bit and floats of 8 bits do not exist", async () => {
    const pcm = (format: string, bits: number) =>
      probeBytes(movie({ entry: sound(format, { bits }), tables: [stsz(1, 2 ** 32 - 1)] }));
    expect(await pcm("twos", 1)).toMatchObject({ durationSeconds: 500 / 8000 });
    expect(await pcm("sowt", 8)).toMatchObject({ durationSeconds: 1000 / 8000, bitsPerSample: 8 });
    expect(await pcm("raw ", 1)).toMatchObject({ durationSeconds: 1000 / 8000 });
    expect(await pcm("fpcm", 8)).toMatchObject({ kind: "unsupported" });
    expect(await pcm("fpcm", 32)).toMatchObject({ durationSeconds: 250 / 8000, bitsPerSample: 32 });
    expect(await pcm("alaw", 16)).toMatchObject({ durationSeconds: 1000 / 8000, bitsPerSample: 8 });
  });

  it("an AMR sample in MPEG-4 has the frames that are there, whatever its configuration states", async () => {
    const amr = (format: string, frames: number) => entryOf(format, box("damr", zeros(8), bytesOf(frames)));
    /** At 12.2 kbit/s, and one without data. */
    const frames = (count: number) =>
      bytesOf(...Array.from({ length: count }, () => bytesOf(0x3c, zeros(31))), 0x7c);
    for (const stated of [1, 10, 255]) {
      const bytes = packetMovie({ entry: amr("samr", stated), ticks: 9600, packets: [frames(4), frames(2)] });
      expect(await probeBytes(bytes)).toMatchObject({
        codec: "AMR-NB",
        sampleRateHz: 8000,
        channels: 1,
        durationSeconds: expect.closeTo(0.16, 9),
      });
    }
    const wide = bytesOf(0x44, zeros(60));
    const wideband = packetMovie({
      entry: amr("sawb", 1),
      packets: [bytesOf(wide, wide), wide.slice(0, 60)],
    });
    expect(await probeBytes(wideband)).toMatchObject({ codec: "AMR-WB", durationSeconds: 0.04 });
  });

  it("fragments of an MPEG-4 file have their samples counted once, whatever they claim", async () => {
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

  it("an MPEG-4 file ends at an invalid box", async () => {
    for (const junk of [
      bytesOf(u32(2), zeros(100)),
      bytesOf(u32(2 ** 31), "junk"),
      bytesOf(u32(1), "junk", u64(2 ** 63)),
      bytesOf(u32(1), "j"),
    ]) {
      expect(await seconds(bytesOf(movie({ tables: TEN }), junk))).toBe(0.64);
    }
  });

  it("an MPEG-4 file of video only has no audio track", async () => {
    expect(await probeBytes(movie({ handler: "vide", tables: TEN }))).toEqual({
      kind: "unsupported",
      reason: "the recording has no audio track",
      format: null,
    });
  });

  it("an MPEG-4 file that lost its index after the media is unsupported", async () => {
    const bytes = bytesOf(FTYP, mdat(1000), moov(trak({ tables: TEN })));
    expect(await seconds(bytes)).toBe(0.64);
    expect(await probeBytes(bytes.slice(0, 600))).toMatchObject({ kind: "unsupported" });
  });

  it("a truncated MPEG-4 file with its index first holds the samples that are present", async () => {
    const bytes = movie({ tables: TEN });
    expect(await seconds(bytes.slice(0, -400))).toBeCloseTo(0.384);
  });

  it.each([
    ["no index", bytesOf(FTYP, mdat(1000))],
    ["no tables", movie({})],
    ["no media", bytesOf(FTYP, moov(trak({ tables: TEN })))],
    ["an unsupported codec", movie({ entry: entryOf("enca"), tables: TEN })],
    ["an unsupported object type", movie({ entry: aac({ objectType: 0xdd }), tables: TEN })],
    [
      "an unsupported AAC object type",
      movie({ entry: aac({ config: bytesOf(0xf9, 0x48, 0, 0) }), tables: TEN }),
    ],
    ["no configuration", movie({ entry: entryOf("mp4a"), tables: TEN })],
    ["an empty configuration", movie({ entry: entryOf("mp4a", box("esds", u32(0))), tables: TEN })],
    ["a configuration without a rate", movie({ entry: aac({ config: zeros(0) }), tables: TEN })],
    ["a rate of 1 Hz", movie({ entry: sound("twos", { rate: 1 }), tables: [stsz(2, 500)] })],
    ["no channels", movie({ entry: sound("twos", { channels: 0 }), tables: [stsz(2, 500)] })],
    ["frames of no samples", movie({ entry: entryOf("alac", box("alac", zeros(28))), tables: TEN })],
    ["a truncated sample description", movie({ entry: zeros(4), tables: TEN })],
    ["zeros instead of an index", bytesOf(FTYP, zeros(2 ** 20))],
    [
      "endlessly nested boxes",
      bytesOf(FTYP, ...Array.from({ length: 10_000 }, () => bytesOf(u32(2 ** 31), "trak"))),
    ],
  ])("an MPEG-4 file with %s is unsupported", async (_flaw, bytes) => {
    expect(await probeBytes(bytes)).toMatchObject({ kind: "unsupported" });
  });
});
