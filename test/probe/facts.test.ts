// What the probe states of the committed recordings, compared with what ffprobe reported of them (recordings.json).
import { describe, expect, it } from "vitest";
import { ENCODINGS } from "../../scripts/recording-fixtures/catalogue.ts";
import { readFixture, recordedFixture } from "./fixture-recordings.ts";
import { probeBytes } from "./memory-source.ts";

/** The sample size is a part of ffprobe's names of PCM codecs. Its name of a lossless one says nothing of it. */
function bitsPerSampleOf(ffprobeCodec: string): unknown {
  if (/^pcm_(a|mu)law$/.test(ffprobeCodec)) return 8;
  if (/^(flac|alac|wavpack)$/.test(ffprobeCodec))
    return expect.toSatisfy((bits) => [8, 16, 24, 32].includes(bits));
  const bits = /^pcm_[suf](\d+)/.exec(ffprobeCodec)?.[1];
  return bits === undefined ? null : Number(bits);
}

describe("a committed recording", () => {
  it.each(ENCODINGS.map((encoding) => [encoding.expected.container, encoding.name, encoding] as const))(
    "of %s (%s) has the sample rate, the channels and the sample size that ffprobe found",
    async (_container, _name, encoding) => {
      const { codec, sampleRate, channels } = recordedFixture(encoding).ffprobe;
      expect(await probeBytes(readFixture(encoding))).toMatchObject({
        sampleRateHz: sampleRate,
        channels,
        bitsPerSample: bitsPerSampleOf(codec),
      });
    },
  );
});
