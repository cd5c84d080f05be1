import { describe, expect, it } from "vitest";
import { bytesOf, decodedSeconds, inspectBytes, record, recordPiped, u16, u32, u64 } from "../recordings.ts";

const AIFF = { kind: "audio", container: "AIFF", contentType: "audio/aiff" };

/** 8000 Hz as an 80-bit float: 1.953125 x 2^12. */
const RATE_8000 = bytesOf(u16(16383 + 12), u32(0xfa000000), u32(0));
const comm = ({ channels = 1, frames = 0, bits = 8, rate = RATE_8000, compression = "" } = {}) =>
  bytesOf("COMM", u32(18 + compression.length), u16(channels), u32(frames), u16(bits), rate, compression);
const ssnd = (claimed: number, length: number, offset = 0) =>
  bytesOf("SSND", u32(claimed), u32(offset), u32(0), new Uint8Array(length));
const form = (...chunks: Uint8Array[]) => bytesOf("FORM", u32(0), "AIFF", ...chunks);
const compressed = (...chunks: Uint8Array[]) => bytesOf("FORM", u32(0), "AIFC", ...chunks);

describe("an AIFF", () => {
  it.each([
    ["16-bit PCM", "PCM", ["-c:a", "pcm_s16be", "-ac", "2"]],
    ["8-bit PCM", "PCM", ["-c:a", "pcm_s8", "-ar", "8000"]],
    ["24-bit PCM, six channels", "PCM", ["-c:a", "pcm_s24be", "-ac", "6"]],
    ["32-bit PCM of a high rate", "PCM", ["-c:a", "pcm_s32be", "-ar", "192000"]],
    ["little-endian PCM", "PCM", ["-c:a", "pcm_s16le"]],
    ["32-bit float", "IEEE float", ["-c:a", "pcm_f32be"]],
    ["64-bit float", "IEEE float", ["-c:a", "pcm_f64be"]],
    ["µ-law", "µ-law", ["-c:a", "pcm_mulaw", "-ar", "8000"]],
    ["A-law", "A-law", ["-c:a", "pcm_alaw", "-ar", "8000"]],
    ["IMA ADPCM", "IMA ADPCM", ["-c:a", "adpcm_ima_qt"]],
    ["IMA ADPCM, stereo", "IMA ADPCM", ["-c:a", "adpcm_ima_qt", "-ac", "2"]],
    ["PCM with tags", "PCM", ["-write_id3v2", "1", "-metadata", "title=A title"]],
  ])("of %s is measured as ffmpeg decodes it", async (_kind, codec, args) => {
    const bytes = record("aiff", 12.34, ...args);
    const found = await inspectBytes(bytes);
    expect(found).toMatchObject({ ...AIFF, codec });
    expect(found).toHaveProperty("durationSeconds", expect.closeTo(decodedSeconds(bytes), 2));
  });

  it("written to a pipe, with sizes that nobody knew, is measured", async () => {
    const found = await inspectBytes(recordPiped(12.34, "-f", "aiff"));
    expect(found).toMatchObject({ ...AIFF, durationSeconds: expect.closeTo(12.34, 2) });
  });

  it("whose header promises an hour holds what is there", async () => {
    const promised = form(comm({ frames: 3600 * 8000 }), ssnd(3600 * 8000, 8000));
    expect(await inspectBytes(promised)).toMatchObject({ ...AIFF, durationSeconds: 1 });
  });

  it("is as short as it says, its samples padded", async () => {
    const padded = form(comm({ frames: 4000 }), ssnd(8008, 8000));
    expect(await inspectBytes(padded)).toMatchObject({ durationSeconds: 0.5 });
  });

  it("of which the second half was lost holds the first", async () => {
    const bytes = record("aiff", 12);
    const half = bytes.slice(0, bytes.length / 2);
    expect(await inspectBytes(half)).toMatchObject({ durationSeconds: expect.closeTo(6, 1) });
  });

  it("with its format after the samples, odd-sized chunks and a cover is measured", async () => {
    const note = bytesOf("NAME", u32(3), "abc", 0);
    const cover = bytesOf("ID3 ", u32(2_000_000), new Uint8Array(2_000_000));
    const bytes = form(note, cover, ssnd(8009, 8001), bytesOf(0), note, comm());
    expect(await inspectBytes(bytes)).toMatchObject({ durationSeconds: 8001 / 8000 });
  });

  it("whose samples start at an offset has that much less", async () => {
    expect(await inspectBytes(form(comm(), ssnd(8008, 8000, 4000)))).toMatchObject({ durationSeconds: 0.5 });
    expect(await inspectBytes(form(comm(), ssnd(8008, 8000, 2 ** 32 - 1)))).toMatchObject({
      kind: "unreadable",
    });
  });

  it.each([
    ["a rate of 1", form(comm({ rate: bytesOf(u16(16383), u64(2 ** 63)) }), ssnd(8008, 8000))],
    ["a rate beyond all numbers", form(comm({ rate: bytesOf(u16(0x7fff), u64(2 ** 63)) }), ssnd(8008, 8000))],
    ["no rate", form(comm({ rate: new Uint8Array(10) }), ssnd(8008, 8000))],
    ["no channel", form(comm({ channels: 0 }), ssnd(8008, 8000))],
    ["samples of no bits", form(comm({ bits: 0 }), ssnd(8008, 8000))],
    ["a codec not known", compressed(comm({ compression: "QDM2" }), ssnd(8008, 8000))],
    ["a codec named after a built-in", compressed(comm({ compression: "then" }), ssnd(8008, 8000))],
    ["no samples", form(comm())],
    ["no format", form(ssnd(8008, 8000))],
    ["a format cut off", form(ssnd(8008, 8000), comm().slice(0, 20))],
    ["chunks of no size without end", form(new Uint8Array(2 ** 20))],
  ])("with %s is unreadable", async (_flaw, bytes) => {
    expect(await inspectBytes(bytes)).toMatchObject({ kind: "unreadable" });
  });
});
