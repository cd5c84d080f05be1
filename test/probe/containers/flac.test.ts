import { describe, expect, it } from "vitest";
import { FLAC_CRC_16, flacFrameSamples } from "../../../src/probe/codecs/flac-frame.ts";
import { bytesOf, decodedSeconds, inspectBytes, record, recordPiped, u16, u32 } from "../recordings.ts";

const FLAC = { kind: "audio", container: "FLAC", contentType: "audio/flac", codec: "FLAC" };

const durationOf = async (bytes: Uint8Array<ArrayBuffer>) => {
  const found = await inspectBytes(bytes);
  return found.kind === "audio" ? found.durationSeconds : found.reason;
};

const block = (type: number, ...content: Parameters<typeof bytesOf>) => {
  const bytes = bytesOf(...content);
  return bytesOf(type, u32(bytes.length).slice(1), bytes);
};
const LAST = 0x80;
const streamInfo = ({ last = LAST, rate = 8000, total = 0 } = {}) => {
  // 20 bits of rate, one channel, 16 bits a sample, 36 bits of total.
  const packed = u32(rate * 4096 + 15 * 16);
  return block(last, new Uint8Array(10), packed, u32(total), new Uint8Array(16));
};
const crc8 = (bytes: Uint8Array) => {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? 0x07 : 0)) & 0xff;
  }
  return crc;
};
const crc16 = (bytes: Uint8Array) => {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (FLAC_CRC_16[(crc >> 8) ^ byte] ?? 0);
  return crc;
};
/** A mono header of 4000 samples, with the rate of STREAMINFO unless `rateCode` says otherwise. */
const header = (number: number, { rateCode = 0, samples = 4000 } = {}) => {
  const bytes = bytesOf(0xff, 0xf8, 0x70 | rateCode, 0x08, number, u16(samples - 1));
  return bytesOf(bytes, crc8(bytes));
};
/** A frame of silence: one constant of 16 bits. */
const frame = (number: number, subframe: Uint8Array = new Uint8Array(3), options = {}) => {
  const bytes = bytesOf(header(number, options), subframe);
  return bytesOf(bytes, u16(crc16(bytes)));
};
const frames = (count: number, from = 0) =>
  bytesOf(...Array.from({ length: count }, (_, index) => frame(from + index)));

describe("a FLAC", () => {
  it.each([
    ["24 bits", []],
    ["16 bits, stereo", ["-sample_fmt", "s16", "-ac", "2"]],
    ["eight channels", ["-ac", "8"]],
    ["8 kHz", ["-ar", "8000"]],
    ["192 kHz", ["-ar", "192000"]],
    ["a rate without a code of its own", ["-ar", "37001"]],
    ["the least compression", ["-compression_level", "0"]],
    ["the most compression", ["-compression_level", "12"]],
    ["small blocks", ["-frame_size", "192"]],
    ["large blocks", ["-frame_size", "32768"]],
    ["silence", ["-af", "volume=0"]],
    ["tags", ["-metadata", "title=A title"]],
  ])("of %s is measured as ffmpeg decodes it", async (_kind, args) => {
    const bytes = record("flac", 7.65, ...args);
    const found = await inspectBytes(bytes);
    expect(found).toMatchObject(FLAC);
    expect(found).toHaveProperty("durationSeconds", expect.closeTo(decodedSeconds(bytes), 3));
  });

  it("written to a pipe, with a total that nobody knew, is measured", async () => {
    expect(await durationOf(recordPiped(7.65, "-f", "flac"))).toBeCloseTo(7.65, 4);
  });

  it("with a large cover, other blocks and an ID3 tag in front is measured", async () => {
    const picture = block(6, new Uint8Array(5_000_000).fill(0xff));
    const id3 = bytesOf("ID3", 4, 0, 0, 0, 0, 0, 3, "abc");
    const info = streamInfo({ last: 0 });
    const padding = block(LAST | 1, new Uint8Array(99));
    const bytes = await new Blob([id3, "fLaC", info, picture, padding, frames(4)]).arrayBuffer();
    expect(await durationOf(new Uint8Array(bytes))).toBe(2);
  });

  it("whose total promises an hour holds what is there", async () => {
    expect(await durationOf(bytesOf("fLaC", streamInfo({ total: 3600 * 8000 }), frames(4)))).toBe(2);
  });

  it("whose total is less than its frames ends there", async () => {
    expect(await durationOf(bytesOf("fLaC", streamInfo({ total: 10_000 }), frames(4)))).toBe(1.25);
  });

  it("whose last frame is cut off holds the frames that are whole", async () => {
    const bytes = record("flac", 7.65, "-ar", "8000");
    const cut = bytes.slice(0, -20);
    expect(await durationOf(cut)).toBeCloseTo(decodedSeconds(cut), 1);
    expect(await durationOf(bytesOf("fLaC", streamInfo(), frames(4)).slice(0, -1))).toBe(1.5);
  });

  it("followed by a tag is measured", async () => {
    const tag = bytesOf("TAG", new Uint8Array(125).fill(32));
    expect(await durationOf(bytesOf("fLaC", streamInfo(), frames(4), tag))).toBe(2);
  });

  it("without its damaged frames is measured", async () => {
    const damaged = frame(2);
    damaged[9] = 1;
    const bytes = bytesOf("fLaC", streamInfo(), frames(2), damaged, frames(2, 3));
    expect(await durationOf(bytes)).toBe(2);
  });

  it("whose frames hold what looks like headers counts none of these", async () => {
    const decoys = bytesOf(...Array.from({ length: 50 }, (_, number) => header(number)));
    const bytes = bytesOf("fLaC", streamInfo(), frame(100, decoys), frame(101, decoys), frame(102));
    expect(await durationOf(bytes)).toBeLessThanOrEqual(1.5);
    const again = bytesOf("fLaC", streamInfo(), frame(100), frame(101, decoys), frame(102));
    expect(await durationOf(again)).toBe(1.5);
  });

  it("counts each frame by its own rate", async () => {
    const fast = frame(1, new Uint8Array(3), { rateCode: 8 });
    expect(await durationOf(bytesOf("fLaC", streamInfo(), frame(0), fast))).toBeCloseTo(0.5 + 4000 / 32_000);
  });

  it.each([
    ["bare frame headers", bytesOf("fLaC", streamInfo(), ...Array.from({ length: 99 }, (_, n) => header(n)))],
    [
      "frames too small for a subframe",
      bytesOf("fLaC", streamInfo(), ...Array.from({ length: 99 }, (_, n) => frame(n, new Uint8Array(1)))),
    ],
    [
      "sync codes only",
      bytesOf("fLaC", streamInfo(), new Uint8Array(1e5).fill(0xff), "\xff\xf8".repeat(1e5)),
    ],
    ["zeros for frames", bytesOf("fLaC", streamInfo(), new Uint8Array(1e5))],
    ["no frames", bytesOf("fLaC", streamInfo({ total: 8000 }))],
    ["no STREAMINFO", bytesOf("fLaC", block(LAST | 1, "abc"), frames(4))],
    ["a STREAMINFO too short", bytesOf("fLaC", block(LAST, new Uint8Array(33)), frames(4))],
    ["a STREAMINFO cut off", bytesOf("fLaC", streamInfo()).slice(0, 30)],
    [
      "a metadata block that goes beyond the end",
      bytesOf("fLaC", streamInfo({ last: 0 }), "\x81\xff\xff\xff"),
    ],
    ["metadata that never ends", bytesOf("fLaC", streamInfo({ last: 0 }), new Uint8Array(1e5))],
    ["one sample a second", bytesOf("fLaC", streamInfo({ rate: 1 }), frames(4))],
    ["no rate", bytesOf("fLaC", streamInfo({ rate: 0 }), frames(4))],
  ])("with %s is unreadable", async (_flaw, bytes) => {
    expect(await inspectBytes(bytes)).toMatchObject({ kind: "unreadable" });
  });
});

