// MPEG audio made by ffmpeg, against what ffmpeg decodes.
import { describe, expect, it } from "vitest";
import { MPEG_AUDIO_ENCODINGS } from "../../../scripts/recording-fixtures/encodings/mpeg-audio.ts";
import { decodedSeconds, record } from "../../../scripts/recording-fixtures/ffmpeg.ts";
import { itMatchesFfmpeg } from "../matches-ffmpeg.ts";
import { durationOf } from "../memory-source.ts";

describe("MPEG audio", () => {
  itMatchesFfmpeg("MPEG audio", MPEG_AUDIO_ENCODINGS);

  it("a truncated MP3 holds the complete frames, of which ffmpeg decodes no more than one besides", async () => {
    const bytes = record("mp3", 7.65, "-ar", "8000");
    const truncated = bytes.slice(0, bytes.length / 2 - 50);
    const withRest = decodedSeconds(truncated);
    expect(withRest - Number(await durationOf(truncated))).toBeGreaterThanOrEqual(-0.001);
    expect(withRest - Number(await durationOf(truncated))).toBeLessThan(0.1);
  });
});
