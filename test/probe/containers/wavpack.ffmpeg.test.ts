// WavPack files made by ffmpeg, against what ffmpeg decodes.
import { describe, expect, it } from "vitest";
import { WAVPACK_ENCODINGS } from "../../../scripts/recording-fixtures/encodings/wavpack.ts";
import { decodedSeconds, record, recordPiped } from "../../../scripts/recording-fixtures/ffmpeg.ts";
import { itMatchesFfmpeg } from "../matches-ffmpeg.ts";
import { probeBytes } from "../memory-source.ts";

const WAVPACK = { kind: "audio", container: "WavPack", codec: "WavPack", contentType: "audio/x-wavpack" };

describe("WavPack", () => {
  itMatchesFfmpeg("a WavPack file", WAVPACK_ENCODINGS);

  it("a WavPack file written to a pipe, with an unknown total, has its full length", async () => {
    const result = await probeBytes(recordPiped(7.34, "-f", "wv"));
    expect(result).toMatchObject({ ...WAVPACK, durationSeconds: expect.closeTo(7.34, 2) });
  });

  it("WavPack silence, of a few bytes a second, is measured", async () => {
    const bytes = record("wv", 7.34, "-af", "volume=0", "-sample_fmt", "s16p");
    expect(bytes.length).toBeLessThan(10_000);
    expect(await probeBytes(bytes)).toMatchObject({ durationSeconds: expect.closeTo(7.34, 2) });
  });

  it("a truncated WavPack file holds its complete blocks", async () => {
    const bytes = record("wv", 7.34);
    const truncated = bytes.slice(0, Math.floor(bytes.length * 0.6));
    const result = await probeBytes(truncated);
    expect(result).toHaveProperty("durationSeconds", expect.closeTo(decodedSeconds(truncated), 1));
  });
});
