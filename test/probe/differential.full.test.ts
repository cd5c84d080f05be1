// The differential test: what the documented validator (music-metadata) takes and ffmpeg decodes, this service takes, and
// nothing that is too short. `npm run differential` writes the same comparison to bench/probe-differential.md.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  BROWSER_RECORDING_NAMES,
  type BrowserRecording,
  recordInChromium,
} from "../../scripts/recording-matrix/browser-recordings.ts";
import {
  type Comparison,
  compareKind,
  compareRecording,
  isWronglyAccepted,
  isWronglyRefused,
  wrongFacts,
} from "../../scripts/recording-matrix/compare.ts";
import { recordingsIn, TEST_FOLDER } from "../../scripts/recording-matrix/found-recordings.ts";
import { isLongEnough } from "../../scripts/recording-matrix/judges.ts";
import { RECORDING_KINDS } from "../../scripts/recording-matrix/kinds.ts";

const MIN_KINDS = 150;
/** Chromium records all at once; and on a loaded machine the programs for one kind have taken a minute. */
const TIMEOUT_MS = 180_000;

/** What is not as it should be, in words. */
const faultsOf = (comparison: Comparison): string[] => [
  ...(isWronglyRefused(comparison) ? [refusalOf(comparison)] : []),
  ...(isWronglyAccepted(comparison) ? [`accepted as ${comparison.ours.seconds} s`] : []),
  ...wrongFacts(comparison),
];

const refusalOf = ({ ours, ffmpegSeconds }: Comparison): string =>
  `refused as ${ours.seconds?.toFixed(3)} s of ${ffmpegSeconds?.toFixed(3)} s (${ours.reason})`;

describe.concurrent("a recording that is made", { timeout: TIMEOUT_MS }, () => {
  it.each(RECORDING_KINDS.map((kind) => [kind.name, kind] as const))(
    "(%s) is accepted from 10 s on if music-metadata accepts it and ffmpeg decodes it, and has ffmpeg's facts",
    async (_name, kind) => {
      const { long, short } = await compareKind(kind);
      expect([long, short].flatMap(faultsOf)).toEqual([]);
      // Otherwise the comparison shows nothing.
      expect(isLongEnough(long.ffmpegSeconds)).toBe(true);
    },
  );

  it(`is of ${MIN_KINDS} kinds or more, each named once`, () => {
    const names = new Set(RECORDING_KINDS.map(({ name }) => name));
    expect(names.size).toBe(RECORDING_KINDS.length);
    expect(names.size).toBeGreaterThanOrEqual(MIN_KINDS);
  });
});

describe.concurrent("a recording by Chromium", { timeout: TIMEOUT_MS }, () => {
  let folder = "";
  let recordings: BrowserRecording[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "browser-"));
    recordings = await recordInChromium(folder);
  }, TIMEOUT_MS);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(BROWSER_RECORDING_NAMES)(
    "(%s) is accepted if it has 10 s, and has ffmpeg's facts",
    async (name) => {
      const recording = recordings.find((one) => one.name === name);
      const comparison = await compareRecording(recording?.file ?? "");
      expect(faultsOf(comparison)).toEqual([]);
      // Chromium's recordings are what users send most: music-metadata's verdict does not matter.
      expect(comparison.ours.isAccepted).toBe(isLongEnough(comparison.ffmpegSeconds));
    },
  );
});

describe.concurrent("a committed recording", { timeout: TIMEOUT_MS }, () => {
  it.each(recordingsIn(TEST_FOLDER).map(({ name, file }) => [name, file]))(
    "(%s) is accepted if music-metadata accepts it and ffmpeg decodes 10 s, refused if ffmpeg decodes less",
    async (_name, file) => {
      expect(faultsOf(await compareRecording(file))).toEqual([]);
    },
  );
});
