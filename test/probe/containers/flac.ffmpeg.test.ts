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

  it.each(
    [8000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000].flatMap((rate) =>
      ["0", "5", "12"].map((level) => [rate, level, level === "5" ? "2" : "1"] as const),
    ),
  )(
    "a FLAC file of exactly 10 seconds at %i Hz, at compression level %s, in %s channels lasts 10 seconds",
    async (rate, level, channels) => {
      const options = ["-compression_level", level, "-ac", channels, "-sample_fmt", "s16"];
      expect(await durationOf(record("flac", 10, "-ar", `${rate}`, ...options))).toBe(10);
    },
  );

  it("a FLAC file whose last frame is truncated is measured as ffmpeg decodes it", async () => {
    const bytes = record("flac", 7.65, "-ar", "8000");
    const truncated = bytes.slice(0, -20);
    expect(await durationOf(truncated)).toBeCloseTo(decodedSeconds(truncated), 1);
  });
});
