// Matroska tracks of AVI's codecs ("A_MS/ACM"), by their format tags, beside Matroska's own PCM.
import { describe, expect, it } from "vitest";
import { bytesOf, u16le, u32le } from "../../../bench/hostile-recordings/bytes.ts";
import { probeBytes } from "../memory-source.ts";
import { cluster, element, segment, simpleBlock, sound, trackEntry, tracks } from "./matroska-parts.ts";

const seconds = (durationSeconds: number) => ({
  kind: "audio",
  durationSeconds: expect.closeTo(durationSeconds, 9),
});

describe("a codec of AVI in Matroska", () => {
  interface Format {
    tag: number;
    channels?: number;
    rate?: number;
    align?: number;
    bits?: number;
    extra?: Uint8Array;
  }
  const waveFormat = ({
    tag,
    channels = 2,
    rate = 8000,
    align = 0,
    bits = 16,
    extra = new Uint8Array(),
  }: Format) =>
    bytesOf(
      ...[u16le(tag), u16le(channels), u32le(rate), u32le(0), u16le(align), u16le(bits), u16le(extra.length)],
      extra,
    );
  const probeAcm = (format: Uint8Array, ...frames: Uint8Array[]) =>
    probeBytes(
      segment(
        tracks(trackEntry("A_MS/ACM", { more: element(0x63a2, format) })),
        cluster(...frames.map((frame) => simpleBlock(0, frame))),
      ),
    );
  const zeros = (length: number) => new Uint8Array(length);

  it.each([
    ["PCM", { tag: 1 }, 4000, 1000, 16],
    ["PCM", { tag: 1, bits: 24, align: 8 }, 4000, 500, 24],
    ["PCM", { tag: 1, bits: 8 }, 4000, 2000, 8],
    ["PCM", { tag: 1, bits: 1 }, 4000, 2000, 8],
    ["IEEE float", { tag: 3, bits: 32 }, 4000, 500, 32],
    ["A-law", { tag: 6, bits: 13 }, 4000, 2000, 8],
    ["µ-law", { tag: 7, bits: 16 }, 4000, 2000, 8],
    ["µ-law", { tag: 0xfffe, extra: bytesOf(zeros(6), u16le(7), zeros(14)) }, 4000, 2000, 8],
    ["Microsoft ADPCM", { tag: 2, align: 256 }, 600, 2 * 244 + 76, null],
    ["IMA ADPCM", { tag: 0x11, align: 256, bits: 4 }, 600, 2 * 249 + 81, null],
    ["IMA ADPCM", { tag: 0x11, align: 208, bits: 5 }, 416, 2 * 161, null],
    ["Yamaha ADPCM", { tag: 0x20 }, 4000, 4000, null],
    ["G.722", { tag: 0x28f, channels: 1 }, 2000, 4000, null],
    ["GSM 6.10", { tag: 0x31, channels: 1 }, 130, 640, null],
    ["G.726", { tag: 0x45, channels: 1, bits: 4 }, 2000, 4000, null],
    ["OKI ADPCM", { tag: 0x10, channels: 1, bits: 4 }, 2000, 4000, null],
    ["TrueSpeech", { tag: 0x22, channels: 1, align: 32 }, 64, 480, null],
  ] as const)("is measured by its blocks: %s of %j", async (codec, format, bytes, samples, bitsPerSample) => {
    expect(await probeAcm(waveFormat(format), zeros(bytes), zeros(bytes))).toMatchObject({
      ...seconds((2 * samples) / 8000),
      codec,
      sampleRateHz: 8000,
      channels: "channels" in format ? format.channels : 2,
      bitsPerSample,
    });
  });

  it("holds nothing in free-format MPEG frames, which no player plays", async () => {
    const frame = bytesOf(0xff, 0xe5, 0x08, zeros(500));
    for (const tag of [0x50, 0x55]) {
      expect(await probeAcm(waveFormat({ tag }), frame, frame)).toMatchObject({ kind: "unsupported" });
    }
  });

  it("is measured by its frames: MP3, AC-3 and AAC", async () => {
    const mp3 = bytesOf(0xff, 0xf3, 0x14, 0xc4, zeros(20));
    expect(await probeAcm(waveFormat({ tag: 0x55, rate: 8000 }), mp3, mp3)).toMatchObject({
      ...seconds((2 * 576) / 24_000),
      codec: "MP3",
      sampleRateHz: 24_000,
    });
    const ac3 = bytesOf(0x0b, 0x77, 0, 0, 0x00, 0x40, 0x40, zeros(121));
    expect(await probeAcm(waveFormat({ tag: 0x2000 }), ac3)).toMatchObject({
      ...seconds(0.032),
      codec: "AC-3",
    });
    const aac = waveFormat({ tag: 0xff, extra: bytesOf(0x14, 0x08) });
    expect(await probeAcm(aac, zeros(9))).toMatchObject({ ...seconds(0.064), codec: "AAC", channels: 1 });
  });

  it("is measured by its blocks: WMA, whose first frame yields no samples", async () => {
    const wma = (tag: number, options: number, align = 100) =>
      waveFormat({ tag, align, extra: bytesOf(zeros(tag === 0x161 ? 4 : 2), u16le(options), zeros(4)) });
    const one = zeros(100);
    expect(await probeAcm(wma(0x161, 0), one, one, one, zeros(99))).toMatchObject({
      ...seconds((2 * 512) / 8000),
      codec: "WMA 2",
      sampleRateHz: 8000,
      channels: 2,
    });
    expect(await probeAcm(wma(0x160, 2), one.with(0, 3), one.with(0, 2))).toMatchObject({
      ...seconds((3 * 512) / 8000),
      codec: "WMA 1",
    });
    const dense = await probeAcm(wma(0x161, 2, 1), ...new Array<Uint8Array>(50).fill(bytesOf(15)));
    expect(dense).toMatchObject(seconds(50 / 500));
    // Silence of one byte a frame, and bytes of other frames, which are too few.
    const silence = new Array<Uint8Array>(50).fill(bytesOf(0));
    expect(await probeAcm(wma(0x161, 0, 1), ...silence)).toMatchObject(seconds((49 * 512) / 8000));
    const noise = new Array<Uint8Array>(50).fill(bytesOf(1));
    expect(await probeAcm(wma(0x161, 0, 1), ...noise)).toMatchObject({ kind: "unsupported" });
    const few = new Array<Uint8Array>(50).fill(bytesOf(1, 2, 3));
    expect(await probeAcm(wma(0x161, 0, 3), ...few)).toMatchObject(seconds((49 * 3) / 500));
    expect(await probeAcm(waveFormat({ tag: 0x161, align: 100 }), one)).toMatchObject({
      kind: "unsupported",
    });
  });

  it("has the rate of its track, as in players, where its own is lower", async () => {
    const format = element(0x63a2, waveFormat({ tag: 6, rate: 2000 }));
    const entry = trackEntry("A_MS/ACM", { more: bytesOf(format, sound({ rate: 16_000 })) });
    const bytes = segment(tracks(entry), cluster(simpleBlock(0, zeros(32_000))));
    expect(await probeBytes(bytes)).toMatchObject({ ...seconds(1), sampleRateHz: 16_000 });
  });

  it.each([
    ["G.723.1 in Matroska", 0x42],
    ["WMA Professional in Matroska", 0x162],
    ["format tag 4660 in Matroska", 0x1234],
  ])("is refused as %s", async (format, tag) => {
    expect(await probeAcm(waveFormat({ tag }), zeros(900))).toMatchObject({ kind: "unsupported", format });
  });

  it.each([
    ["no channels", waveFormat({ tag: 1, channels: 0 })],
    ["no bits", waveFormat({ tag: 1, bits: 0 })],
    ["floats of eight bits", waveFormat({ tag: 3, bits: 8 })],
    ["a rate of 1 Hz", waveFormat({ tag: 1, rate: 1 })],
    ["ADPCM in blocks of no bytes", waveFormat({ tag: 2 })],
    ["AAC without a configuration", waveFormat({ tag: 0xff })],
    ["its end missing", waveFormat({ tag: 1 }).slice(0, 15)],
  ])("of %s is unsupported", async (_flaw, format) => {
    expect(await probeAcm(format, zeros(900))).toMatchObject({ kind: "unsupported", format: null });
  });

  it("of Matroska's own is measured by whole samples: floats of 8 bits and integers of 1 bit do not exist", async () => {
    const own = (codec: string, bits: number) =>
      probeBytes(
        segment(tracks(trackEntry(codec, { more: sound({ bits }) })), cluster(simpleBlock(0, zeros(1600)))),
      );
    expect(await own("A_PCM/FLOAT/IEEE", 8)).toMatchObject({ kind: "unsupported" });
    expect(await own("A_PCM/FLOAT/IEEE", 64)).toMatchObject(seconds(200 / 8000));
    expect(await own("A_PCM/INT/BIG", 1)).toMatchObject(seconds(800 / 8000));
    expect(await own("A_PCM/INT/LIT", 8)).toMatchObject(seconds(1600 / 8000));
    expect(await own("A_PCM/INT/LIT", 20)).toMatchObject(seconds(533 / 8000));
  });
});
