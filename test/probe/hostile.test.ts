// A sample of the hostile recordings, and the small ones that broke a parser once. hostile.full.test.ts probes them all.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HOSTILE_RECORDINGS } from "../../bench/hostile-recordings/hostile-recordings.ts";
import { BOUNDED, expectBounded } from "./hostile-bounds.ts";
import { probeBytes } from "./memory-source.ts";

const CORPUS = join(import.meta.dirname, "corpus");
/** Cheap recordings of 20 MiB, at least one for each container. */
const SAMPLE: readonly string[] = [
  "RF64 that claims 2^64 bytes",
  "AIFF of 2^16000 samples a second",
  "ASF of payloads of one byte",
  "FLAC of endless comments",
  "ID3 tags of a window each",
  "MP3 of ID3 tags between frames",
  "ADTS of headers of longer frames",
  "WebM of track entries",
  "MPEG-4 with 2^32 samples alike",
  "MPEG-4 with a huge stsz",
  "MPEG-4 of fragments whose Opus lies far ahead",
  "Ogg of chained Opus streams",
  "WavPack of empty blocks",
];

describe("a hostile recording of 20 MiB", () => {
  it.each(SAMPLE)(`%s: ${BOUNDED}`, async (name) => {
    const recording = HOSTILE_RECORDINGS.find((one) => one.name === name);
    if (!recording) throw new Error(`there is no hostile recording ${name}`);
    await expectBounded(recording);
  });

  it("WAVE of empty chunks: exceeds the budget of steps", async () => {
    const recording = HOSTILE_RECORDINGS.find((one) => one.name === "WAVE of empty chunks");
    expect(await probeBytes(recording?.make() ?? new Uint8Array())).toEqual({
      kind: "unsupported",
      reason: "measuring the recording exceeds the budget of 3000000 steps",
      format: null,
    });
  });
});

describe("a recording of the corpus", () => {
  it.each(readdirSync(CORPUS))("%s is unsupported", async (name) => {
    const result = await probeBytes(new Uint8Array(readFileSync(join(CORPUS, name))));
    expect(result).toMatchObject({ kind: "unsupported" });
  });
});
