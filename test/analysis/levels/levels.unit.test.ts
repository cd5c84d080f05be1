// The levels of synthetic signals, and of their encodings: exact results.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measurePcm } from "../../../analysis/src/levels/measure-pcm.ts";
import type { AudioLevels } from "../../../src/platform/audio-levels.ts";
import { PCM_SAMPLE_BYTES, type PcmData, type PcmEncoding } from "../../../src/probe/codecs/pcm-data.ts";

const RATE_HZ = 8000;
const MAX_INT16 = 32_767;

const measure = (
  bytes: Uint8Array,
  {
    encoding = "s16le",
    channels = 1,
    cuts = [],
  }: { encoding?: PcmEncoding; channels?: number; cuts?: number[] } = {},
): Promise<AudioLevels> => {
  const pcm: PcmData = { offsetBytes: 0, sizeBytes: bytes.length, encoding, channels, sampleRateHz: RATE_HZ };
  return measurePcm(pcm, chunksOf(bytes, cuts));
};

async function* chunksOf(bytes: Uint8Array, cuts: number[]): AsyncGenerator<Uint8Array> {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  let start = 0;
  for (const end of ends) {
    yield bytes.slice(start, end);
    start = end;
  }
}

/** Samples of 16 bits, little-endian. */
const int16 = (count: number, sampleAt: (index: number) => number): Uint8Array =>
  new Uint8Array(Int16Array.from({ length: count }, (_, index) => sampleAt(index)).buffer);

const sine =
  (amplitude: number, cycleSamples = 40) =>
  (index: number) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * index) / cycleSamples));

describe("levels", () => {
  it("a sine of half amplitude has a peak level of 0.5, full peaks, no clipping and no silence", async () => {
    const levels = await measure(int16(RATE_HZ * 20, sine(16_384)));
    expect(levels).toMatchObject({ peakLevel: 0.5, clippedShare: 0, silenceShare: 0 });
    expect(levels.peaks).toHaveLength(20 * 20);
    expect(new Set(levels.peaks)).toEqual(new Set([255]));
  });

  it("digital silence has a peak level of 0, empty peaks and a silence share of 1", async () => {
    const levels = await measure(int16(RATE_HZ * 2, () => 0));
    expect(levels).toMatchObject({ peakLevel: 0, clippedShare: 0, silenceShare: 1 });
    expect(new Set(levels.peaks)).toEqual(new Set([0]));
  });

  it("a constant offset is silence, though its peak level is not 0", async () => {
    const levels = await measure(int16(RATE_HZ, () => 3277));
    expect(levels).toMatchObject({ peakLevel: 3277 / 32_768, silenceShare: 1 });
  });

  it("each channel may have its own offset", async () => {
    const levels = await measure(
      int16(RATE_HZ * 2, (index) => (index % 2 ? 3277 : -1000)),
      { channels: 2 },
    );
    expect(levels.silenceShare).toBe(1);
  });

  it("the share of silence is that of the windows below -50 dBFS RMS", async () => {
    // The RMS of a sine is 3.01 dB below its amplitude: -49.9 and -50.1 dBFS.
    const aboveAmplitude = 32_768 * 10 ** (-46.9 / 20);
    const belowAmplitude = 32_768 * 10 ** (-47.1 / 20);
    expect((await measure(int16(RATE_HZ, sine(aboveAmplitude)))).silenceShare).toBe(0);
    expect((await measure(int16(RATE_HZ, sine(belowAmplitude)))).silenceShare).toBe(1);
    const quarter = RATE_HZ / 4;
    const levels = await measure(int16(RATE_HZ, (index) => (index < quarter ? 0 : sine(10_000)(index))));
    expect(levels.silenceShare).toBe(0.25);
  });

  it("a clipped square is clipped throughout", async () => {
    const levels = await measure(int16(RATE_HZ, (index) => (index % 40 < 20 ? MAX_INT16 : -32_768)));
    expect(levels).toMatchObject({ peakLevel: 1, clippedShare: 1 });
  });

  it("a run of three samples at full scale is clipped, one of two is not", async () => {
    const withRun = (run: number) =>
      measure(int16(1000, (index) => (index >= 500 && index < 500 + run ? MAX_INT16 : 100)));
    expect((await withRun(3)).clippedShare).toBe(0.003);
    expect((await withRun(2)).clippedShare).toBe(0);
  });

  it("a run of clipped samples is one of a single channel", async () => {
    const alternating = int16(1000, (index) => (index % 2 ? MAX_INT16 : 0));
    expect((await measure(alternating, { channels: 1 })).clippedShare).toBe(0);
    expect((await measure(alternating, { channels: 2 })).clippedShare).toBe(0.5);
  });

  it("clipping at the end of the recording counts", async () => {
    const levels = await measure(int16(1000, (index) => (index >= 990 ? -32_768 : 0)));
    expect(levels.clippedShare).toBe(0.01);
  });

  it("each point is the highest sample of its part of the duration", async () => {
    const frames = 256 * 10;
    const levels = await measure(
      int16(frames, (index) => (index % 10 === 7 ? -100 * Math.floor(index / 10) : 0)),
    );
    expect(levels.peakLevel).toBe(25_500 / 32_768);
    expect([...levels.peaks]).toEqual(Array.from({ length: 256 }, (_, point) => point));
  });

  it("peaks are relative to the peak level, so that a quiet recording has as many steps as a loud one", async () => {
    const frames = 256 * 10;
    const levels = await measure(int16(frames, (index) => Math.floor(index / 10)));
    expect(new Set(levels.peaks).size).toBe(256);
  });

  it.each([
    ["a recording of one frame", 1, 1],
    ["a short one", RATE_HZ * 3, 256],
    ["one of a minute", RATE_HZ * 60, 1200],
    ["one of ten minutes", RATE_HZ * 600, 2000],
  ])("%s has a number of points by its duration", async (_name, frames, points) => {
    expect((await measure(new Uint8Array(frames), { encoding: "s8" })).peaks).toHaveLength(points);
  });

  it("a stream that ends early is an error, not the levels of its beginning", async () => {
    const pcm: PcmData = {
      offsetBytes: 0,
      sizeBytes: 8,
      encoding: "s16le",
      channels: 1,
      sampleRateHz: RATE_HZ,
    };
    await expect(measurePcm(pcm, chunksOf(new Uint8Array(6), []))).rejects.toThrow("6 bytes of 8");
  });
});

