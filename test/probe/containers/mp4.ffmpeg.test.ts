// MPEG-4 and QuickTime files made by ffmpeg, against what ffmpeg decodes.
import { describe, expect, it } from "vitest";
import {
  MP4_ENCODINGS,
  PIPED_MP4_ENCODINGS,
  TRUNCATED_MP4_ENCODINGS,
} from "../../../scripts/recording-fixtures/encodings/mp4.ts";
import { record } from "../../../scripts/recording-fixtures/ffmpeg.ts";
import { itMatchesFfmpeg } from "../matches-ffmpeg.ts";
import { probeBytes } from "../memory-source.ts";

describe("MPEG-4", () => {
  itMatchesFfmpeg("an MPEG-4 file", MP4_ENCODINGS);
  itMatchesFfmpeg("an MPEG-4 file", PIPED_MP4_ENCODINGS);
  itMatchesFfmpeg("an MPEG-4 file", TRUNCATED_MP4_ENCODINGS);

  it("an MPEG-4 file that lost its index at the end is unsupported", async () => {
    const indexLast = record("m4a", 12);
    expect(await probeBytes(indexLast.slice(0, indexLast.length * 0.6))).toMatchObject({
      kind: "unsupported",
    });
  });

  it("an MPEG-4 file of video only has no audio track", async () => {
    const video = record("mp4", 1, "-f", "lavfi", "-i", "testsrc=d=1:s=64x64:r=10", "-map", "1");
    expect(await probeBytes(video)).toEqual({
      kind: "unsupported",
      reason: "the recording has no audio track",
      format: null,
    });
  });
});
