// A few damaged recordings; fuzz.full.test.ts has thousands. `FUZZ_SEED` repeats a run.
import { describe, it } from "vitest";
import { expectDamagedRecordingsBounded, FUZZ_SEED } from "./damaged-recordings.ts";

const RUNS = 150;

describe("a damaged recording", () => {
  it(`is always probed to an end, and found to hold no more than its bytes can (FUZZ_SEED=${FUZZ_SEED})`, async () => {
    await expectDamagedRecordingsBounded(RUNS);
  });
});
