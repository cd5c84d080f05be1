// MPEG-4 files whose samples are counted by their own headers: where the tables and fragments say that they are.
import { describe, expect, it } from "vitest";
import { bytesOf, u24, u32, u64 } from "../../../bench/hostile-recordings/bytes.ts";
import { MP4_VORBIS } from "../../../scripts/recording-fixtures/encodings/mp4.ts";
import { readFixture, readSharedFixture } from "../fixture-recordings.ts";
import { durationOf, probeBytes } from "../memory-source.ts";
import {
  box,
  FTYP,
  fragmentedIndex,
  moov,
  opus,
  opusPacket,
  opusPackets,
  packetFragment,
  packetMovie,
  sound,
  stco,
  stsc,
  stsz,
  stts,
  table,
  trak,
  zeros,
} from "./mp4-parts.ts";

const OPUS = { entry: opus(), timescale: 48_000 };
const seconds = (durationSeconds: number) => ({
  kind: "audio",
  durationSeconds: expect.closeTo(durationSeconds, 9),
});
/** Opus after a gap, in chunks at `offsets` of two packets of three bytes each. */
const inChunks = (offsets: number[], mediaBytes = 1000, sizes = stsz(3, offsets.length * 2)) => {
  const start = FTYP.length + 8;
  const media = zeros(mediaBytes);
  for (const offset of offsets) media.set(bytesOf(opusPacket(), opusPacket()), offset);
  const tables = [sizes, stsc(2), stco(...offsets.map((offset) => start + offset))];
  return bytesOf(FTYP, box("mdat", media), moov(trak({ ...OPUS, tables })));
};

