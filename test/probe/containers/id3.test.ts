// MPEG audio behind ID3v2 tags, whose sizes some writers get wrong.
import { describe, expect, it } from "vitest";
import { bytesOf, u32, zeros } from "../../../bench/hostile-recordings/bytes.ts";
import { durationOf, probeBytes } from "../memory-source.ts";
import { randomBytes } from "../random-bytes.ts";

const frame = bytesOf(0xff, 0xfb, 0x90, 0xc4, zeros(413));
const mp3 = bytesOf(...Array.from({ length: 10 }, () => frame));
const SECONDS = (10 * 1152) / 44_100;

const synchsafe = (size: number) => [21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f);
const COVER_START = bytesOf("APIC", 0, 4, 0x93, 0xe0, 0, 0, 0, "image/jpeg", 0, 3, 0, 0xff, 0xd8, 0xff, 0xe0);
/** A tag of `bytes` bytes that contains a cover, and states its size as `size`. */
const tag = (bytes: number, size: readonly number[] | Uint8Array) => {
  const cover = bytesOf(COVER_START, randomBytes(bytes - 10 - COVER_START.length, 5));
  return bytesOf("ID3", 3, 0, 0, size, cover);
};
/** As a plain integer it has no byte with an eighth bit, so that it looks like one of seven bits a byte. */
const LOOKS_SYNCHSAFE = 0x0f7f7f;

describe("an MP3 behind an ID3v2 tag", () => {
  it.each([
    ["of its size", 300_010, synchsafe(300_000)],
    ["of its size as a plain integer", 600_010, u32(600_000)],
    ["of its size as a plain integer, over 1 MiB", 1_500_010, u32(1_500_000)],
    ["of its size as a plain integer that looks valid", LOOKS_SYNCHSAFE + 10, u32(LOOKS_SYNCHSAFE)],
    ["of a size without the cover", 600_010, synchsafe(120)],
    ["of no size", 300_010, synchsafe(0)],
    ["of a size that ends 5 bytes too early", 300_010, synchsafe(299_995)],
    ["of a size past the end of the file", 300_010, synchsafe(2 ** 28 - 1)],
    ["of a plain size past the end of the file", 300_010, u32(2 ** 32 - 1)],
  ])("%s is measured whole", async (_size, bytes, size) => {
    expect(await probeBytes(bytesOf(tag(bytes, size), mp3))).toMatchObject({
      ...{ container: "MPEG", codec: "MP3" },
      durationSeconds: expect.closeTo(SECONDS),
    });
  });

  it("of a size that reaches into the audio is measured from there on", async () => {
    const bytes = bytesOf(tag(300_010, synchsafe(300_000 + 3 * 417 + 1)), mp3);
    expect(await durationOf(bytes)).toBeCloseTo(SECONDS * 0.6);
  });

  it("of the right size is measured without the MP3 that the tag contains", async () => {
    const bytes = bytesOf("ID3", 4, 0, 0, synchsafe(mp3.length), mp3, frame, frame, frame, frame);
    expect(await durationOf(bytes)).toBeCloseTo(SECONDS * 0.4);
  });

  it("contains no audio when the tag is all there is", async () => {
    for (const size of [synchsafe(300_000), synchsafe(100), synchsafe(400_000), u32(300_000)]) {
      expect(await probeBytes(tag(300_010, size))).toMatchObject({ kind: "unsupported", format: null });
    }
  });

  it("is no recording when the file is so damaged that few frames in a row are left", async () => {
    const pieces = Array.from({ length: 30 }, (_, seed) => bytesOf(mp3, randomBytes(3000, seed)));
    for (const size of [synchsafe(2 ** 28 - 1), u32(2 ** 32 - 1)]) {
      expect(await probeBytes(bytesOf(tag(300_010, size), ...pieces, zeros(40_000)))).toMatchObject({
        ...{ kind: "unsupported", format: null },
      });
    }
  });

  it("is not taken for the picture at which a tag of a wrong size ends", async () => {
    const coverAt = COVER_START.length - 4;
    const bytes = bytesOf(tag(300_010, synchsafe(coverAt)), mp3);
    expect(bytes.subarray(10 + coverAt, 12 + coverAt)).toEqual(bytesOf(0xff, 0xd8));
    expect(await durationOf(bytes)).toBeCloseTo(SECONDS);
  });
});

it("an ADTS stream behind an ID3v2 tag of a wrong size is measured", async () => {
  const adts = bytesOf(
    ...Array.from({ length: 10 }, () => [0xff, 0xf1, 0x4c, 0x40, 3, 0x7f, 0xfc, ...zeros(20)]),
  );
  expect(await probeBytes(bytesOf(tag(300_010, synchsafe(9)), adts))).toMatchObject({
    ...{ container: "ADTS", codec: "AAC" },
    durationSeconds: expect.closeTo((10 * 1024) / 48_000),
  });
});
