import { describe, expect, it } from "vitest";
import { bytesOf, decodedSeconds, inspectBytes, record, recordPiped } from "../recordings.ts";

const ADTS = { kind: "audio", container: "ADTS", contentType: "audio/aac", codec: "AAC" };
const SILENT_BYTES = 4;

/** A frame of 48 kHz mono unless told otherwise, with `payload` bytes after its header. */
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
const durationOf = async (bytes: Uint8Array<ArrayBuffer>) => {
  const found = await inspectBytes(bytes);
  return found.kind === "audio" ? found.durationSeconds : found.reason;
};

describe("AAC in ADTS", () => {
  it.each([
    ["44.1 kHz", []],
    ["48 kHz, stereo", ["-ar", "48000", "-ac", "2"]],
    ["8 kHz", ["-ar", "8000"]],
    ["96 kHz", ["-ar", "96000"]],
    ["7.35 kHz, the lowest rate", ["-ar", "7350"]],
    ["six channels", ["-ac", "6"]],
    ["few bits", ["-b:a", "12k", "-ar", "16000"]],
    ["MPEG-2", ["-profile:a", "mpeg2_aac_low"]],
    ["an ID3 tag in front", ["-write_id3v2", "1", "-metadata", "title=A title"]],
    ["an APE tag behind", ["-write_apetag", "1", "-metadata", "title=A title"]],
  ])("of %s is measured as ffmpeg decodes it", async (_kind, args) => {
    const bytes = record("aac", 7.65, ...args);
    const found = await inspectBytes(bytes);
    expect(found).toMatchObject(ADTS);
    expect(found).toHaveProperty("durationSeconds", expect.closeTo(decodedSeconds(bytes), 2));
  });

  it("of silence, written to a pipe, is measured", async () => {
    const bytes = recordPiped(5, "-af", "volume=0", "-f", "adts");
    expect(await inspectBytes(bytes)).toMatchObject({ durationSeconds: expect.closeTo(5, 1) });
  });

  it("with a CRC in each frame is measured", async () => {
    expect(await durationOf(frames(10, 20, { crc: true }))).toBeCloseTo(seconds(10));
  });

  it("whose last frame is cut off holds the frames that are whole", async () => {
    expect(await durationOf(frames(10, 20).slice(0, -1))).toBeCloseTo(seconds(9));
  });

  it("goes on after junk, and after tags between two recordings, whatever audio their covers hold", async () => {
    const part = frames(10, 20);
    const id3 = bytesOf("ID3", 4, 0, 0, 0, 0, 3, 0, frames(14, 20), new Uint8Array(6));
    expect(id3).toHaveLength(10 + 3 * 128);
    expect(await durationOf(bytesOf(part, "some junk", 0xff, 0xf1, part))).toBeCloseTo(seconds(20));
    expect(await durationOf(bytesOf(part, id3, part))).toBeCloseTo(seconds(20));
  });

  it("goes on at another rate", async () => {
    const bytes = bytesOf(frames(10, 20), frames(10, 20, { rateCode: 11 }));
    expect(await durationOf(bytes)).toBeCloseTo(seconds(10) + 10 * 0.128);
  });

  it("counts one block a frame, as players decode, whatever number is claimed", async () => {
    const honest = record("aac", 3);
    const claiming = honest.slice();
    for (let at = 0; at + 7 <= claiming.length; ) {
      claiming[at + 6] = (claiming[at + 6] ?? 0) | 3;
      const [high = 0, middle = 0, low = 0] = claiming.subarray(at + 3, at + 6);
      at += ((high & 3) << 11) | (middle << 3) | (low >> 5);
    }
    expect(await durationOf(claiming)).toBe(await durationOf(honest));
    expect(await durationOf(claiming)).toBeCloseTo(decodedSeconds(claiming), 1);
  });

  it("counts no frame that is too small for audio", async () => {
    const bytes = bytesOf(frames(10, 20), frames(500, 0), frames(500, SILENT_BYTES - 1), frames(10, 20));
    expect(await durationOf(bytes)).toBeCloseTo(seconds(20));
  });

  it.each([
    ["frames that are headers only", frames(1000, 0)],
    ["frames of a header and a CRC", frames(1000, 0, { crc: true })],
    ["a length of zero", frames(1000, 20, { claimed: 0 })],
    ["a length below the header's own", frames(1000, 0, { claimed: 6 })],
    ["a length below the header's with its CRC", frames(1000, 0, { crc: true, claimed: 8 })],
    ["a reserved rate", frames(1000, 20, { rateCode: 13 })],
    ["a single frame before junk", bytesOf(frame(20), new Uint8Array(5000))],
    ["frames that never agree", bytesOf(...[3, 4, 5, 6, 7, 8].map((rateCode) => frame(20, { rateCode })))],
    ["a header cut off", frame(20).slice(0, 6)],
  ])("with %s is unreadable", async (_flaw, bytes) => {
    expect(await inspectBytes(bytes)).toMatchObject({ kind: "unreadable" });
  });

  it("isn't seen in an MP3 or MP2", async () => {
    for (const bytes of [record("mp3", 1, "-id3v2_version", "0"), record("mp2", 1)]) {
      expect(await inspectBytes(bytes)).toMatchObject({ container: "MPEG" });
    }
  });
});
