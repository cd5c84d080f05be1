// WAVE files made by ffmpeg, against what ffmpeg decodes.
import { describe, expect, it } from "vitest";
import { WAV_ENCODINGS } from "../../../scripts/recording-fixtures/encodings/wav.ts";
import { recordPiped } from "../../../scripts/recording-fixtures/ffmpeg.ts";
import { itMatchesFfmpeg } from "../matches-ffmpeg.ts";
import { probeBytes } from "../memory-source.ts";

const WAV = { kind: "audio", container: "WAVE", contentType: "audio/wav" };

describe("WAVE", () => {
  itMatchesFfmpeg("a WAV", WAV_ENCODINGS);

  it("a WAV written to a pipe, with unknown sizes, has its full length", async () => {
    const result = await probeBytes(recordPiped(12.34, "-f", "wav"));
    expect(result).toMatchObject({ ...WAV, durationSeconds: expect.closeTo(12.34, 2) });
  });
});
