// What holds for the probe of any hostile recording: it ends, within bounds, and finds no more audio than there is.
import { expect } from "vitest";
import type { HostileRecording } from "../../bench/hostile-recordings/hostile-recordings.ts";
import { probeRecording } from "../../src/probe/probe.ts";
import { memorySource } from "./memory-source.ts";

const MAX_READS = 200;
const MAX_BYTES_READ = 32 * 1024 * 1024;
/** Seconds are summed up by the million. */
const ROUNDING = 1 + 1e-6;

/** The end of each test's name. */
export const BOUNDED =
  "is probed within 200 reads and 32 MiB, and never measured as longer than its bytes allow";

export async function expectBounded({ make, maxSeconds }: HostileRecording): Promise<void> {
  const source = memorySource(make());
  const result = await probeRecording(source);
  const seconds = result.kind === "audio" ? result.durationSeconds : 0;
  expect(Number.isFinite(seconds)).toBe(true);
  expect(seconds).toBeLessThanOrEqual(maxSeconds * ROUNDING);
  expect(source.reads).toBeLessThanOrEqual(MAX_READS);
  expect(source.bytesRead).toBeLessThanOrEqual(MAX_BYTES_READ);
}
