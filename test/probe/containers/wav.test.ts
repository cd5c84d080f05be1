// WAVE files built byte by byte.
import { describe, expect, it } from "vitest";
import { bytesOf, u16le, u32le, u64le } from "../../../bench/hostile-recordings/bytes.ts";
import { probeBytes } from "../memory-source.ts";

const WAV = { kind: "audio", container: "WAVE", contentType: "audio/wav" };

interface Fmt {
  rate?: number;
  channels?: number;
  bits?: number;
  blockAlign?: number;
  byteRate?: number;
}
const format = (tag: number, { rate = 8000, channels = 1, bits = 8, blockAlign = 1, byteRate = rate }: Fmt) =>
  bytesOf(u16le(tag), u16le(channels), u32le(rate), u32le(byteRate), u16le(blockAlign), u16le(bits));
const fmt = (tag: number, values: Fmt = {}) => bytesOf("fmt ", u32le(16), format(tag, values));
/** WAVEFORMATEXTENSIBLE: the tag is in the SubFormat. */
const extensible = (tag: number, values: Fmt = {}, validBits = values.bits ?? 8) =>
  bytesOf(
    ...["fmt ", u32le(40), format(0xfffe, values), u16le(22), u16le(validBits), u32le(0), u32le(tag)],
    ...[u16le(0), u16le(0x10), 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71],
  );
const riff = (...chunks: Uint8Array[]) => bytesOf("RIFF", u32le(0), "WAVE", ...chunks);
const data = (claimed: number, length: number) => bytesOf("data", u32le(claimed), new Uint8Array(length));

