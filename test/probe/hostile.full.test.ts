import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inspect } from "../../src/probe/probe.ts";
import { HOSTILE_RECORDINGS } from "./hostile-recordings.ts";
import { inspectBytes, sourceOf } from "./recordings.ts";

const MAX_READS = 200;
const MAX_BYTES_READ = 32 * 1024 * 1024;
const CORPUS = join(import.meta.dirname, "corpus");

describe("a hostile recording of 20 MiB", () => {
  it.each(HOSTILE_RECORDINGS.map((recording) => [recording.name, recording] as const))(
    "%s: ends with a verdict, within bounds, that gives it no more than it holds",
    async (_name, { make, atMostSeconds }) => {
      const source = sourceOf(make());
      const found = await inspect(source);
      const seconds = found.kind === "audio" ? found.durationSeconds : 0;
      expect(Number.isFinite(seconds)).toBe(true);
      // Seconds are summed up by the million.
      expect(seconds).toBeLessThanOrEqual(atMostSeconds * (1 + 1e-6));
      expect(source.reads).toBeLessThanOrEqual(MAX_READS);
      expect(source.bytesRead).toBeLessThanOrEqual(MAX_BYTES_READ);
    },
  );

  it.each([
    "MPEG-4 of empty tfhd",
    "MPEG-4 of chunk offsets after 1024 runs of one chunk",
    "Ogg of chained Vorbis streams",
    "WAVE of empty chunks",
    "WAVE of empty format chunks",
  ])("%s: is given up for its steps", async (name) => {
    const recording = HOSTILE_RECORDINGS.find((one) => one.name === name);
    const found = await inspectBytes(recording?.make() ?? new Uint8Array());
    expect(found).toEqual({ kind: "unreadable", reason: "takes too many steps to measure" });
  });
});

describe("a file of the corpus", () => {
  it.each(readdirSync(CORPUS))("%s is unreadable", async (name) => {
    const found = await inspectBytes(new Uint8Array(readFileSync(join(CORPUS, name))));
    expect(found).toMatchObject({ kind: "unreadable" });
  });
});
