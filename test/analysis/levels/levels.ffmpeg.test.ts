// The peak level of each uncompressed encoding that ffmpeg makes, against the samples that ffmpeg decodes. Needs ffmpeg.
import { describe, expect, it } from "vitest";
import { measurePcm } from "../../../analysis/src/levels/measure-pcm.ts";
import { type Encoding, makeRecording } from "../../../scripts/recording-fixtures/encoding.ts";
import { AIFF_ENCODINGS } from "../../../scripts/recording-fixtures/encodings/aiff.ts";
import { WAV_ENCODINGS } from "../../../scripts/recording-fixtures/encodings/wav.ts";
import { decodedPeakDb } from "../../../scripts/recording-fixtures/ffmpeg.ts";
import { mayHaveLevels } from "../../../src/platform/audio-levels.ts";
import { probeBytes } from "../../probe/memory-source.ts";

const SECONDS = 3;
/** Of 20 log10: ffmpeg prints six decimals. */
const DIGITS = 4;

const ENCODINGS = [...WAV_ENCODINGS, ...AIFF_ENCODINGS];
const isPcm = ({ expected }: Encoding) => mayHaveLevels(expected.codec);
const casesOf = (encodings: Encoding[]) =>
  encodings.map((encoding) => [encoding.expected.container, encoding.name, encoding] as const);

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 4095) yield bytes.subarray(at, at + 4095);
}

describe("levels of a recording by ffmpeg", () => {
  it.each(casesOf(ENCODINGS.filter(isPcm)))(
    "%s with %s has the peak level that ffmpeg decodes",
    async (_container, _name, encoding) => {
      const bytes = makeRecording(encoding, SECONDS);
      const probed = await probeBytes(bytes);
      if (probed.kind !== "audio" || !probed.pcm) throw new Error("no PCM was found");
      const { offsetBytes, sizeBytes } = probed.pcm;
      const samples = bytes.subarray(offsetBytes, offsetBytes + sizeBytes);
      const { peakLevel } = await measurePcm(probed.pcm, chunksOf(samples));
      expect(20 * Math.log10(peakLevel)).toBeCloseTo(decodedPeakDb(bytes), DIGITS);
    },
  );

  it.each(casesOf(ENCODINGS.filter((encoding) => !isPcm(encoding))))(
    "%s with %s is no PCM",
    async (_container, _name, encoding) => {
      const probed = await probeBytes(makeRecording(encoding, SECONDS));
      if (probed.kind !== "audio") throw new Error(probed.reason);
      expect(probed.pcm ?? null).toBeNull();
    },
  );
});
