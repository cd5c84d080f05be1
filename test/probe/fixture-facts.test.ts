// The facts of every committed recording. No ffmpeg here: recordings.json holds what ffprobe reported.
import { describe, expect, it } from "vitest";
import { ENCODINGS } from "../../scripts/recording-fixtures/catalogue.ts";
import { readFixture, recordedFixture } from "./fixture-recordings.ts";
import { probeBytes } from "./memory-source.ts";

const CONTAINERS: ReadonlySet<string> = new Set(["MPEG-4", "WebM", "Matroska", "Ogg", "ASF"]);
/** The names of PCM codecs in ffprobe state the sample size, those of G.711 imply it. */
const PCM_BITS = /^pcm_[fsu](\d+)/;
const G711 = /^pcm_(a|mu)law$/;
const LOSSLESS = /^(flac|alac)$/;

describe("a committed recording", () => {
  it.each(
    ENCODINGS.filter(({ expected }) => CONTAINERS.has(expected.container)).map(
      (encoding) => [encoding.expected.container, encoding.name, encoding] as const,
    ),
  )(
    "of %s (%s) has the rate, the channels and the sample size that ffprobe reported",
    async (_container, _name, encoding) => {
      const { codec, sampleRate, channels } = recordedFixture(encoding).ffprobe;
      const result = await probeBytes(readFixture(encoding));
      expect(result).toMatchObject({ sampleRateHz: sampleRate, channels });
      const bits = result.kind === "audio" ? result.bitsPerSample : 0;
      const pcmBits = G711.test(codec) ? 8 : Number(PCM_BITS.exec(codec)?.[1]);
      if (pcmBits) expect(bits).toBe(pcmBits);
      else if (LOSSLESS.test(codec)) expect([16, 24]).toContain(bits);
      else expect(bits).toBeNull();
    },
  );
});
