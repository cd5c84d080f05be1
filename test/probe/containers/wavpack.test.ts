// WavPack files built block by block.
import { describe, expect, it } from "vitest";
import { bytesOf, u16le, u32le } from "../../../bench/hostile-recordings/bytes.ts";
import { probeBytes } from "../memory-source.ts";

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

describe("WavPack", () => {
  it("a WavPack file is measured by its blocks; the total in the first block may only shorten it", async () => {
    expect(await probeBytes(block({ total: 2 ** 31 }))).toMatchObject({ ...WAVPACK, durationSeconds: 1 });
    expect(await probeBytes(block({ total: 4000 }))).toMatchObject({ durationSeconds: 0.5 });
    expect(await probeBytes(bytesOf(block({ total: 0 }), block()))).toMatchObject({ durationSeconds: 2 });
  });

  it("a WavPack file with more than two channels has its blocks counted once", async () => {
    const first = block({ flags: FLAGS_8000 - 0x1000 });
    const last = block({ flags: FLAGS_8000 - 0x800 });
    expect(await probeBytes(bytesOf(first, last))).toMatchObject({ durationSeconds: 1 });
  });

  it.each([
    ["mono of 16 bits", 0x04 | 1, undefined, 1, 16],
    ["stereo of 8 bits", 0, undefined, 2, 8],
    ["stereo of 24 bits", 2, undefined, 2, 24],
    ["six channels of 16 bits", 1, bytesOf(0x4d, 1, 6, 0), 6, 16],
    ["mono with a loss", 0x04 | 0x08 | 1, undefined, 1, null],
  ])("a WavPack file of %s states them", async (_what, flags, channelInfo, channels, bitsPerSample) => {
    const content = bytesOf(channelInfo ?? [], ENTROPY, BITS);
    const bytes = block({ flags: FLAGS_8000 + flags, content });
    expect(await probeBytes(bytes)).toMatchObject({ sampleRateHz: 8000, channels, bitsPerSample });
  });

  it("WavPack blocks that no decoder accepts hold no audio", async () => {
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
    expect(await probeBytes(bytesOf(block(), ...tail, block()))).toMatchObject({ durationSeconds: 2 });
  });

  it("a WavPack file ends at a tag or an invalid block", async () => {
    const tag = bytesOf("APETAGEX", new Uint8Array(24), block());
    expect(await probeBytes(bytesOf(block(), tag))).toMatchObject({ durationSeconds: 1 });
    for (const claimed of [0, 23, 2 ** 21, 2 ** 32 - 1]) {
      expect(await probeBytes(bytesOf(block(), block({ claimed }), block()))).toMatchObject({
        durationSeconds: 1,
      });
    }
  });

  it.each([
    ["DSD", block({ flags: FLAGS_8000 + 2 ** 31 })],
    ["no stated rate", block({ flags: 0x1800 + 15 * 2 ** 23 })],
    [
      "a rate of 1 Hz",
      block({ flags: 0x1800 + 15 * 2 ** 23, content: bytesOf(0x67, 2, 1, 0, 0, 0, ENTROPY, BITS) }),
    ],
    [
      "blocks without audio",
      bytesOf(...Array.from({ length: 1000 }, () => block({ content: new Uint8Array() }))),
    ],
    ["a truncated block", block().slice(0, -1)],
    ["a block of size 0", block({ claimed: 0 })],
  ])("a WavPack file with %s is unsupported", async (_flaw, bytes) => {
    expect(await probeBytes(bytes)).toMatchObject({ kind: "unsupported" });
  });
});
