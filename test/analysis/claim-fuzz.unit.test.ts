// Recordings of each claimed kind with bytes of their headers changed, and cut anywhere: a claim ends in an answer.
import fc from "fast-check";
import { expect, it } from "vitest";
import { claimRecording } from "../../analysis/src/claim.ts";
import { memorySource } from "../probe/memory-source.ts";
import { aiffC, dsdiff, dsf, matroska, monkeysAudio, musepack, wave } from "./claimed-recordings.ts";

const HEADER_BYTES = 200;
const RECORDINGS = [
  wave(12, 2000),
  monkeysAudio(12, 2000),
  matroska("A_WAVPACK4", 12, 2000),
  dsf(12, 0.01),
  dsdiff(12, 0.01),
  aiffC("GSM ", 12, 2000),
  musepack([0xa0, 0xa6, 0x30], 2000),
];
/** No kind is believed below 4 kbit/s. */
const MAX_SECONDS_PER_BYTE = 8 / 4000;

const changes = fc.array(fc.tuple(fc.nat(HEADER_BYTES - 1), fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff)), {
  maxLength: 4,
});

it("a damaged recording is refused, or claims what its bytes can hold, in seventeen reads at most", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...RECORDINGS), changes, fc.nat(), async (recording, changed, cut) => {
      const bytes = recording.slice(0, cut % 3 === 0 ? cut % recording.length : recording.length);
      for (const [at, value] of changed) if (at < bytes.length) bytes[at] = value;
      const source = memorySource(bytes);
      const result = await claimRecording(source);
      expect(source.reads).toBeLessThanOrEqual(17);
      if (result.kind === "unsupported") return;
      expect(result.durationSeconds).toBeGreaterThan(0);
      expect(result.durationSeconds).toBeLessThanOrEqual(bytes.length * MAX_SECONDS_PER_BYTE);
    }),
    { numRuns: 1000 },
  );
});
