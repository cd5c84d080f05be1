// The check that every container's full tests make for each of its encodings.
import { expect, it } from "vitest";
import { type Encoding, makeRecording } from "../../scripts/recording-fixtures/encoding.ts";
import { decodedSeconds } from "../../scripts/recording-fixtures/ffmpeg.ts";
import { probeBytes } from "./memory-source.ts";

/** Defines a test for each encoding: the probe finds what ffmpeg decodes. `recording` is, e.g., "a WAV file". */
export function itMatchesFfmpeg(recording: string, encodings: readonly Encoding[]): void {
  it.each(encodings.map((encoding) => [encoding.name, encoding.args.join(" "), encoding] as const))(
    `${recording} with %s is measured as ffmpeg decodes it (%s)`,
    async (_name, _args, encoding) => {
      const bytes = makeRecording(encoding, encoding.seconds);
      const result = await probeBytes(bytes);
      expect(result).toMatchObject({ kind: "audio", ...encoding.expected });
      const seconds = result.kind === "audio" ? result.durationSeconds : 0;
      expect(Math.abs(seconds - decodedSeconds(bytes))).toBeLessThan(encoding.toleranceSeconds);
    },
  );
}
