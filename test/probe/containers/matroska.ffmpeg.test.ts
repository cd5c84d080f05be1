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
import { itMatchesFfprobe, itStatesFactsAsFfprobe } from "../facts-match-ffprobe.ts";
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

  itStatesFactsAsFfprobe("a WebM or Matroska file", [...MATROSKA_ENCODINGS, ...PIPED_MATROSKA_ENCODINGS]);
  itMatchesFfprobe([
    ...["2", "3", "4", "5", "6"].map((channels) => ["mka", "-c:a", "ac3", "-ac", channels] as const),
    ["mka", "-c:a", "eac3", "-ac", "6"],
    ["mka", "-c:a", "aac", "-ac", "8"],
    ["mka", "-c:a", "mp2", "-ar", "24000", "-ac", "2"],
    ["mka", "-c:a", "alac", "-sample_fmt", "s16p", "-ac", "2"],
    ["mka", "-c:a", "flac", "-sample_fmt", "s16"],
    ["mka", "-c:a", "pcm_u8"],
    ["mka", "-c:a", "pcm_s32le"],
    ...["pcm_alaw", "pcm_mulaw", "adpcm_ms", "adpcm_ima_wav", "adpcm_yamaha"].map(
      (codec) => ["mka", "-c:a", codec, "-ac", "2"] as const,
    ),
    ["mka", "-c:a", "wmav1", "-ac", "2"],
    ["mka", "-c:a", "wmav2", "-ar", "16000"],
    ["mka", "-c:a", "adpcm_g722", "-ar", "16000"],
    ["mka", "-c:a", "gsm_ms", "-ar", "8000"],
  ]);
});