describe("the samples of an MPEG-4 file", () => {
  it("are counted by their own headers, whatever the time table claims", async () => {
    for (const ticks of [0, 960, 5760, 2 ** 32 - 1]) {
      expect(await probeBytes(packetMovie({ ...OPUS, packets: opusPackets(150), ticks }))).toMatchObject({
        ...seconds(3),
        codec: "Opus",
        sampleRateHz: 48_000,
        channels: 1,
        bitsPerSample: null,
      });
    }
  });

  it("are counted by their own headers in fragments, of which each claims less for its last sample", async () => {
    const slice = packetFragment(opusPackets(50), { lastTicks: 480 });
    expect(await durationOf(bytesOf(fragmentedIndex(OPUS), slice, slice, slice))).toBeCloseTo(2.99, 9);
    const lie = packetFragment(opusPackets(50), { ticks: 5760 });
    expect(await durationOf(bytesOf(fragmentedIndex(OPUS), lie, lie, lie))).toBeCloseTo(3, 9);
  });

  it("may be shorter at the end alone: the last by its claim, all by the edit list", async () => {
    const last = (ticks: number) => {
      const packets = opusPackets(10);
      const bytes = packetMovie({ ...OPUS, packets, ticks });
      return durationOf(bytes);
    };
    expect(await last(480)).toBeCloseTo(0.19, 9);
    const edits = box("edts", table("elst", 1, u32(100), u32(480), u32(0x10000)));
    expect(await probeBytes(packetMovie({ ...OPUS, packets: opusPackets(10), edits }))).toMatchObject(
      seconds(0.1),
    );
  });

  it("count in chunks that lie apart, with 32-bit and 64-bit offsets and compact sizes", async () => {
    expect(await probeBytes(inChunks([0, 100, 900]))).toMatchObject(seconds(0.12));
    const compact = (bits: number, ...sizes: number[]) =>
      box("stz2", u32(0), u24(0), bytesOf(bits), u32(6), bytesOf(...sizes));
    expect(await probeBytes(inChunks([0, 100, 900], 1000, compact(8, 3, 3, 3, 3, 3, 3)))).toMatchObject(
      seconds(0.12),
    );
    expect(await probeBytes(inChunks([0, 100, 900], 1000, compact(4, 0x33, 0x33, 0x33)))).toMatchObject(
      seconds(0.12),
    );
    const packets = opusPackets(10);
    const long = box("co64", u32(0), u32(1), u64(FTYP.length + 8));
    const tables = [stsz(3, 10), stsc(10), long];
    const bytes = bytesOf(FTYP, box("mdat", ...packets), moov(trak({ ...OPUS, tables })));
    expect(await probeBytes(bytes)).toMatchObject(seconds(0.2));
  });

  it("count once, however often the tables and fragments list them", async () => {
    expect(await probeBytes(inChunks([0, 0, 0, 100, 50]))).toMatchObject(seconds(0.08));
    const run = (offset: number) => box("trun", u32(0x201), u32(2), u32(offset), u32(3), u32(3));
    const moof = (offset: number) =>
      box("moof", box("traf", box("tfhd", u32(0x20000), u32(1)), run(offset), run(offset)));
    const fragment = bytesOf(moof(moof(0).length + 8), box("mdat", ...opusPackets(2)));
    expect(await durationOf(bytesOf(fragmentedIndex(OPUS), fragment))).toBeCloseTo(0.04, 9);
  });

  it("follow those of the track before in a fragment that states no offset", async () => {
    const run = (flags: number, offset: number, ...sizes: number[]) =>
      box("trun", u32(flags), u32(sizes.length), ...[offset].slice(0, flags & 1).map(u32), ...sizes.map(u32));
    const traf = (id: number, ...runs: Uint8Array[]) => box("traf", box("tfhd", u32(0), u32(id)), ...runs);
    const audio = traf(1, run(0x201, 0, 3, 3), run(0x200, 0, 3));
    const video = (offset: number) => traf(2, run(0x201, offset, 100, 50), run(0x200, 0, 30));
    const moof = (offset: number) => box("moof", video(offset), audio);
    const fragment = bytesOf(moof(moof(0).length + 8), box("mdat", zeros(180), ...opusPackets(3)));
    expect(await durationOf(bytesOf(fragmentedIndex(OPUS), fragment, fragment))).toBeCloseTo(0.12, 9);
  });

  it("count as far as their bytes are present", async () => {
    const packets = opusPackets(100);
    const tables = (offset: number) => [stts(100, 480), stsz(3, 100), stsc(100), stco(offset)];
    const index = (offset: number) => moov(trak({ ...OPUS, tables: tables(offset) }));
    const first = bytesOf(FTYP, index(FTYP.length + index(0).length + 8), box("mdat", ...packets));
    // The last one counts whole: it is not the one that the time table shortens.
    expect(await durationOf(first.slice(0, -149))).toBeCloseTo(1, 9);
    expect(await durationOf(first)).toBeCloseTo(1.99, 9);
    const live = bytesOf(fragmentedIndex(OPUS), packetFragment(packets));
    expect(await durationOf(live.slice(0, -149))).toBeCloseTo(1, 9);
  });

  it("do not count when they are no packets", async () => {
    const packets = [zeros(0), bytesOf(0xff, 0), opusPacket(), bytesOf(31 * 8 + 1, 0), zeros(2000)];
    expect(await probeBytes(packetMovie({ ...OPUS, packets }))).toMatchObject(seconds(0.02));
  });

  it("of AC-3 and E-AC-3 count by their syncframes, and an E-AC-3 sample may have several", async () => {
    /** numblkscod 0: one block of 256 samples at 48 kHz, in 16 bytes; stereo and a low-frequency channel. */
    const eac3 = (type = 0, substream = 0) =>
      bytesOf(0x0b, 0x77, (type << 6) | (substream << 3), 7, 0x05, 0x80, zeros(10));
    const packets = [
      bytesOf(eac3(), eac3(), eac3(1), eac3(), eac3(0, 1)),
      bytesOf(eac3(), zeros(100)),
      zeros(40),
      eac3().slice(0, 12),
    ];
    const entry = sound("ec-3", { rate: 8000 }, box("dec3", zeros(5)));
    expect(await probeBytes(packetMovie({ entry, packets, ticks: 9600 }))).toMatchObject({
      ...seconds((4 * 256) / 48_000),
      codec: "E-AC-3",
      sampleRateHz: 48_000,
      channels: 3,
    });
    // 3/2 channels, so both mix levels come before the bit of the low-frequency channel.
    const ac3 = bytesOf(0x0b, 0x77, 0, 0, 0x00, 0x40, 0xe1, zeros(121));
    const plain = packetMovie({
      entry: sound("ac-3", { rate: 8000 }, box("dac3", zeros(3))),
      packets: [ac3, ac3],
      ticks: 9600,
    });
    expect(await probeBytes(plain)).toMatchObject({
      ...seconds(0.064),
      codec: "AC-3",
      channels: 6,
      sampleRateHz: 48_000,
    });
  });

  it("of AC-3 have all frames that are complete by the size in their headers", async () => {
    /** frmsizecod by fscod: 32 kbit/s at 48, 44.1 (with and without the padding word) and 32 kHz. */
    const frame = (fscod: number, frmsizecod: number, bytes: number) =>
      bytesOf(0x0b, 0x77, 0, 0, (fscod << 6) | frmsizecod, 0x40, 0x40, zeros(bytes - 7));
    const durationWith = (...packets: Uint8Array<ArrayBuffer>[]) =>
      durationOf(
        packetMovie({
          entry: sound("ac-3", { rate: 8000 }, box("dac3", zeros(3))),
          packets: [...packets, frame(0, 0, 128)],
          timescale: 48_000,
          ticks: 1536,
        }),
      );
    const last = 1536 / 48_000;
    expect(await durationWith(frame(0, 0, 128), bytesOf(frame(0, 0, 128), frame(0, 0, 128)))).toBeCloseTo(
      last + (3 * 1536) / 48_000,
      9,
    );
    const frames = [
      [1, 0, 138, 44_100],
      [1, 1, 140, 44_100],
      [2, 0, 192, 32_000],
      [0, 37, 2560, 48_000],
    ] as const;
    for (const [fscod, frmsizecod, bytes, rate] of frames) {
      expect(await durationWith(frame(fscod, frmsizecod, bytes))).toBeCloseTo(last + 1536 / rate, 9);
      expect(await durationWith(frame(fscod, frmsizecod, bytes - 1))).toBeCloseTo(last, 9);
    }
    expect(await durationWith(frame(0, 38, 4000))).toBeCloseTo(last, 9);
    expect(await durationWith(frame(3, 0, 4000))).toBeCloseTo(last, 9);
    // E-AC-3 at half a rate, which nobody decodes: 96 ms in eight bytes.
    expect(await durationWith(bytesOf(0x0b, 0x77, 0, 3, 0xe2, 0x80, zeros(2)))).toBeCloseTo(last, 9);
  });

  it("of Vorbis begin with one that yields nothing, which an edit list that skips it takes from no other", async () => {
    const skipping = Buffer.from(readFixture(MP4_VORBIS));
    const startAt = skipping.indexOf("elst") + 16;
    // The claimed length must not decide.
    skipping.writeUInt32BE(1_000_000, startAt - 4);
    const firstPacketTicks = 128;
    expect(skipping.readUInt32BE(startAt)).toBe(firstPacketTicks);
    const probedFrom = (ticks: number) => {
      skipping.writeUInt32BE(ticks, startAt);
      return durationOf(new Uint8Array(skipping));
    };
    const whole = Number(await probedFrom(0));
    expect(await probedFrom(firstPacketTicks)).toBe(whole);
    expect(await probedFrom(firstPacketTicks + 441)).toBeCloseTo(whole - 0.01, 9);
  });
});

describe("a recording of Chromium's MediaRecorder in MPEG-4", () => {
  const bytes = readSharedFixture("mediarecorder.mp4");

  it("is measured by its packets, and one with another joined to it is the first", async () => {
    const result = await probeBytes(bytes);
    expect(result).toMatchObject({ kind: "audio", codec: "Opus", durationSeconds: expect.closeTo(10.94, 2) });
    expect(await probeBytes(bytesOf(bytes, bytes))).toEqual(result);
  });
});
