// MPEG-4 files with more in their index than one track needs: second indexes and boxes, and several tracks.
import { describe, expect, it } from "vitest";
import { bytesOf, u32 } from "../../../bench/hostile-recordings/bytes.ts";
import { readSharedFixture } from "../fixture-recordings.ts";
import { durationOf, probeBytes } from "../memory-source.ts";
import {
  aac,
  box,
  FTYP,
  fragmentedIndex,
  mdat,
  moov,
  movie,
  opus,
  opusPackets,
  packetFragment,
  packetMovie,
  packetTables,
  sound,
  stsz,
  stts,
  TEN,
  table,
  trak,
  zeros,
} from "./mp4-parts.ts";

const OPUS = { entry: opus(), timescale: 48_000 };
const timescale = (type: "mvhd" | "mdhd", value: number) => box(type, zeros(12), u32(value), zeros(84));

describe("a second index of an MPEG-4 file", () => {
  const speech = readSharedFixture("speech.m4a");

  /** The recording with another timescale in `mvhd` and `mdhd`. */
  function atTimescale(value: number): Uint8Array<ArrayBuffer> {
    const bytes = Buffer.from(speech);
    for (const type of ["mvhd", "mdhd"]) bytes.writeUInt32BE(value, bytes.indexOf(type) + 4 + 12);
    return new Uint8Array(bytes);
  }

  it.each([1, 600, 44_100, 2 ** 32 - 1])("of timescale %i changes nothing", async (value) => {
    const alone = await probeBytes(speech);
    expect(alone.kind).toBe("audio");
    expect(await probeBytes(bytesOf(speech, atTimescale(value)))).toEqual(alone);
  });

  it("does not add the fragments behind it, and they do not add to a first index of tables", async () => {
    const live = bytesOf(fragmentedIndex(OPUS), packetFragment(opusPackets(10)));
    const tables = packetMovie({ ...OPUS, packets: opusPackets(20) });
    expect(await durationOf(bytesOf(live, live))).toBeCloseTo(0.2, 9);
    expect(await durationOf(bytesOf(live, tables, live))).toBeCloseTo(0.2, 9);
    expect(await durationOf(bytesOf(tables, live))).toBeCloseTo(0.4, 9);
  });

  it("does not add a track to a first one of video", async () => {
    const video = movie({ handler: "vide", tables: TEN });
    expect(await probeBytes(bytesOf(video, movie({ tables: TEN })))).toMatchObject({ kind: "unsupported" });
  });

  it("may follow a second file type box, which changes nothing", async () => {
    const bytes = bytesOf(FTYP, moov(trak({ tables: TEN })), FTYP, mdat(1000), FTYP);
    expect(await durationOf(bytes)).toBe(0.64);
  });
});

describe("of several boxes of one type in an MPEG-4 index the first counts", () => {
  const half = box("edts", table("elst", 1, u32(320), u32(0), u32(0x10000)));
  const inTrack = (...boxes: Uint8Array[]) => movie({ tables: [...TEN, ...boxes], edits: half });

  it.each([
    ["mvhd", bytesOf(FTYP, moov(trak({ tables: TEN, edits: half }), timescale("mvhd", 1)), mdat(1000))],
    ["mdhd", inTrack(timescale("mdhd", 1))],
    ["elst", inTrack(box("edts", table("elst", 1, u32(640), u32(0), u32(0x10000))))],
    ["stsd", inTrack(table("stsd", 1, sound("twos", { rate: 8000 })))],
    ["stts", inTrack(stts(10, 1))],
    ["stsz", inTrack(stsz(1, 1000))],
    ["hdlr", inTrack(box("hdlr", zeros(8), bytesOf("vide"), zeros(13)))],
    ["trak", bytesOf(FTYP, moov(trak({ tables: TEN, edits: half }), trak({ tables: TEN })), mdat(1000))],
  ])("%s", async (_type, bytes) => {
    expect(await probeBytes(bytes)).toMatchObject({ codec: "AAC", durationSeconds: 0.32 });
  });

  it("tkhd and trex, by which fragments find their track", async () => {
    const trex = (ticks: number) => box("trex", u32(0), u32(1), u32(1), u32(ticks), u32(3), u32(0));
    const track = box("trak", ...[1, 2].map((id) => box("tkhd", zeros(12), u32(id), zeros(68))));
    const index = trak(OPUS);
    const index2 = bytesOf(index.slice(0, 8), track.slice(8), index.slice(8 + 92));
    new DataView(index2.buffer).setUint32(0, index2.length);
    const bytes = bytesOf(
      FTYP,
      moov(index2, box("mvex", trex(960), trex(1))),
      packetFragment(opusPackets(10)),
    );
    expect(await durationOf(bytes)).toBeCloseTo(0.2, 9);
  });
});

