import { describe, expect, it } from "vitest";
import { bytesOf, decodedSeconds, inspectBytes, record, recordPiped, u16le, u32le } from "../recordings.ts";

const WAVPACK = { kind: "audio", container: "WavPack", codec: "WavPack", contentType: "audio/x-wavpack" };

const ENTROPY = bytesOf(0x05, 3, new Uint8Array(6));
const BITS = bytesOf(0x8a, 2, 0, 0, new Uint8Array(4));
const FLAGS_8000 = 0x1800 + 1 * 2 ** 23;
interface Block {
  samples?: number;
  total?: number;
  flags?: number;
  content?: Uint8Array;
  claimed?: number;
}
const block = ({ samples = 8000, total = 0xffffffff, flags = FLAGS_8000, content, claimed }: Block = {}) => {
  const inside = content ?? bytesOf(ENTROPY, BITS);
  const size = u32le(claimed ?? 24 + inside.length);
  const head = bytesOf(
    "wvpk",
    size,
    u16le(0x410),
    0,
    0,
    u32le(total),
    u32le(0),
    u32le(samples),
    u32le(flags),
  );
  return bytesOf(head, u32le(0), inside);
};

describe("a WavPack recording", () => {
  it.each([
    ["mono", ["-ac", "1"]],
    ["stereo", ["-ac", "2"]],
    ["six channels", ["-ac", "6"]],
    ["8-bit", ["-sample_fmt", "u8p", "-ar", "8000"]],
    ["16-bit", ["-sample_fmt", "s16p"]],
    ["32-bit", ["-sample_fmt", "s32p", "-ar", "96000"]],
    ["float", ["-sample_fmt", "fltp"]],
    ["a rate that the header has no number for", ["-ar", "37800"]],
    ["tags at the end", ["-metadata", "title=A title"]],
  ])("of %s is measured as ffmpeg decodes it", async (_kind, args) => {
    const bytes = record("wv", 7.34, ...args);
    const found = await inspectBytes(bytes);
    expect(found).toMatchObject(WAVPACK);
    expect(found).toHaveProperty("durationSeconds", expect.closeTo(decodedSeconds(bytes), 2));
  });

  it("written to a pipe, with a count that nobody knew, is measured", async () => {
    const found = await inspectBytes(recordPiped(7.34, "-f", "wv"));
    expect(found).toMatchObject({ ...WAVPACK, durationSeconds: expect.closeTo(7.34, 2) });
  });

  it("of silence, in a few bytes a second, is measured", async () => {
    const bytes = record("wv", 7.34, "-af", "volume=0", "-sample_fmt", "s16p");
    expect(bytes.length).toBeLessThan(10_000);
    expect(await inspectBytes(bytes)).toMatchObject({ durationSeconds: expect.closeTo(7.34, 2) });
  });

  it("of which a part was lost holds its whole blocks", async () => {
    const bytes = record("wv", 7.34);
    const cut = bytes.slice(0, Math.floor(bytes.length * 0.6));
    const found = await inspectBytes(cut);
    expect(found).toHaveProperty("durationSeconds", expect.closeTo(decodedSeconds(cut), 1));
  });

  it("has its blocks counted, whatever the first says of them all", async () => {
    expect(await inspectBytes(block({ total: 2 ** 31 }))).toMatchObject({ ...WAVPACK, durationSeconds: 1 });
    expect(await inspectBytes(block({ total: 4000 }))).toMatchObject({ durationSeconds: 0.5 });
    expect(await inspectBytes(bytesOf(block({ total: 0 }), block()))).toMatchObject({ durationSeconds: 2 });
  });

  it("of more than two channels has their blocks counted once", async () => {
    const first = block({ flags: FLAGS_8000 - 0x1000 });
    const last = block({ flags: FLAGS_8000 - 0x800 });
    expect(await inspectBytes(bytesOf(first, last))).toMatchObject({ durationSeconds: 1 });
  });

  it("has no audio in blocks that no decoder takes", async () => {
    const tail = [
      block({ content: new Uint8Array() }),
      block({ content: ENTROPY }),
      block({ content: BITS }),
      block({ content: bytesOf(ENTROPY, 0x8a, 0, 0, 0) }),
      block({ content: bytesOf(ENTROPY, 0x8a, 255, 255, 0) }),
      block({ samples: 0 }),
      block({ samples: 131_073 }),
      block({ samples: 2 ** 32 - 1 }),
    ];
    expect(await inspectBytes(bytesOf(block(), ...tail, block()))).toMatchObject({ durationSeconds: 2 });
  });

  it("ends where its blocks do", async () => {
    const tag = bytesOf("APETAGEX", new Uint8Array(24), block());
    expect(await inspectBytes(bytesOf(block(), tag))).toMatchObject({ durationSeconds: 1 });
    for (const claimed of [0, 23, 2 ** 21, 2 ** 32 - 1]) {
      expect(await inspectBytes(bytesOf(block(), block({ claimed }), block()))).toMatchObject({
        durationSeconds: 1,
      });
    }
  });

  it.each([
    ["DSD", block({ flags: FLAGS_8000 + 2 ** 31 })],
    ["a rate that is nowhere", block({ flags: 0x1800 + 15 * 2 ** 23 })],
    [
      "a rate of 1",
      block({ flags: 0x1800 + 15 * 2 ** 23, content: bytesOf(0x67, 2, 1, 0, 0, 0, ENTROPY, BITS) }),
    ],
    [
      "blocks without audio",
      bytesOf(...Array.from({ length: 1000 }, () => block({ content: new Uint8Array() }))),
    ],
    ["a block cut off", block().slice(0, -1)],
    ["a block of no size", block({ claimed: 0 })],
  ])("with %s is unreadable", async (_flaw, bytes) => {
    expect(await inspectBytes(bytes)).toMatchObject({ kind: "unreadable" });
  });
});
