// Every encoding by its committed recording. No ffmpeg here: recordings.json holds what ffmpeg and ffprobe found.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ENCODINGS, fixtureName } from "../../scripts/recording-fixtures/catalogue.ts";
import { FFPROBE_CODECS } from "../../scripts/recording-fixtures/ffprobe-codecs.ts";
import { RECORDED_FIXTURE_FILES, readFixture, recordedFixture } from "./fixture-recordings.ts";
import { probeBytes } from "./memory-source.ts";

/** The codecs of ffprobe whose samples are counted exactly. */
const EXACT_CODEC = /^(pcm_|flac$|alac$|wavpack$)/;
const EXACT_TOLERANCE_SECONDS = 0.001;
/** Others may differ by a part of a frame, which counts for more in a short recording. */
const MAX_DIFFERENCE_SHARE = 0.2;

describe("a committed recording", () => {
  it.each(ENCODINGS.map((encoding) => [encoding.expected.container, encoding.name, encoding] as const))(
    "of %s (%s) has the container, the codec and the duration that ffmpeg found",
    async (_container, _name, encoding) => {
      const { ffprobe, decodedSeconds } = recordedFixture(encoding);
      const result = await probeBytes(readFixture(encoding));
      expect(result).toMatchObject({ kind: "audio", ...encoding.expected });
      expect(ffprobe.codec).toMatch(FFPROBE_CODECS[encoding.expected.codec] ?? /^none$/);
      const toleranceSeconds = EXACT_CODEC.test(ffprobe.codec)
        ? EXACT_TOLERANCE_SECONDS
        : Math.min(encoding.toleranceSeconds, decodedSeconds * MAX_DIFFERENCE_SHARE);
      const seconds = result.kind === "audio" ? result.durationSeconds : 0;
      expect(Math.abs(seconds - decodedSeconds)).toBeLessThan(toleranceSeconds);
    },
  );

  it("is the one that recordings.json describes, for every file and no other", () => {
    expect(RECORDED_FIXTURE_FILES.toSorted()).toEqual(ENCODINGS.map(fixtureName).toSorted());
    for (const encoding of ENCODINGS) {
      const digest = createHash("sha256").update(readFixture(encoding)).digest("hex");
      expect(digest, encoding.name).toBe(recordedFixture(encoding).sha256);
    }
  });
});
