// Every encoding by its committed recording. No ffmpeg here: recordings.json holds what ffmpeg and ffprobe found.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ENCODINGS, fixtureName } from "../../scripts/recording-fixtures/catalogue.ts";
import { RECORDED_FIXTURE_FILES, readFixture, recordedFixture } from "./fixture-recordings.ts";
import { probeBytes } from "./memory-source.ts";

/** The codecs of ffprobe whose samples are counted exactly. */
const EXACT_CODEC = /^(pcm_|flac$|alac$|wavpack$)/;
const EXACT_TOLERANCE_SECONDS = 0.001;
/** Others may differ by a part of a frame, which counts for more in a short recording. */
const MAX_DIFFERENCE_SHARE = 0.2;

/** What ffprobe calls the codecs of the probe. */
const FFPROBE_CODECS: Readonly<Record<string, RegExp>> = {
  PCM: /^pcm_[su]\d+/,
  "IEEE float": /^pcm_f\d+/,
  "A-law": /^pcm_alaw$/,
  "µ-law": /^pcm_mulaw$/,
  "IMA ADPCM": /^adpcm_ima_(wav|qt)$/,
  "Microsoft ADPCM": /^adpcm_ms$/,
  "G.726": /^adpcm_g726$/,
  "G.722": /^adpcm_g722$/,
  "Yamaha ADPCM": /^adpcm_yamaha$/,
  "GSM 6.10": /^gsm(_ms)?$/,
  MP3: /^mp3$/,
  MP2: /^mp2$/,
  AAC: /^aac$/,
  Opus: /^opus$/,
  Vorbis: /^vorbis$/,
  FLAC: /^flac$/,
  ALAC: /^alac$/,
  "AC-3": /^ac3$/,
  "E-AC-3": /^eac3$/,
  "WMA 1": /^wmav1$/,
  "WMA 2": /^wmav2$/,
  WavPack: /^wavpack$/,
};

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
