// Every hostile recording of 20 MiB.
import { describe, expect, it } from "vitest";
import { HOSTILE_RECORDINGS } from "../../bench/hostile-recordings/hostile-recordings.ts";
import { BOUNDED, expectBounded } from "./hostile-bounds.ts";
import { probeBytes } from "./memory-source.ts";

describe("a hostile recording of 20 MiB", () => {
  it.each(HOSTILE_RECORDINGS.map((recording) => [recording.name, recording] as const))(
    `%s: ${BOUNDED}`,
    async (_name, recording) => {
      await expectBounded(recording);
    },
  );

  it.each([
    "MPEG-4 of empty tfhd",
    "MPEG-4 of chunk offsets after 1024 runs of one chunk",
    "Ogg of chained Vorbis streams",
    "WAVE of empty chunks",
    "WAVE of empty format chunks",
  ])("%s: exceeds the budget of steps", async (name) => {
    const recording = HOSTILE_RECORDINGS.find((one) => one.name === name);
    expect(await probeBytes(recording?.make() ?? new Uint8Array())).toEqual({
      kind: "unsupported",
      reason: "measuring the recording exceeds the budget of 3000000 steps",
      format: null,
    });
  });
});
