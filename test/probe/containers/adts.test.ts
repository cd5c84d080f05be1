// ADTS streams built frame by frame.
import { describe, expect, it } from "vitest";
import { bytesOf } from "../../../bench/hostile-recordings/bytes.ts";
import { durationOf, probeBytes } from "../memory-source.ts";

const SILENT_BYTES = 4;

/** A frame, by default of 48 kHz mono, with `payload` bytes after its header. */
function frame(payload: number, { rateCode = 3, blocks = 1, crc = false, claimed = -1 } = {}) {
  const headerBytes = crc ? 9 : 7;
  const length = claimed < 0 ? headerBytes + payload : claimed;
  const middle = [(length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc | (blocks - 1)];
  const head = [0xff, crc ? 0xf0 : 0xf1, 0x40 | (rateCode << 2), 0x40 | (length >> 11), ...middle];
  return bytesOf(...head, new Uint8Array(headerBytes - 7 + payload));
}
const frames = (count: number, ...of: Parameters<typeof frame>) =>
  bytesOf(...Array.from({ length: count }, () => frame(...of)));
const seconds = (count: number) => (count * 1024) / 48_000;

describe("ADTS", () => {
  it("an ADTS stream with a CRC in each frame is measured", async () => {
    expect(await durationOf(frames(10, 20, { crc: true }))).toBeCloseTo(seconds(10));
  });

  it("an ADTS stream whose last frame is truncated holds the complete frames", async () => {
    expect(await durationOf(frames(10, 20).slice(0, -1))).toBeCloseTo(seconds(9));
  });

  it("an ADTS stream continues after junk, and after tags, whatever audio their covers contain", async () => {
    const part = frames(10, 20);
    const id3 = bytesOf("ID3", 4, 0, 0, 0, 0, 3, 0, frames(14, 20), new Uint8Array(6));
    expect(id3).toHaveLength(10 + 3 * 128);
    expect(await durationOf(bytesOf(part, "some junk", 0xff, 0xf1, part))).toBeCloseTo(seconds(20));
    expect(await durationOf(bytesOf(part, id3, part))).toBeCloseTo(seconds(20));
  });

  it("an ADTS stream may continue at another rate", async () => {
    const bytes = bytesOf(frames(10, 20), frames(10, 20, { rateCode: 11 }));
    expect(await durationOf(bytes)).toBeCloseTo(seconds(10) + 10 * 0.128);
  });

  it.each([2, 3, 4])(
    "an ADTS frame that claims %i raw data blocks counts as one, as players decode it",
    async (blocks) => {
      expect(await durationOf(frames(10, 20, { blocks }))).toBeCloseTo(seconds(10));
    },
  );

  it("an ADTS frame that is too small for audio does not count", async () => {
    const bytes = bytesOf(frames(10, 20), frames(500, 0), frames(500, SILENT_BYTES - 1), frames(10, 20));
    expect(await durationOf(bytes)).toBeCloseTo(seconds(20));
  });

  it.each([
    ["frames that are only headers", frames(1000, 0)],
    ["frames of a header and a CRC", frames(1000, 0, { crc: true })],
    ["a frame length of zero", frames(1000, 20, { claimed: 0 })],
    ["a frame length below the header's", frames(1000, 0, { claimed: 6 })],
    ["a frame length below the header and CRC", frames(1000, 0, { crc: true, claimed: 8 })],
    ["a reserved rate", frames(1000, 20, { rateCode: 13 })],
    ["a single frame before junk", bytesOf(frame(20), new Uint8Array(5000))],
    [
      "frames whose headers never match",
      bytesOf(...[3, 4, 5, 6, 7, 8].map((rateCode) => frame(20, { rateCode }))),
    ],
    ["a truncated header", frame(20).slice(0, 6)],
  ])("an ADTS stream with %s is unsupported", async (_flaw, bytes) => {
    expect(await probeBytes(bytes)).toMatchObject({ kind: "unsupported" });
  });
});
