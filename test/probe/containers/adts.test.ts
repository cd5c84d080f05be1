// ADTS streams built frame by frame.
import { describe, expect, it } from "vitest";
import { bytesOf } from "../../../bench/hostile-recordings/bytes.ts";
import { durationOf, probeBytes } from "../memory-source.ts";
import { randomBytes } from "../random-bytes.ts";

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

  it.each([1, 2, 6, 7, 8, 26])(
    "an ADTS stream that begins %i bytes into a frame is measured from the next frame on",
    async (cutBytes) => {
      expect(await probeBytes(frames(10, 20).slice(cutBytes))).toMatchObject({
        ...{ kind: "audio", container: "ADTS", contentType: "audio/aac", codec: "AAC" },
        durationSeconds: expect.closeTo(seconds(9)),
      });
    },
  );

  it("an ADTS stream after other bytes, which may look like a header, is measured", async () => {
    const mpegHeader = bytesOf(0xff, 0xfb, 0x90, 0xc4);
    for (const junk of [bytesOf(0x0a), frame(20).slice(0, 7), mpegHeader, randomBytes(250_000, 11)]) {
      expect(await durationOf(bytesOf(junk, frames(10, 20)))).toBeCloseTo(seconds(10));
    }
  });

  it("a stream of MPEG audio after a header of ADTS is MPEG audio, and the other way round", async () => {
    const mp3 = bytesOf(...Array.from({ length: 10 }, () => [0xff, 0xfb, 0x90, 0xc4, ...Array(413).fill(0)]));
    expect(await probeBytes(bytesOf(frame(20), mp3))).toMatchObject({ container: "MPEG", codec: "MP3" });
    const adts = bytesOf(mp3.slice(0, 417), frames(10, 20));
    expect(await probeBytes(adts)).toMatchObject({ container: "ADTS", codec: "AAC" });
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    "an ADTS stream of the channel configuration %i states its channels, where the header has them",
    async (configuration) => {
      const bytes = frames(10, 20);
      for (let at = 0; at < bytes.length; at += 27) {
        bytes[at + 2] = 0x4c | (configuration >> 2);
        bytes[at + 3] = (configuration & 3) << 6;
      }
      const channels = configuration === 7 ? 8 : configuration || null;
      expect(await probeBytes(bytes)).toMatchObject({ sampleRateHz: 48_000, channels, bitsPerSample: null });
    },
  );

  it.each([
    ["frames after too much junk", bytesOf(new Uint8Array(300_000), frames(10, 20))],
    ["two frames before junk", bytesOf(frames(2, 20), new Uint8Array(5000))],
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
