// `npm run differential`: compares this service's verdicts with music-metadata's and ffmpeg's over many recordings, and
// writes bench/probe-differential.md. Needs ffmpeg, sox, mpcenc and Chromium. `--samples FOLDER` adds the recordings of
// that folder, a copy of test/samples in the repository of music-metadata.
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { recordInChromium } from "./recording-matrix/browser-recordings.ts";
import { compareKind, compareRecording } from "./recording-matrix/compare.ts";
import { recordingsIn, TEST_FOLDER } from "./recording-matrix/found-recordings.ts";
import { RECORDING_KINDS } from "./recording-matrix/kinds.ts";
import { type NamedComparisons, reportOf } from "./recording-matrix/report.ts";

const REPORT = join(import.meta.dirname, "../bench/probe-differential.md");
const PARALLEL = 2;

const { values } = parseArgs({ options: { samples: { type: "string" } } });
const folder = await mkdtemp(join(tmpdir(), "differential-"));
try {
  const made = await inParallel(RECORDING_KINDS, async (kind) => {
    const { long, short } = await compareKind(kind);
    return { name: kind.name, comparisons: [long, short] };
  });
  const browsers = await inParallel(await recordInChromium(folder), compareFile);
  const fixtures = await inParallel(recordingsIn(TEST_FOLDER), compareFile);
  const samples = values.samples ? await inParallel(recordingsIn(values.samples), compareFile) : [];
  await writeFile(REPORT, reportOf({ made, browsers, fixtures, samples }));
  execFileSync("npx", ["biome", "format", "--write", REPORT], { stdio: "ignore" });
  console.log(`${REPORT} is written.`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function compareFile({ name, file }: { name: string; file: string }): Promise<NamedComparisons> {
  return { name, comparisons: [await compareRecording(file)] };
}

/** Works on a few items at a time, in their order. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return results;
}
