// The sample sizes that the probe states of lossless recordings, compared with ffprobe's.
import { describe, expect, it } from "vitest";
import { AIFF_ENCODINGS } from "../../scripts/recording-fixtures/encodings/aiff.ts";
import { FLAC_ENCODINGS } from "../../scripts/recording-fixtures/encodings/flac.ts";
import { WAV_ENCODINGS } from "../../scripts/recording-fixtures/encodings/wav.ts";
import { WAVPACK_ENCODINGS } from "../../scripts/recording-fixtures/encodings/wavpack.ts";
import { ffprobeFacts, record } from "../../scripts/recording-fixtures/ffmpeg.ts";
import { readFixture } from "./fixture-recordings.ts";
import { probeBytes } from "./memory-source.ts";

const LOSSLESS: readonly string[] = ["PCM", "IEEE float", "FLAC", "WavPack"];
const ENCODINGS = [...WAV_ENCODINGS, ...AIFF_ENCODINGS, ...FLAC_ENCODINGS, ...WAVPACK_ENCODINGS].filter(
  ({ expected }) => LOSSLESS.includes(expected.codec),
);

describe("a lossless recording", () => {
  it.each(ENCODINGS.map((encoding) => [encoding.expected.container, encoding.name, encoding] as const))(
    "of %s (%s) has the sample size that ffprobe finds",
    async (_container, _name, encoding) => {
      const bytes = readFixture(encoding);
      const { bitsPerSample } = ffprobeFacts(bytes, encoding.extension);
      expect(await probeBytes(bytes)).toHaveProperty("bitsPerSample", bitsPerSample);
    },
  );

  it.each(["16", "20", "24"])("as FLAC of %s bits has the sample size that ffprobe finds", async (bits) => {
    const bytes = record(
      "flac",
      1,
      "-sample_fmt",
      bits === "16" ? "s16" : "s32",
      "-bits_per_raw_sample",
      bits,
    );
    expect(await probeBytes(bytes)).toHaveProperty(
      "bitsPerSample",
      ffprobeFacts(bytes, "flac").bitsPerSample,
    );
  });
});
