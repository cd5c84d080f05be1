// AIFF files built byte by byte.
import { describe, expect, it } from "vitest";
import { bytesOf, u16, u32, u64 } from "../../../bench/hostile-recordings/bytes.ts";
import { probeBytes } from "../memory-source.ts";

const AIFF = { kind: "audio", container: "AIFF", contentType: "audio/aiff" };

/** 8000 Hz as an 80-bit float: 1.953125 x 2^12. */
const RATE_8000 = bytesOf(u16(16383 + 12), u32(0xfa000000), u32(0));
const comm = ({ channels = 1, frames = 0, bits = 8, rate = RATE_8000, compression = "" } = {}) =>
  bytesOf("COMM", u32(18 + compression.length), u16(channels), u32(frames), u16(bits), rate, compression);
const ssnd = (claimed: number, length: number, offset = 0) =>
  bytesOf("SSND", u32(claimed), u32(offset), u32(0), new Uint8Array(length));
const form = (...chunks: Uint8Array[]) => bytesOf("FORM", u32(0), "AIFF", ...chunks);
const compressed = (...chunks: Uint8Array[]) => bytesOf("FORM", u32(0), "AIFC", ...chunks);

describe("AIFF", () => {
  it("an AIFF whose header states a wrong size is measured by its bytes", async () => {
    const promised = form(comm({ frames: 3600 * 8000 }), ssnd(3600 * 8000, 8000));
    expect(await probeBytes(promised)).toMatchObject({ ...AIFF, durationSeconds: 1 });
  });

  it("an AIFF whose header claims fewer samples than there are ends there", async () => {
    const padded = form(comm({ frames: 4000 }), ssnd(8008, 8000));
    expect(await probeBytes(padded)).toMatchObject({ durationSeconds: 0.5 });
  });

  it("a truncated AIFF holds the samples that are present", async () => {
    const whole = form(comm({ frames: 12 * 8000 }), ssnd(8 + 12 * 8000, 12 * 8000));
    expect(await probeBytes(whole.slice(0, whole.length - 6 * 8000))).toMatchObject({ durationSeconds: 6 });
  });

  it.each([0, 8, 2 ** 32 - 1])(
    "an AIFF whose recorder wrote %i for an unknown size is measured by its bytes",
    async (size) => {
      expect(await probeBytes(form(comm(), ssnd(size, 8000)))).toMatchObject({ ...AIFF, durationSeconds: 1 });
    },
  );

  it("an AIFF with its format after the samples, odd-sized chunks and a cover is measured", async () => {
    const note = bytesOf("NAME", u32(3), "abc", 0);
    const cover = bytesOf("ID3 ", u32(2_000_000), new Uint8Array(2_000_000));
    const bytes = form(note, cover, ssnd(8009, 8001), bytesOf(0), note, comm());
    expect(await probeBytes(bytes)).toMatchObject({ durationSeconds: 8001 / 8000 });
  });

  it("an AIFF whose samples start at an offset is shorter by that offset", async () => {
    expect(await probeBytes(form(comm(), ssnd(8008, 8000, 4000)))).toMatchObject({ durationSeconds: 0.5 });
    expect(await probeBytes(form(comm(), ssnd(8008, 8000, 2 ** 32 - 1)))).toMatchObject({
      kind: "unsupported",
    });
  });

  it.each([
    ["G722", 4000, "G.722"],
    ["GSM ", 33 * 50, "GSM 6.10"],
    ["MAC3", 8000 / 3, "MACE 3:1"],
    ["MAC6", 8000 / 6, "MACE 6:1"],
    ["SDX2", 8000, "SDX2"],
    ["ulaw", 8000, "µ-law"],
    ["ALAW", 8000, "A-law"],
    ["fl32", 32_000, "IEEE float"],
    ["in24", 24_000, "PCM"],
    ["sowt", 16_000, "PCM"],
  ])(
    "an AIFF-C of %s is as long as the codec makes it, whatever sample size its header states",
    async (compression, bytesPerSecond, codec) => {
      const length = Math.ceil(bytesPerSecond * 3);
      for (const bits of [0, 8, 16].slice(codec === "PCM" ? 1 : 0)) {
        const bytes = compressed(comm({ compression, bits }), ssnd(8 + length, length));
        expect(await probeBytes(bytes)).toMatchObject({
          ...{ ...AIFF, codec, sampleRateHz: 8000, channels: 1 },
          durationSeconds: expect.closeTo(3, 2),
        });
      }
    },
  );

  it.each([
    ["12 bits", { bits: 12 }, 16],
    ["20 bits", { bits: 20 }, 24],
    ["little-endian samples of 8 bits", { bits: 8, compression: "sowt" }, 16],
    ["little-endian samples of 24 bits", { bits: 24, compression: "sowt" }, 24],
    ["floats", { bits: 16, compression: "FL64" }, 64],
    ["A-law", { bits: 16, compression: "alaw" }, 8],
    ["IMA ADPCM", { bits: 16, compression: "ima4" }, null],
  ])("an AIFF of %s states the size that its samples are stored in", async (_what, values, bitsPerSample) => {
    const bytes = ("compression" in values ? compressed : form)(comm(values), ssnd(8008, 8000));
    expect(await probeBytes(bytes)).toMatchObject({ sampleRateHz: 8000, channels: 1, bitsPerSample });
  });

  it("an AIFF of a rate with a fraction, as early Macs have, states the nearest whole one", async () => {
    const rate = bytesOf(u16(16383 + 14), u32(0xaddd1746), u32(0));
    expect(await probeBytes(form(comm({ rate }), ssnd(8008, 8000)))).toMatchObject({ sampleRateHz: 22_255 });
  });

  it.each([
    ["QDM2", "QDesign Music 2 in AIFF"],
    ["abcd", "Codec abcd in AIFF"],
    ['<"\0\xff', "Codec ???? in AIFF"],
  ])("an AIFF-C of the unknown type %j is unsupported, and its format is %s", async (compression, format) => {
    const bytes = compressed(comm({ compression }), ssnd(8008, 8000));
    expect(await probeBytes(bytes)).toMatchObject({ kind: "unsupported", format });
  });

  it.each([
    ["a rate of 1 Hz", form(comm({ rate: bytesOf(u16(16383), u64(2 ** 63)) }), ssnd(8008, 8000))],
    ["a rate of infinity", form(comm({ rate: bytesOf(u16(0x7fff), u64(2 ** 63)) }), ssnd(8008, 8000))],
    ["no rate", form(comm({ rate: new Uint8Array(10) }), ssnd(8008, 8000))],
    ["no channels", form(comm({ channels: 0 }), ssnd(8008, 8000))],
    ["samples of no bits", form(comm({ bits: 0 }), ssnd(8008, 8000))],
    ["samples of 40 bits", form(comm({ bits: 40 }), ssnd(80_008, 80_000))],
    ["byte-swapped samples of no bits", compressed(comm({ bits: 0, compression: "sowt" }), ssnd(8008, 8000))],
    ["an unknown compression type", compressed(comm({ compression: "QDM2" }), ssnd(8008, 8000))],
    [
      "a compression type named like a built-in property",
      compressed(comm({ compression: "then" }), ssnd(8008, 8000)),
    ],
    ["no sound data chunk", form(comm())],
    ["no common chunk", form(ssnd(8008, 8000))],
    ["a truncated common chunk", form(ssnd(8008, 8000), comm().slice(0, 20))],
    ["endless chunks of no size", form(new Uint8Array(2 ** 20))],
  ])("an AIFF with %s is unsupported", async (_flaw, bytes) => {
    expect(await probeBytes(bytes)).toMatchObject({ kind: "unsupported" });
  });
});
