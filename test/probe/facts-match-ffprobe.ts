// The check of the facts that the full tests make for each encoding of a container.
import { expect, it } from "vitest";
import { type Encoding, makeRecording } from "../../scripts/recording-fixtures/encoding.ts";
import { decodedSeconds, ffprobeFacts, record } from "../../scripts/recording-fixtures/ffmpeg.ts";
import { probeBytes } from "./memory-source.ts";

/** Whose sample size ffprobe reports and the probe does not: it is not that of the decoded samples. */
const ADPCM = /ADPCM|G\.722/;

async function expectFacts(bytes: Uint8Array<ArrayBuffer>, extension: string): Promise<void> {
  const result = await probeBytes(bytes);
  const { bitsPerSample, ...facts } = ffprobeFacts(bytes, extension);
  const isAdpcm = result.kind === "audio" && ADPCM.test(result.codec);
  expect(result).toMatchObject({ kind: "audio", ...facts, bitsPerSample: isAdpcm ? null : bitsPerSample });
}

/** Defines a test for each encoding: the facts are those of ffprobe. `recording` is, e.g., "an Ogg file". */
export function itStatesFactsAsFfprobe(recording: string, encodings: readonly Encoding[]): void {
  it.each(encodings.map((encoding) => [encoding.name, encoding] as const))(
    `${recording} with %s has the rate, channels and sample size that ffprobe reports`,
    (_name, encoding) => expectFacts(makeRecording(encoding, 0.5), encoding.extension),
  );
}

/**
 * The same for recordings of half a second by their extensions and output options of ffmpeg, and each is as long as
 * ffmpeg decodes it.
 */
export function itMatchesFfprobe(
  recordings: readonly (readonly [extension: string, ...args: string[]])[],
): void {
  it.each(recordings.map(([extension, ...args]) => [extension, args.join(" "), args] as const))(
    "a %s file made by %s has the length that ffmpeg decodes, and the facts that ffprobe reports",
    async (extension, _words, args) => {
      const bytes = record(extension, 0.5, ...args);
      await expectFacts(bytes, extension);
      expect(await probeBytes(bytes)).toHaveProperty(
        "durationSeconds",
        expect.closeTo(decodedSeconds(bytes), 1),
      );
    },
  );
}
