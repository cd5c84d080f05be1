import { describe, expect, it } from "vitest";
import {
  bytesOf,
  decodedSeconds,
  inspectBytes,
  record,
  recordPiped,
  u16le,
  u32le,
  u64le,
} from "../recordings.ts";

const WAV = { kind: "audio", container: "WAVE", contentType: "audio/wav" };

const fmt = (tag: number, { rate = 8000, channels = 1, bits = 8, blockAlign = 1 } = {}) =>
  bytesOf(
    "fmt ",
    u32le(16),
    u16le(tag),
    u16le(channels),
    u32le(rate),
    u32le(rate),
    u16le(blockAlign),
    u16le(bits),
  );
const riff = (...chunks: Uint8Array[]) => bytesOf("RIFF", u32le(0), "WAVE", ...chunks);
const data = (claimed: number, length: number) => bytesOf("data", u32le(claimed), new Uint8Array(length));

describe("a WAV", () => {
  it.each([
    ["16-bit PCM", "PCM", ["-c:a", "pcm_s16le"]],
    ["24-bit PCM, extensible, six channels", "PCM", ["-c:a", "pcm_s24le", "-ac", "6"]],
    ["8-bit PCM", "PCM", ["-c:a", "pcm_u8", "-ar", "8000"]],
    ["32-bit float", "IEEE float", ["-c:a", "pcm_f32le"]],
    ["64-bit float", "IEEE float", ["-c:a", "pcm_f64le"]],
    ["A-law", "A-law", ["-c:a", "pcm_alaw", "-ar", "8000"]],
    ["µ-law", "µ-law", ["-c:a", "pcm_mulaw", "-ar", "8000"]],
    ["IMA ADPCM", "IMA ADPCM", ["-c:a", "adpcm_ima_wav"]],
    ["IMA ADPCM, stereo", "IMA ADPCM", ["-c:a", "adpcm_ima_wav", "-ac", "2"]],
    ["Microsoft ADPCM", "Microsoft ADPCM", ["-c:a", "adpcm_ms", "-ac", "2"]],
    ["MP3", "MP3", ["-c:a", "libmp3lame", "-b:a", "64k"]],
    ["G.726", "G.726", ["-c:a", "g726", "-ar", "8000", "-b:a", "32k"]],
    ["RF64", "PCM", ["-rf64", "always"]],
    ["BWF with tags before the samples", "PCM", ["-write_bext", "1", "-metadata", "title=A title"]],
  ])("of %s is measured as ffmpeg decodes it", async (_kind, codec, args) => {
    const bytes = record("wav", 12.34, ...args);
    const found = await inspectBytes(bytes);
    expect(found).toMatchObject({ ...WAV, codec });
    expect(found).toHaveProperty("durationSeconds", expect.closeTo(decodedSeconds(bytes), 1));
  });

  it("written to a pipe, with sizes that nobody knew, is measured", async () => {
    const found = await inspectBytes(recordPiped(12.34, "-f", "wav"));
    expect(found).toMatchObject({ ...WAV, durationSeconds: expect.closeTo(12.34, 2) });
  });

  it("whose header promises an hour holds what is there", async () => {
    const oneSecond = riff(fmt(1), data(3600 * 8000, 8000));
    expect(await inspectBytes(oneSecond)).toMatchObject({ ...WAV, durationSeconds: 1 });
    const ds64 = bytesOf("ds64", u32le(28), u64le(2 ** 40), u64le(2 ** 40), u64le(2 ** 40), u32le(0));
    const rf64 = bytesOf("RF64", u32le(0xffffffff), "WAVE", ds64, fmt(1), data(0xffffffff, 8000));
    expect(await inspectBytes(rf64)).toMatchObject({ ...WAV, durationSeconds: 1 });
  });

  it("has its samples counted, whatever its fact chunk says", async () => {
    const fact = bytesOf("fact", u32le(4), u32le(0xffffffff));
    expect(await inspectBytes(riff(fmt(1), fact, data(8000, 8000)))).toMatchObject({ durationSeconds: 1 });
  });

  it("with odd-sized chunks before and after the samples is measured", async () => {
    const note = bytesOf("note", u32le(3), "abc", 0);
    const bytes = riff(note, fmt(1), note, data(8001, 8001), bytesOf(0), note);
    expect(await inspectBytes(bytes)).toMatchObject({ durationSeconds: 8001 / 8000 });
  });

  it.each([
    ["one sample a second", riff(fmt(1, { rate: 1 }), data(200, 200))],
    ["no channel", riff(fmt(1, { channels: 0 }), data(8000, 8000))],
    ["a codec not known", riff(fmt(0x1234), data(8000, 8000))],
    ["no samples", riff(fmt(1))],
    ["no format", riff(data(8000, 8000))],
    ["a format cut off", riff(fmt(1).slice(0, 12))],
    [
      "a block of a single byte that is said to hold much",
      riff(fmt(17, { blockAlign: 1 }), data(8000, 8000)),
    ],
  ])("with %s is unreadable", async (_flaw, bytes) => {
    expect(await inspectBytes(bytes)).toMatchObject({ kind: "unreadable" });
  });
});
