// AIFF files made by ffmpeg, against what ffmpeg decodes.
import { describe, expect, it } from "vitest";
import { AIFF_ENCODINGS } from "../../../scripts/recording-fixtures/encodings/aiff.ts";
import { record, recordPiped } from "../../../scripts/recording-fixtures/ffmpeg.ts";
import { itMatchesFfmpeg } from "../matches-ffmpeg.ts";
import { probeBytes } from "../memory-source.ts";

const AIFF = { kind: "audio", container: "AIFF", contentType: "audio/aiff" };

describe("AIFF", () => {
  itMatchesFfmpeg("an AIFF", AIFF_ENCODINGS);

  it("an AIFF written to a pipe, with unknown sizes, has its full length", async () => {
    const result = await probeBytes(recordPiped(12.34, "-f", "aiff"));
    expect(result).toMatchObject({ ...AIFF, durationSeconds: expect.closeTo(12.34, 2) });
  });

  it("an AIFF that lost its second half holds the first", async () => {
    const bytes = record("aiff", 12);
    const half = bytes.slice(0, bytes.length / 2);
    expect(await probeBytes(half)).toMatchObject({ durationSeconds: expect.closeTo(6, 1) });
  });
});
