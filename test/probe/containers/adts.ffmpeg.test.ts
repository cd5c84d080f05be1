// ADTS streams made by ffmpeg, against what ffmpeg decodes.
import { describe, expect, it } from "vitest";
import { ADTS_ENCODINGS } from "../../../scripts/recording-fixtures/encodings/adts.ts";
import { decodedSeconds, record, recordPiped } from "../../../scripts/recording-fixtures/ffmpeg.ts";
import { itMatchesFfmpeg } from "../matches-ffmpeg.ts";
import { durationOf, probeBytes } from "../memory-source.ts";

describe("ADTS", () => {
  itMatchesFfmpeg("an ADTS stream", ADTS_ENCODINGS);

  it("an ADTS stream of silence, written to a pipe, has its full length", async () => {
    const bytes = recordPiped(5, "-af", "volume=0", "-f", "adts");
    expect(await probeBytes(bytes)).toMatchObject({ durationSeconds: expect.closeTo(5, 1) });
  });

  it("an ADTS frame counts as one block, as ffmpeg decodes it, whatever number it claims", async () => {
    const original = record("aac", 3);
    const claiming = original.slice();
    for (let at = 0; at + 7 <= claiming.length; ) {
      claiming[at + 6] = (claiming[at + 6] ?? 0) | 3;
      const [high = 0, middle = 0, low = 0] = claiming.subarray(at + 3, at + 6);
      at += ((high & 3) << 11) | (middle << 3) | (low >> 5);
    }
    expect(await durationOf(claiming)).toBe(await durationOf(original));
    expect(await durationOf(claiming)).toBeCloseTo(decodedSeconds(claiming), 1);
  });

  it("an MP3 or MP2 file is not mistaken for ADTS", async () => {
    for (const bytes of [record("mp3", 1, "-id3v2_version", "0"), record("mp2", 1)]) {
      expect(await probeBytes(bytes)).toMatchObject({ container: "MPEG" });
    }
  });
});
