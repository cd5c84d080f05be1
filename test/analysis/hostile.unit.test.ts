// Every hostile recording through the library: it ends, within bounds, and claims no more than its bytes could hold.
import { describe, expect, it } from "vitest";
import { claimRecording } from "../../analysis/src/claim.ts";
import { HOSTILE_CLAIMS } from "../../bench/hostile-recordings/claims.ts";
import { memorySource } from "../probe/memory-source.ts";

/** Sixteen of the library, and one that looks at the first bytes. */
const MAX_READS = 17;
const MAX_BYTES_READ = MAX_READS * 512 * 1024;
const ROUNDING = 1 + 1e-6;

describe("the claim of a hostile recording of 20 MiB", () => {
  // A rejection that nobody awaits fails the run: the library does not await every call.
  it.each(HOSTILE_CLAIMS.map((recording) => [recording.name, recording] as const))(
    `%s: is read within ${MAX_READS} reads, and is never longer than its bytes allow`,
    async (_, { make, maxSeconds }) => {
      const source = memorySource(make());
      const result = await claimRecording(source);
      expect(result.kind === "audio" ? result.durationSeconds : 0).toBeLessThanOrEqual(maxSeconds * ROUNDING);
      expect(source.reads).toBeLessThanOrEqual(MAX_READS);
      expect(source.bytesRead).toBeLessThanOrEqual(MAX_BYTES_READ);
    },
  );
});