describe("a FLAC frame", () => {
  const seal = (...bytes: number[]) => bytesOf(...bytes, crc8(bytesOf(...bytes)));

  it.each([
    ["a block size by code 1", seal(0xff, 0xf8, 0x10, 0x08, 0), 192],
    ["a block size by code 5", seal(0xff, 0xf8, 0x59, 0x08, 0), 4608],
    ["a block size by code 15", seal(0xff, 0xf8, 0xf9, 0x08, 0), 32_768],
    ["a block size of one byte", seal(0xff, 0xf8, 0x69, 0x08, 0, 16), 17],
    ["a block size and a rate of two bytes", seal(0xff, 0xf8, 0x7d, 0x08, 0, 1, 0, 0x1f, 0x40), 257],
    ["a sample number of seven bytes", seal(0xff, 0xf9, 0xc9, 0x08, 0xfe, ...Array(6).fill(0x80)), 4096],
  ])("with %s tells its samples", (_form, bytes, samples) => {
    expect(flacFrameSamples(bytes)).toBe(samples);
  });

  it.each([
    ["no sync", seal(0xff, 0xfa, 0xc9, 0x08, 0)],
    ["a reserved block size", seal(0xff, 0xf8, 0x09, 0x08, 0)],
    ["an invalid rate", seal(0xff, 0xf8, 0xcf, 0x08, 0)],
    ["reserved channels", seal(0xff, 0xf8, 0xc9, 0xb8, 0)],
    ["a reserved sample size", seal(0xff, 0xf8, 0xc9, 0x06, 0)],
    ["a reserved bit", seal(0xff, 0xf8, 0xc9, 0x09, 0)],
    ["a number that isn't one", seal(0xff, 0xf8, 0xc9, 0x08, 0x80)],
    ["a number that breaks off", seal(0xff, 0xf8, 0xc9, 0x08, 0xc2, 0x00)],
    ["a wrong CRC-8", bytesOf(seal(0xff, 0xf8, 0xc9, 0x08, 0).slice(0, -1), 1)],
    ["its header cut off", seal(0xff, 0xf8, 0xc9, 0x08, 0).slice(0, -1)],
    ["nothing", bytesOf()],
  ])("with %s is none", (_flaw, bytes) => {
    expect(flacFrameSamples(bytes)).toBe(0);
  });
});