describe("WAVE", () => {
  it("a WAV whose header states a wrong size is measured by its bytes", async () => {
    const oneSecond = riff(fmt(1), data(3600 * 8000, 8000));
    expect(await probeBytes(oneSecond)).toMatchObject({ ...WAV, durationSeconds: 1 });
    const ds64 = bytesOf("ds64", u32le(28), u64le(2 ** 40), u64le(2 ** 40), u64le(2 ** 40), u32le(0));
    const rf64 = bytesOf("RF64", u32le(0xffffffff), "WAVE", ds64, fmt(1), data(0xffffffff, 8000));
    expect(await probeBytes(rf64)).toMatchObject({ ...WAV, durationSeconds: 1 });
  });

  it("a WAV is measured by its samples, whatever its fact chunk claims", async () => {
    const fact = bytesOf("fact", u32le(4), u32le(0xffffffff));
    expect(await probeBytes(riff(fmt(1), fact, data(8000, 8000)))).toMatchObject({ durationSeconds: 1 });
  });

  it("a WAV with odd-sized chunks before and after the samples is measured", async () => {
    const note = bytesOf("note", u32le(3), "abc", 0);
    const bytes = riff(note, fmt(1), note, data(8001, 8001), bytesOf(0), note);
    expect(await probeBytes(bytes)).toMatchObject({ durationSeconds: 8001 / 8000 });
  });

  it.each([
    ["µ-law", 0x07, 16, 14 * 8000, "µ-law", 14],
    ["A-law", 0x06, 13, 14 * 8000, "A-law", 14],
    ["µ-law", 0x07, 0, 8000, "µ-law", 1],
    ["µ-law", 0x07, 64, 8000, "µ-law", 1],
    ["OKI ADPCM", 0x10, 16, 4000, "OKI ADPCM", 1],
    ["OKI ADPCM (Dialogic)", 0x17, 16, 4000, "OKI ADPCM", 1],
    ["Yamaha ADPCM", 0x20, 16, 4000, "Yamaha ADPCM", 1],
    ["TrueSpeech", 0x22, 16, 32 * 100, "TrueSpeech", 3],
    ["GSM 6.10", 0x31, 16, 65 * 25, "GSM 6.10", 1],
    ["GSM 6.10 (ACM)", 0x1500, 16, 65 * 25, "GSM 6.10", 1],
    ["G.722", 0x65, 16, 4000, "G.722", 1],
    ["G.722 (ADPCM)", 0x28f, 14, 4000, "G.722", 1],
    ["G.729", 0x83, 16, 1000, "G.729", 1],
    ["Creative ADPCM", 0x200, 8, 4000, "Creative ADPCM", 1],
  ])(
    "a WAV in %s (format tag %i) is as long as the codec makes it, whatever sample size its header states (%i bits)",
    async (_name, tag, bits, bytes, codec, durationSeconds) => {
      const chunk = data(bytes, bytes);
      for (const format of [fmt(tag, { bits, blockAlign: 2 }), extensible(tag, { bits, blockAlign: 2 })]) {
        expect(await probeBytes(riff(format, chunk))).toMatchObject({ ...WAV, codec, durationSeconds });
      }
    },
  );

  it.each([
    ["24 bits in blocks of four bytes", 0x01, { bits: 24, blockAlign: 4 }, 2000],
    ["8 bits in blocks of two bytes", 0x01, { bits: 8, blockAlign: 2 }, 4000],
    ["16 bits in blocks of one byte", 0x01, { bits: 16, blockAlign: 1 }, 4000],
    ["12 bits without a block size", 0x01, { bits: 12, blockAlign: 0 }, 4000],
    ["two channels in blocks of one sample", 0x01, { bits: 16, channels: 2, blockAlign: 2 }, 2000],
    ["64-bit integers", 0x01, { bits: 64, blockAlign: 8 }, 1000],
    ["floats in blocks of one byte", 0x03, { bits: 32, blockAlign: 1 }, 2000],
  ] as const)(
    "a frame of %s is at least as large as channels, sample size and block size say",
    async (_what, tag, values, samples) => {
      const chunk = data(8000, 8000);
      for (const format of [fmt(tag, values), extensible(tag, values)]) {
        expect(await probeBytes(riff(format, chunk))).toMatchObject({ durationSeconds: samples / 8000 });
      }
    },
  );

  it.each([
    ["the bits of the header", { bits: 4, byteRate: 0 }, 4],
    ["the byte rate where the header has no bits", { bits: 0, byteRate: 4000 }, 4],
    ["the byte rate where the header has the bits of the decoded samples", { bits: 16, byteRate: 3000 }, 3],
    ["the larger of both", { bits: 2, byteRate: 5000 }, 5],
    ["the larger of both", { bits: 5, byteRate: 2000 }, 5],
  ])("a sample of G.726 has %s", async (_which, values, bits) => {
    for (const tag of [0x14, 0x40, 0x45, 0x64]) {
      expect(await probeBytes(riff(fmt(tag, values), data(8000, 8000)))).toMatchObject({
        codec: "G.726",
        durationSeconds: Math.floor((8000 * 8) / bits) / 8000,
      });
    }
  });

  it("a WAV of MPEG audio is measured by its frames, whichever layer its format tag stands for", async () => {
    const frame = bytesOf(0xff, 0xfd, 0x84, 0xc4, new Uint8Array(380));
    const layer2 = bytesOf(...Array.from({ length: 125 }, () => frame));
    for (const format of [fmt(0x50, { rate: 1 }), fmt(0x55), extensible(0x50)]) {
      const bytes = riff(format, data(layer2.length, 0), layer2, bytesOf("LIST", u32le(384), frame));
      expect(await probeBytes(bytes)).toMatchObject({
        ...{ ...WAV, codec: "MP2", sampleRateHz: 48_000, channels: 1, bitsPerSample: null },
        durationSeconds: 3,
      });
    }
  });

  it.each([
    [0x0a, "WMA Voice in WAV"],
    [0x42, "G.723.1 in WAV"],
    [0xff, "AAC in WAV"],
    [0x2000, "AC-3 in WAV"],
    [0x2001, "DTS in WAV"],
    [0xa109, "Speex in WAV"],
    [0xf1ac, "FLAC in WAV"],
    [0x1234, "Codec 0x1234 in WAV"],
  ])("a WAV with the format tag %i is unsupported, and its format is %s", async (tag, format) => {
    const chunk = data(8000, 8000);
    for (const chunks of [fmt(tag), extensible(tag)]) {
      expect(await probeBytes(riff(chunks, chunk))).toMatchObject({ kind: "unsupported", format });
    }
  });

  it("a WAV of E-AC-3, which has a GUID and no tag, is unsupported, and its format is E-AC-3 in WAV", async () => {
    const bytes = riff(extensible(0xa7fb87af), data(8000, 8000));
    expect(await probeBytes(bytes)).toMatchObject({ kind: "unsupported", format: "E-AC-3 in WAV" });
  });

  it.each([
    ["PCM of no bits", fmt(1, { bits: 0, blockAlign: 2 })],
    ["PCM of 40 bits", fmt(1, { bits: 40, blockAlign: 5 })],
    ["PCM of 72 bits", fmt(1, { bits: 72, blockAlign: 9 })],
    ["floats of no bits", fmt(3, { bits: 0, blockAlign: 4 })],
    ["floats of 16 bits", fmt(3, { bits: 16, blockAlign: 2 })],
    ["floats of 24 bits", extensible(3, { bits: 24, blockAlign: 3 })],
    ["G.726 without bits or byte rate", fmt(0x45, { bits: 0, byteRate: 0 })],
    ["G.726 of one bit", fmt(0x45, { bits: 1, byteRate: 1000 })],
    ["IMA ADPCM of six bits", fmt(0x11, { bits: 6, blockAlign: 256 })],
    ["IMA ADPCM without a block size", fmt(0x11, { bits: 4, blockAlign: 0 })],
    ["an EXTENSIBLE format without a SubFormat", fmt(0xfffe, { bits: 16 })],
  ])("a WAV of %s, which no decoder accepts, is unsupported", async (_what, format) => {
    expect(await probeBytes(riff(format, data(200_000, 200_000)))).toMatchObject({ kind: "unsupported" });
  });

  it.each([
    ["a rate of 1 Hz", riff(fmt(1, { rate: 1 }), data(200, 200))],
    ["no channels", riff(fmt(1, { channels: 0 }), data(8000, 8000))],
    ["an unknown format tag", riff(fmt(0x1234), data(8000, 8000))],
    ["no data chunk", riff(fmt(1))],
    ["no format chunk", riff(data(8000, 8000))],
    ["a truncated format chunk", riff(fmt(1).slice(0, 12))],
    ["ADPCM blocks smaller than their header", riff(fmt(17, { blockAlign: 1 }), data(8000, 8000))],
  ])("a WAV with %s is unsupported", async (_flaw, bytes) => {
    expect(await probeBytes(bytes)).toMatchObject({ kind: "unsupported" });
  });
});
