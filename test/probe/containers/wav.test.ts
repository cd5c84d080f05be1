// WAVE files built byte by byte.
import { describe, expect, it } from "vitest";
import { bytesOf, u16le, u32le, u64le } from "../../../bench/hostile-recordings/bytes.ts";
import { probeBytes } from "../memory-source.ts";

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
