// AIFF files made by ffmpeg, against what ffmpeg decodes.
import { describe, expect, it } from "vitest";
import { bytesOf, u16, u32 } from "../../../bench/hostile-recordings/bytes.ts";
import { AIFF_ENCODINGS } from "../../../scripts/recording-fixtures/encodings/aiff.ts";
import { decodedSeconds, record, recordPiped } from "../../../scripts/recording-fixtures/ffmpeg.ts";
import { itMatchesFfmpeg } from "../matches-ffmpeg.ts";
import { durationOf, probeBytes } from "../memory-source.ts";
import { randomBytes } from "../random-bytes.ts";

const AIFF = { kind: "audio", container: "AIFF", contentType: "audio/aiff" };

/** An AIFF-C of random bytes. */
function aifc(compression: string, { bits = 16, channels = 1, length = 33 * 2880 } = {}) {
  const rate8000 = bytesOf(u16(16383 + 12), u32(0xfa000000), u32(0));
  const comm = bytesOf(u16(channels), u32(1e6), u16(bits), rate8000, compression, 0, 0);
  const sound = bytesOf(u32(0), u32(0), randomBytes(length, 3));
  const version = ["FVER", u32(4), u32(0xa2805140)];
  const chunks = [...version, "COMM", u32(comm.length), comm, "SSND", u32(sound.length), sound];
  return bytesOf("FORM", u32(4 + 12 + comm.length + sound.length + 16), "AIFC", ...chunks);
}

describe("AIFF", () => {
  // No encoder writes these, but ffmpeg decodes any bytes in them.
  it.each([
    ["G722", {}],
    ["GSM ", {}],
    ["MAC3", {}],
    ["MAC6", {}],
    ["MAC3", { channels: 2, bits: 8 }],
    ["MAC6", { channels: 2, bits: 8 }],
    ["SDX2", {}],
    ["sowt", { bits: 8 }],
    ["sowt", { bits: 16 }],
    ["twos", { bits: 8 }],
    ["NONE", { bits: 12 }],
    ["NONE", { bits: 20 }],
    ["in24", {}],
    ["ulaw", {}],
    ["fl32", {}],
  ])("an AIFF-C of %s (%j) is as long as ffmpeg decodes it", async (compression, values) => {
    const bytes = aifc(compression, values);
    expect(await durationOf(bytes)).toBeCloseTo(decodedSeconds(bytes), 2);
  });

  itMatchesFfmpeg("an AIFF", AIFF_ENCODINGS);

  it("an AIFF written to a pipe, with unknown sizes, has its full length", async () => {
    const result = await probeBytes(recordPiped(12.34, "-f", "aiff"));
    expect(result).toMatchObject({ ...AIFF, durationSeconds: expect.closeTo(12.34, 2) });
  });

  it("an AIFF that lost its second half holds the first", async () => {
    const bytes = record("aiff", 12);
    const half = bytes.slice(0, bytes.length / 2);
    expect(await probeBytes(half)).toMatchObject({ durationSeconds: expect.closeTo(6, 1) });
  });
});
