// WebM and Matroska files made by ffmpeg, against what ffmpeg decodes.
import { describe, expect, it } from "vitest";
import { makeRecording } from "../../../scripts/recording-fixtures/encoding.ts";
import {
  MATROSKA_ENCODINGS,
  MATROSKA_VORBIS,
  PIPED_MATROSKA_ENCODINGS,
  WEBM_WITH_VIDEO,
} from "../../../scripts/recording-fixtures/encodings/matroska.ts";
import { decodedSeconds } from "../../../scripts/recording-fixtures/ffmpeg.ts";
import { readSharedFixture } from "../fixture-recordings.ts";
import { itMatchesFfmpeg } from "../matches-ffmpeg.ts";
import { durationOf, probeBytes } from "../memory-source.ts";

describe("Matroska", () => {
  itMatchesFfmpeg("a WebM or Matroska file", MATROSKA_ENCODINGS);
  itMatchesFfmpeg("a WebM or Matroska file", PIPED_MATROSKA_ENCODINGS);
  itMatchesFfmpeg("a WebM", [WEBM_WITH_VIDEO]);
  itMatchesFfmpeg("a Matroska file of two seconds", [MATROSKA_VORBIS]);

  it.each(PIPED_MATROSKA_ENCODINGS.map((encoding) => [encoding.name, encoding] as const))(
    "a WebM or Matroska file with %s has its full length",
    async (_name, encoding) => {
      const result = await probeBytes(makeRecording(encoding, 5));
      expect(result).toMatchObject({ kind: "audio", durationSeconds: expect.closeTo(5, 1) });
    },
  );

  it("a WebM of Chromium's MediaRecorder is measured as ffmpeg decodes it, whole and truncated", async () => {
    const bytes = readSharedFixture("mediarecorder.webm");
    expect(await durationOf(bytes)).toBeCloseTo(decodedSeconds(bytes), 3);
    const half = bytes.slice(0, bytes.length / 2);
    expect(await durationOf(half)).toBeCloseTo(decodedSeconds(half), 1);
  });
});
