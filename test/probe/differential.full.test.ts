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
const RECORDING_MS = 180_000;

/** What is not as it should be yet. A kind that is mended must leave this list, or its test fails. */
const KNOWN_FAULTS: Readonly<Record<string, readonly string[]>> = {
  // The edit list skips the first packet's length, and the first packet of Vorbis yields no samples: both are left out.
  "MPEG-4: Vorbis": ["refused as 9.997 s of 10.002 s (audio)"],
  // music-metadata states neither the format tag of A_MS/ACM, nor the object type of mp4a, nor the rate of TrueHD.
  "Matroska: G.726": ["codec ACM codec, not adpcm_g726"],
  "Matroska: Speex": ["codec ACM codec, not speex"],
  "MPEG-4: DTS": ["codec MPEG-4 audio, not dts"],
  "MPEG-4: TrueHD": ["sample rate null, not 48000"],
};

/** What is not as it should be, in words. */
const faultsOf = (comparison: Comparison): string[] => [
  ...(isWronglyRefused(comparison) ? [refusalOf(comparison)] : []),
  ...(isWronglyAccepted(comparison) ? [`accepted as ${comparison.ours.seconds} s`] : []),
  ...wrongFacts(comparison),
];

const refusalOf = ({ ours, ffmpegSeconds }: Comparison): string =>
  `refused as ${ours.seconds?.toFixed(3)} s of ${ffmpegSeconds.toFixed(3)} s (${ours.reason})`;

describe.concurrent("a recording that is made", () => {
  it.each(RECORDING_KINDS.map((kind) => [kind.name, kind] as const))(
    "(%s) is accepted from 10 s on if music-metadata accepts it and ffmpeg decodes it, and has ffprobe's facts",
    async (_name, kind) => {
      const { long, short } = await compareKind(kind);
      expect([long, short].flatMap(faultsOf)).toEqual(KNOWN_FAULTS[kind.name] ?? []);
      // Otherwise the comparison shows nothing.
      expect([long, short].map(({ ffmpegSeconds }) => isLongEnough(ffmpegSeconds))).toEqual([true, false]);
    },
  );

  it(`is of ${MIN_KINDS} kinds or more, each named once`, () => {
    const names = new Set(RECORDING_KINDS.map(({ name }) => name));
    expect(names.size).toBe(RECORDING_KINDS.length);
    expect(names.size).toBeGreaterThanOrEqual(MIN_KINDS);
  });
});

describe.concurrent("a recording by Chromium", () => {
  let folder = "";
  let recordings: BrowserRecording[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "browser-"));
    recordings = await recordInChromium(folder);
  }, RECORDING_MS);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(BROWSER_RECORDING_NAMES)(
    "(%s) is accepted if it has 10 s, and has ffprobe's facts",
    async (name) => {
      const recording = recordings.find((one) => one.name === name);
      const comparison = await compareRecording(recording?.file ?? "");
      expect(faultsOf(comparison)).toEqual([]);
      // Chromium's recordings are what users send most: music-metadata's verdict does not matter.
      expect(comparison.ours.isAccepted).toBe(isLongEnough(comparison.ffmpegSeconds));
    },
  );
});

describe.concurrent("a committed recording", () => {
  it.each(recordingsIn(TEST_FOLDER).map(({ name, file }) => [name, file]))(
    "(%s) is accepted if music-metadata accepts it and ffmpeg decodes 10 s, refused if ffmpeg decodes less",
    async (_name, file) => {
      expect(faultsOf(await compareRecording(file))).toEqual([]);
    },
  );
});
