// What the probe states of the committed recordings, compared with what ffprobe found in them (recordings.json).
import { describe, expect, it } from "vitest";
import { ENCODINGS } from "../../scripts/recording-fixtures/catalogue.ts";
import { readFixture, recordedFixture } from "./fixture-recordings.ts";
import { probeBytes } from "./memory-source.ts";

const CONTAINERS: readonly string[] = ["WAVE", "AIFF", "FLAC", "MPEG", "ADTS", "WavPack"];
const STATING = ENCODINGS.filter(({ expected }) => CONTAINERS.includes(expected.container));

/** The sample size is a part of ffprobe's names of PCM codecs. Its name of a lossless one says nothing of it. */
function bitsPerSampleOf(ffprobeCodec: string): unknown {
  if (/^(flac|wavpack)$/.test(ffprobeCodec)) return expect.any(Number);
  const bits = /^pcm_[suf](\d+)/.exec(ffprobeCodec)?.[1];
  return bits === undefined ? null : Number(bits);
}

describe("a committed recording", () => {
  it.each(STATING.map((encoding) => [encoding.expected.container, encoding.name, encoding] as const))(
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
