// FLAC files made by ffmpeg, against what ffmpeg decodes.
import { describe, expect, it } from "vitest";
import { FLAC_ENCODINGS } from "../../../scripts/recording-fixtures/encodings/flac.ts";
import { decodedSeconds, record, recordPiped } from "../../../scripts/recording-fixtures/ffmpeg.ts";
import { itMatchesFfmpeg } from "../matches-ffmpeg.ts";
import { durationOf } from "../memory-source.ts";

describe("FLAC", () => {
  itMatchesFfmpeg("a FLAC file", FLAC_ENCODINGS);

  it("a FLAC file written to a pipe, with an unknown total, has its full length", async () => {
    expect(await durationOf(recordPiped(7.65, "-f", "flac"))).toBeCloseTo(7.65, 4);
  });

  it("a FLAC file whose last frame is truncated is measured as ffmpeg decodes it", async () => {
    const bytes = record("flac", 7.65, "-ar", "8000");
    const truncated = bytes.slice(0, -20);
    expect(await durationOf(truncated)).toBeCloseTo(decodedSeconds(truncated), 1);
  });
});
