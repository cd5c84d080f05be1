// Every encoding that has a committed recording, and where that recording is.
import { join } from "node:path";
import type { Encoding } from "./encoding.ts";
import { ADTS_ENCODINGS } from "./encodings/adts.ts";
import { AIFF_ENCODINGS } from "./encodings/aiff.ts";
import { ASF_ENCODINGS } from "./encodings/asf.ts";
import { FLAC_ENCODINGS } from "./encodings/flac.ts";
import {
  MATROSKA_ENCODINGS,
  MATROSKA_VORBIS,
  PIPED_MATROSKA_ENCODINGS,
  WEBM_WITH_VIDEO,
} from "./encodings/matroska.ts";
import { MP4_ENCODINGS, PIPED_MP4_ENCODINGS, TRUNCATED_MP4_ENCODINGS } from "./encodings/mp4.ts";
import { MPEG_AUDIO_ENCODINGS } from "./encodings/mpeg-audio.ts";
import { OGG_ENCODINGS, PIPED_OGG_ENCODINGS, TRUNCATED_OGG_ENCODINGS } from "./encodings/ogg.ts";
import { WAV_ENCODINGS } from "./encodings/wav.ts";
import { WAVPACK_ENCODINGS } from "./encodings/wavpack.ts";
import type { FfprobeAudio } from "./ffmpeg.ts";

export const ENCODINGS: readonly Encoding[] = [
  ...WAV_ENCODINGS,
  ...AIFF_ENCODINGS,
  ...FLAC_ENCODINGS,
  ...MPEG_AUDIO_ENCODINGS,
  ...ADTS_ENCODINGS,
  ...OGG_ENCODINGS,
  ...PIPED_OGG_ENCODINGS,
  ...TRUNCATED_OGG_ENCODINGS,
  ...MATROSKA_ENCODINGS,
  ...PIPED_MATROSKA_ENCODINGS,
  WEBM_WITH_VIDEO,
  MATROSKA_VORBIS,
  ...MP4_ENCODINGS,
  ...PIPED_MP4_ENCODINGS,
  ...TRUNCATED_MP4_ENCODINGS,
  ...ASF_ENCODINGS,
  ...WAVPACK_ENCODINGS,
];

/** A committed recording, as `recordings.json` lists it. */
export interface RecordedFixture {
  file: string;
  container: string;
  encoding: string;
  sha256: string;
  /** The arguments that made it, input and output file included. */
  ffmpegArgs: string[];
  /** Where the recording was truncated. */
  keptBytes?: number;
  ffprobe: FfprobeAudio;
  /** How many seconds ffmpeg decodes from the file. */
  decodedSeconds: number;
}

export const FIXTURES_FOLDER = join(import.meta.dirname, "../../test/probe/fixtures");
export const FIXTURES_INDEX = join(FIXTURES_FOLDER, "recordings.json");

/** The name of an encoding's committed recording, e.g. "wave-16-bit-pcm.wav". */
export function fixtureName({ expected, name, extension }: Encoding): string {
  const words = `${expected.container} ${name}`.toLowerCase().replaceAll("µ", "mu");
  return `${words.replaceAll(/[^a-z0-9.]+/g, "-")}.${extension}`;
}
