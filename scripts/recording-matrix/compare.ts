// Puts a recording before all judges, and states where this service differs from them.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FFPROBE_CODECS } from "../recording-fixtures/ffprobe-codecs.ts";
import {
  askFfmpeg,
  type FfmpegFacts,
  isLongEnough,
  musicMetadataSeconds,
  type Verdict,
  verdictOf,
} from "./judges.ts";
import type { RecordingKind } from "./recording-kind.ts";

/** Just long enough: a part of a frame too few shows. */
const EXACT_SECONDS = 10;
/** Made instead where music-metadata or ffmpeg finds less than 10 s in the first. */
const LONGER_SECONDS = 12;
const SHORT_SECONDS = 9.6;

export interface Comparison {
  /** How long the recording was made; null where that is not known. */
  madeSeconds: number | null;
  ours: Verdict;
  /** Null where nothing depends on it. */
  ffmpegSeconds: number | null;
  /** Null where ffmpeg finds no audio, or is not asked. */
  ffmpegFacts: FfmpegFacts | null;
  /** Null where the library throws. */
  musicMetadataSeconds: number | null;
}

const undecoded = async (file: string, madeSeconds: number | null): Promise<Comparison> => ({
  madeSeconds,
  ours: await verdictOf(new Uint8Array(await readFile(file))),
  ffmpegSeconds: null,
  ffmpegFacts: null,
  musicMetadataSeconds: await musicMetadataSeconds(file),
});

async function decoded(file: string, comparison: Comparison): Promise<Comparison> {
  const { seconds, facts } = await askFfmpeg(file);
  return { ...comparison, ffmpegSeconds: seconds, ffmpegFacts: facts };
}

/** Compares a recording, with its facts. */
export const compareRecording = async (
  file: string,
  madeSeconds: number | null = null,
): Promise<Comparison> => decoded(file, await undecoded(file, madeSeconds));

/** Compares a recording that was made too short: it is decoded only where somebody says that it is long enough. */
async function compareShort(file: string, madeSeconds: number): Promise<Comparison> {
  const comparison = await undecoded(file, madeSeconds);
  const isDisputed = comparison.ours.isAccepted || isLongEnough(comparison.musicMetadataSeconds);
  return isDisputed ? decoded(file, comparison) : comparison;
}

/** Makes recordings of a kind and compares them: one that is long enough by the other judges, and one that is short. */
export async function compareKind(kind: RecordingKind): Promise<{ long: Comparison; short: Comparison }> {
  const folder = await mkdtemp(join(tmpdir(), "matrix-"));
  const make = async (seconds: number): Promise<string> => {
    const file = join(folder, `${seconds}.${kind.extension}`);
    await kind.make(seconds, file);
    return file;
  };
  try {
    const exact = await compareRecording(await make(EXACT_SECONDS), EXACT_SECONDS);
    return {
      long: isFoundShort(exact) ? await compareRecording(await make(LONGER_SECONDS), LONGER_SECONDS) : exact,
      short: await compareShort(await make(SHORT_SECONDS), SHORT_SECONDS),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const isFoundShort = ({ ffmpegSeconds, musicMetadataSeconds }: Comparison): boolean =>
  !isLongEnough(ffmpegSeconds) || (musicMetadataSeconds !== null && !isLongEnough(musicMetadataSeconds));

/** Whether the service refuses what the documented endpoint takes and ffmpeg decodes. */
export const isWronglyRefused = ({ ours, ffmpegSeconds, musicMetadataSeconds }: Comparison): boolean =>
  isLongEnough(musicMetadataSeconds) && isLongEnough(ffmpegSeconds) && !ours.isAccepted;

/** Whether the service accepts what is shorter than it must be, by what was made and by what ffmpeg decodes. */
export const isWronglyAccepted = ({ ours, ffmpegSeconds, madeSeconds }: Comparison): boolean =>
  ours.isAccepted && !isLongEnough(ffmpegSeconds) && !isLongEnough(madeSeconds);

/** ffmpeg counts bytes of DSD, which hold eight samples, also in WavPack. */
const DSD_CODEC = /^DSD/;
const BITS_PER_BYTE = 8;

/** The facts that the service states otherwise than ffmpeg does, or not at all. */
export function wrongFacts({ ours: { facts }, ffmpegFacts }: Comparison): string[] {
  if (!facts || !ffmpegFacts) return [];
  const wrong: string[] = [];
  if (!FFPROBE_CODECS[facts.codec]?.test(ffmpegFacts.codec)) {
    wrong.push(`codec ${facts.codec}, not ${ffmpegFacts.codec}`);
  }
  const sampleRateHz = ffmpegFacts.sampleRateHz * (DSD_CODEC.test(facts.codec) ? BITS_PER_BYTE : 1);
  if (facts.sampleRateHz !== sampleRateHz) {
    wrong.push(`sample rate ${facts.sampleRateHz}, not ${sampleRateHz}`);
  }
  if (facts.channels !== ffmpegFacts.channels) {
    wrong.push(`channels ${facts.channels}, not ${ffmpegFacts.channels}`);
  }
  return wrong;
}
