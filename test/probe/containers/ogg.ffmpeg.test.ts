// Ogg files made by ffmpeg, against what ffmpeg decodes.
import { describe, expect, it } from "vitest";
import { bytesOf } from "../../../bench/hostile-recordings/bytes.ts";
import { makeRecording } from "../../../scripts/recording-fixtures/encoding.ts";
import {
  OGG_ENCODINGS,
  PIPED_OGG_ENCODINGS,
  TRUNCATED_OGG_ENCODINGS,
} from "../../../scripts/recording-fixtures/encodings/ogg.ts";
import { record } from "../../../scripts/recording-fixtures/ffmpeg.ts";
import { itMatchesFfprobe, itStatesFactsAsFfprobe } from "../facts-match-ffprobe.ts";
import { itMatchesFfmpeg } from "../matches-ffmpeg.ts";
import { probeBytes } from "../memory-source.ts";

const OGG = { kind: "audio", container: "Ogg", contentType: "audio/ogg" };

describe("Ogg", () => {
  itMatchesFfmpeg("an Ogg file", OGG_ENCODINGS);
  itMatchesFfmpeg("an Ogg file", PIPED_OGG_ENCODINGS);
  itMatchesFfmpeg("an Ogg file", TRUNCATED_OGG_ENCODINGS);

  it.each(OGG_ENCODINGS.map((encoding) => [encoding.name, encoding] as const))(
    "an Ogg file with %s has its full length",
    async (_name, encoding) => {
      const result = await probeBytes(makeRecording(encoding, 12.34));
      expect(result).toHaveProperty("durationSeconds", expect.closeTo(12.34, 2));
    },
  );

  it.each(PIPED_OGG_ENCODINGS.map((encoding) => [encoding.name, encoding] as const))(
    "an Ogg file with %s has its full length",
    async (_name, encoding) => {
      const result = await probeBytes(makeRecording(encoding, 5));
      expect(result).toMatchObject({ ...OGG, durationSeconds: expect.closeTo(5, 2) });
    },
  );

  it("two Ogg files joined are as long as both", async () => {
    const [first, second] = [3, 4].map((length) => record("ogg", length, "-c:a", "libvorbis"));
    const both = bytesOf(first ?? [], second ?? []);
    expect(await probeBytes(both)).toMatchObject({ durationSeconds: expect.closeTo(7, 2) });
  });

  itStatesFactsAsFfprobe("an Ogg file", [...OGG_ENCODINGS, ...PIPED_OGG_ENCODINGS]);
  itMatchesFfprobe([
    ["ogg", "-c:a", "libvorbis", "-ac", "6"],
    ["ogg", "-c:a", "flac", "-ac", "8", "-ar", "8000"],
    ["ogg", "-c:a", "libopus", "-ac", "2"],
    ["ogg", "-c:a", "libspeex", "-ac", "2", "-ar", "32000"],
    ["ogg", "-c:a", "libspeex", "-ar", "8000"],
  ]);
});
