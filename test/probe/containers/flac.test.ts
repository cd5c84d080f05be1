// FLAC files built frame by frame.
import { describe, expect, it } from "vitest";
import { bytesOf, u16, u32 } from "../../../bench/hostile-recordings/bytes.ts";
import { crc8, crc16 } from "../../../bench/hostile-recordings/flac-crc.ts";
import { durationOf, probeBytes } from "../memory-source.ts";

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
/** A mono header of 4000 samples, by default with the rate of STREAMINFO. */
const header = (number: number, { rateCode = 0, samples = 4000 } = {}) => {
  const coded = number < 0x80 ? [number] : [0xc0 | (number >> 6), 0x80 | (number & 0x3f)];
  const bytes = bytesOf(0xff, 0xf8, 0x70 | rateCode, 0x08, coded, u16(samples - 1));
  return bytesOf(bytes, crc8(bytes));
};
/** A frame of silence: one constant of 16 bits. */
const frame = (number: number, subframe: Uint8Array = new Uint8Array(3), options = {}) => {
  const bytes = bytesOf(header(number, options), subframe);
  return bytesOf(bytes, u16(crc16(bytes)));
};
const frames = (count: number, from = 0) =>
  bytesOf(...Array.from({ length: count }, (_, index) => frame(from + index)));

describe("FLAC", () => {
  it("a FLAC file with a large cover, other metadata and an ID3 tag in front is measured", async () => {
    const picture = block(6, new Uint8Array(5_000_000).fill(0xff));
    const id3 = bytesOf("ID3", 4, 0, 0, 0, 0, 0, 3, "abc");
    const info = streamInfo({ last: 0 });
    const padding = block(LAST | 1, new Uint8Array(99));
    const bytes = await new Blob([id3, "fLaC", info, picture, padding, frames(4)]).arrayBuffer();
    expect(await durationOf(new Uint8Array(bytes))).toBe(2);
  });

  it.each([
    [8000, 576],
    [16_000, 576],
    [32_000, 1152],
    [44_100, 4608],
    [48_000, 4608],
  ])(
    "a FLAC file of exactly 10 seconds at %i Hz, in frames of %i samples, lasts 10 seconds",
    async (rate, samples) => {
      const total = 10 * rate;
      const count = Math.floor(total / samples);
      const whole = Array.from({ length: count }, (_, number) => frame(number, undefined, { samples }));
      const last = frame(count, undefined, { samples: total - count * samples });
      for (const claimed of [0, total]) {
        const info = streamInfo({ rate, total: claimed });
        expect(await durationOf(bytesOf("fLaC", info, ...whole, last))).toBe(10);
      }
    },
  );

  it("a FLAC file states what its STREAMINFO states, and no rate where frames have rates of their own", async () => {
    const facts = { channels: 1, bitsPerSample: 16 };
    const bytes = bytesOf("fLaC", streamInfo(), frames(4));
    expect(await probeBytes(bytes)).toMatchObject({ ...facts, sampleRateHz: 8000 });
    const fast = frame(0, undefined, { rateCode: 8 });
    const unstated = bytesOf("fLaC", streamInfo({ rate: 0 }), fast);
    expect(await probeBytes(unstated)).toMatchObject({
      ...facts,
      sampleRateHz: null,
      durationSeconds: 0.125,
    });
  });

  it("a FLAC file whose total lies is measured by its frames", async () => {
    expect(await durationOf(bytesOf("fLaC", streamInfo({ total: 3600 * 8000 }), frames(4)))).toBe(2);
  });

  it("a FLAC file whose total is less than its frames ends there", async () => {
    expect(await durationOf(bytesOf("fLaC", streamInfo({ total: 10_000 }), frames(4)))).toBe(1.25);
  });

  it("a FLAC file whose last frame is truncated holds the complete frames", async () => {
    expect(await durationOf(bytesOf("fLaC", streamInfo(), frames(4)).slice(0, -1))).toBe(1.5);
  });

  it("a FLAC file with a tag at its end is measured", async () => {
    const tag = bytesOf("TAG", new Uint8Array(125).fill(32));
    expect(await durationOf(bytesOf("fLaC", streamInfo(), frames(4), tag))).toBe(2);
  });

  it("a FLAC file is measured without its damaged frames", async () => {
    const damaged = frame(2);
    damaged[9] = 1;
    const bytes = bytesOf("fLaC", streamInfo(), frames(2), damaged, frames(2, 3));
    expect(await durationOf(bytes)).toBe(2);
  });

  it("bytes inside a FLAC frame that look like a header do not count", async () => {
    const decoys = bytesOf(...Array.from({ length: 50 }, (_, number) => header(number)));
    const bytes = bytesOf("fLaC", streamInfo(), frame(100, decoys), frame(101, decoys), frame(102));
    expect(await durationOf(bytes)).toBeLessThanOrEqual(1.5);
    const again = bytesOf("fLaC", streamInfo(), frame(100), frame(101, decoys), frame(102));
    expect(await durationOf(again)).toBe(1.5);
  });

  it("each FLAC frame counts by its own rate", async () => {
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
    ["a truncated STREAMINFO", bytesOf("fLaC", streamInfo()).slice(0, 30)],
    [
      "a metadata block that extends past the end",
      bytesOf("fLaC", streamInfo({ last: 0 }), "\x81\xff\xff\xff"),
    ],
    ["metadata without an end", bytesOf("fLaC", streamInfo({ last: 0 }), new Uint8Array(1e5))],
    ["a rate of 1 Hz", bytesOf("fLaC", streamInfo({ rate: 1 }), frames(4))],
    ["no rate", bytesOf("fLaC", streamInfo({ rate: 0 }), frames(4))],
  ])("a FLAC file with %s is unsupported", async (_flaw, bytes) => {
    expect(await probeBytes(bytes)).toMatchObject({ kind: "unsupported" });
  });
});
