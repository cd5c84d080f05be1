// Where the samples of uncompressed recordings are, and when that is not known.
import { describe, expect, it } from "vitest";
import { aiffPcmData, wavePcmData } from "../../../src/probe/codecs/pcm-data.ts";
import type { WaveFormat } from "../../../src/probe/codecs/wave-codecs.ts";
import { encodeWav } from "../../support/wav.ts";
import { probeBytes } from "../memory-source.ts";

const wave = (formatTag: number, bitsPerSample: number, blockAlign: number, channels = 1): WaveFormat => ({
  ...{ formatTag, bitsPerSample, blockAlign, channels },
  ...{ sampleRate: 8000, bytesPerSecond: 8000 * blockAlign },
});

const PCM = 1;
const FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;
const IMA_ADPCM = 0x11;

describe("the samples of a WAVE", () => {
  it.each([
    [PCM, 8, "u8"],
    [PCM, 12, "s16le"],
    [PCM, 16, "s16le"],
    [PCM, 20, "s24le"],
    [PCM, 24, "s24le"],
    [PCM, 32, "s32le"],
    [FLOAT, 32, "f32le"],
    [FLOAT, 64, "f64le"],
  ])("of format tag %i with %i bits are %s", (tag, bits, encoding) => {
    const bytes = Math.ceil(bits / 8);
    expect(wavePcmData(wave(tag, bits, bytes), 44, 80)).toMatchObject({ encoding, offsetBytes: 44 });
  });

  it.each([
    ["24 bits in four bytes", wave(PCM, 24, 8, 2)],
    ["16 bits in four bytes", wave(PCM, 16, 4)],
    ["integers of 64 bits", wave(PCM, 64, 8)],
    ["floats of 16 bits", wave(FLOAT, 16, 2)],
    ["no bits", wave(PCM, 0, 0)],
    ["ADPCM", wave(IMA_ADPCM, 4, 256)],
  ])("are not known for %s", (_name, format) => {
    expect(wavePcmData(format, 44, 80)).toBeNull();
  });

  it.each([
    [A_LAW, "alaw"],
    [MU_LAW, "mulaw"],
  ])("of format tag %i are %s, one byte each, whatever the header states", (tag, encoding) => {
    expect(wavePcmData(wave(tag, 16, 2), 44, 81)).toMatchObject({ encoding, sizeBytes: 81 });
  });

  it("end with the last whole frame", () => {
    expect(wavePcmData(wave(PCM, 16, 4, 2), 44, 83)).toMatchObject({ sizeBytes: 80 });
  });

  it("are those that are there, not those that the header promises", async () => {
    const truncated = encodeWav(new Uint8Array(8000)).slice(0, 44 + 4001);
    expect(await probeBytes(truncated)).toMatchObject({
      pcm: { offsetBytes: 44, sizeBytes: 4000, encoding: "s16le", channels: 1, sampleRateHz: 44_100 },
    });
  });
});

describe("the samples of an AIFF", () => {
  it.each([
    ["NONE", 8, "s8"],
    ["NONE", 16, "s16be"],
    ["twos", 24, "s24be"],
    ["in32", 32, "s32be"],
    ["raw ", 8, "u8"],
    ["sowt", 16, "s16le"],
    ["fl32", 32, "f32be"],
    ["FL64", 64, "f64be"],
    ["ulaw", 8, "mulaw"],
    ["ALAW", 8, "alaw"],
  ])("of type %s with %i bits are %s", (compressionType, bitsPerSample, encoding) => {
    const format = { compressionType, bitsPerSample, channels: 2, sampleRate: 8000 };
    const sizeBytes = (10 * 2 * bitsPerSample) / 8;
    expect(aiffPcmData(format, 54, 10)).toEqual({
      ...{ offsetBytes: 54, sizeBytes, encoding, channels: 2, sampleRateHz: 8000 },
    });
  });

  it("are not known for a compressed type", () => {
    const format = { compressionType: "ima4", bitsPerSample: 4.25, channels: 1, sampleRate: 8000 };
    expect(aiffPcmData(format, 54, 10)).toBeNull();
  });
});
