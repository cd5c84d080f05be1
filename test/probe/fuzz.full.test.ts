// Thousands of damaged recordings: `FUZZ_SEED` repeats a run, `FUZZ_RUNS` makes it longer.
import { describe, it } from "vitest";
import { expectDamagedRecordingsBounded, FUZZ_SEED } from "./damaged-recordings.ts";

const RUNS = Number(process.env.FUZZ_RUNS ?? 3000);

describe("a damaged recording", () => {
  it(`is always probed to an end, and found to hold no more than its bytes can (FUZZ_SEED=${FUZZ_SEED})`, {
    timeout: 600_000,
  }, async () => {
    await expectDamagedRecordingsBounded(RUNS);
  });
});