describe("the tables of an MPEG-4 track may come in any order", () => {
  it("the sample description last, as Chromium writes it", async () => {
    const offset = FTYP.length + 8;
    const packets = opusPackets(10);
    const [stbl] = [box("stbl", ...packetTables(packets, offset), table("stsd", 1, opus()))];
    const media = box("minf", stbl);
    const hdlr = box("hdlr", zeros(8), bytesOf("soun"), zeros(13));
    const track = box("trak", box("mdia", media, hdlr, timescale("mdhd", 48_000)));
    expect(await durationOf(bytesOf(FTYP, box("mdat", ...packets), moov(track)))).toBeCloseTo(0.2, 9);
  });
});

describe("an MPEG-4 file of several tracks", () => {
  const offset = FTYP.length + 8;
  const packets = opusPackets(10);
  const good = trak({ ...OPUS, id: 2, tables: packetTables(packets, offset) });
  const unknown = (type: string) =>
    trak({ id: 1, entry: sound(type, {}), tables: packetTables(packets, offset) });
  const withTracks = (...tracks: Uint8Array[]) => bytesOf(FTYP, box("mdat", ...packets), moov(...tracks));

  it.each([
    ["an unknown codec", unknown("ac-4")],
    ["encryption", unknown("enca")],
    ["a rate of 1 Hz", trak({ entry: sound("twos", { rate: 1 }) })],
    ["a truncated description", trak({ entry: zeros(4) })],
    ["no description", box("trak", box("mdia", box("hdlr", zeros(8), bytesOf("soun"), zeros(13))))],
    ["video", trak({ handler: "vide" })],
  ])("is measured by the first audio track of a supported codec, behind one of %s", async (_flaw, first) => {
    expect(await probeBytes(withTracks(first, good, trak({ tables: TEN })))).toMatchObject({
      codec: "Opus",
      durationSeconds: expect.closeTo(0.2, 9),
    });
  });

  it("is measured by the fragments of the track that was chosen", async () => {
    const index = moov(unknown("ac-4"), trak({ ...OPUS, id: 2 }), box("mvex"));
    const of = (id: number, count: number) => packetFragment(opusPackets(count), { trackId: id });
    expect(await durationOf(bytesOf(FTYP, index, of(1, 50), of(2, 10), of(1, 50)))).toBeCloseTo(0.2, 9);
  });

  it.each([
    ["AC-4 in MP4", sound("ac-4", {})],
    ["MPEG-H 3D Audio in MP4", sound("mhm1", {})],
    ["encrypted audio in MP4", sound("enca", {})],
    ["abcd in MP4", sound("abcd", {})],
    ["a??d in MP4", sound("a\0\xffd", {})],
    ["unnamed codec in MP4", sound("    ", {})],
    ["DTS in MP4", aac({ objectType: 0xa9 })],
    ["MPEG-4 object type 192 in MP4", aac({ objectType: 0xc0 })],
    ["xHE-AAC in MP4", aac({ config: bytesOf(0xf9, 0x48, 0, 0) })],
  ])(
    "is refused as %s when its first audio track is that and no other is supported",
    async (format, entry) => {
      const video = trak({ handler: "vide" });
      const result = await probeBytes(withTracks(video, trak({ entry }), trak({ entry: sound("mlpa", {}) })));
      expect(result).toEqual({
        kind: "unsupported",
        reason: `the codec is not supported (${format})`,
        format,
      });
    },
  );
});