const BIG_AND_LITTLE = [true, false];

describe("encodings", () => {
  it.each([
    ["u8", [0, 64, 128, 255], [1, 0.5, 0, 127 / 128]],
    ["s8", [0x80, 0x40, 0, 0x7f], [1, 0.5, 0, 127 / 128]],
    // The ends of the scales of ITU-T G.711.
    ["mulaw", [0x00, 0x80, 0xff, 0x7f], [32_124 / 32_768, 32_124 / 32_768, 0, 0]],
    ["alaw", [0x2a, 0xaa, 0xd5, 0x55], [32_256 / 32_768, 32_256 / 32_768, 8 / 32_768, 8 / 32_768]],
  ] as const)("%s is decoded to its levels", async (encoding, bytes, expected) => {
    const levels = await Promise.all(bytes.map((byte) => measure(Uint8Array.of(byte), { encoding })));
    expect(levels.map(({ peakLevel }) => peakLevel)).toEqual(expected);
  });

  it.each(BIG_AND_LITTLE)("16, 24 and 32 bits have their full scale (little-endian: %s)", async (little) => {
    const order = little ? "le" : "be";
    const levelOf = async (encoding: PcmEncoding, ...bigEndian: number[]) => {
      const bytes = Uint8Array.from(little ? bigEndian.toReversed() : bigEndian);
      return (await measure(bytes, { encoding })).peakLevel;
    };
    expect(await levelOf(`s16${order}`, 0xc0, 0x00)).toBe(0.5);
    expect(await levelOf(`s16${order}`, 0x00, 0x01)).toBe(2 ** -15);
    expect(await levelOf(`s24${order}`, 0xc0, 0x00, 0x00)).toBe(0.5);
    expect(await levelOf(`s24${order}`, 0x00, 0x80, 0x01)).toBe((2 ** 15 + 1) * 2 ** -23);
    expect(await levelOf(`s32${order}`, 0xc0, 0x00, 0x00, 0x00)).toBe(0.5);
    expect(await levelOf(`s32${order}`, 0x00, 0x00, 0x00, 0x01)).toBe(2 ** -31);
  });

  it.each(["f32", "f64"] as const)(
    "%s is clipped at full scale, and what is not a number is silence",
    async (kind) => {
      const bytesOf = (values: number[], little: boolean) => {
        const bytes = new Uint8Array((kind === "f32" ? Float32Array : Float64Array).from(values).buffer);
        return little ? bytes : bytes.reverse();
      };
      for (const little of BIG_AND_LITTLE) {
        const measureFloats = (...values: number[]) =>
          measure(bytesOf(values, little), { encoding: `${kind}${little ? "le" : "be"}` });
        expect(await measureFloats(0.25, -0.5)).toMatchObject({ peakLevel: 0.5, clippedShare: 0 });
        expect(await measureFloats(1.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0)).toMatchObject(
          {
            peakLevel: 1,
            clippedShare: 0.75,
          },
        );
        expect(await measureFloats(Number.NaN, Number.NaN)).toMatchObject({ peakLevel: 0, silenceShare: 1 });
      }
    },
  );

  it("the result does not depend on where the stream is cut, in any encoding", async () => {
    const encoding = fc.constantFrom(...(Object.keys(PCM_SAMPLE_BYTES) as PcmEncoding[]));
    await fc.assert(
      fc.asyncProperty(
        encoding,
        fc.integer({ min: 1, max: 3 }),
        fc.uint8Array({ minLength: 1, maxLength: 2000 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        async (encoding, channels, random, cuts) => {
          const frameBytes = channels * PCM_SAMPLE_BYTES[encoding];
          const bytes = random.slice(0, random.length - (random.length % frameBytes));
          fc.pre(bytes.length > 0);
          expect(await measure(bytes, { encoding, channels, cuts })).toEqual(
            await measure(bytes, { encoding, channels }),
          );
        },
      ),
    );
  });

  it.each([
    ["several blocks of frames, which three channels do not fill", 3, 70_000],
    ["frames of more samples than a block", 40_000, 5],
  ])("the result does not depend on how the samples fit into blocks: %s", async (_, channels, frames) => {
    const last = frames * channels - 1;
    const bytes = int16(last + 1, (index) => (index === last ? -16_384 : (index * 7919) % 8192));
    const cuts = Array.from({ length: Math.floor(bytes.length / 777) }, (_, index) => 777 * (index + 1));
    const whole = await measure(bytes, { channels });
    expect(whole.peakLevel).toBe(0.5);
    expect(whole.peaks.at(-1)).toBe(255);
    expect(await measure(bytes, { channels, cuts })).toEqual(whole);
  });
});
