// Runs ffmpeg and ffprobe: makes recordings, and measures them.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Bytes = Uint8Array<ArrayBuffer>;

const QUIET = ["-hide_banner", "-loglevel", "error", "-nostdin", "-y"];
const MAX_OUTPUT_BYTES = 2 ** 28;
const DECODED_SAMPLE_RATE = 16_000;
const DECODED_SAMPLE_BYTES = 2;

/** What ffprobe reports of a recording's first audio stream. */
export interface FfprobeAudio {
  format: string;
  codec: string;
  sampleRate: number;
  channels: number;
}

/** The input that all recordings are made of: noise that varies in volume like speech. */
export const noiseInput = (seconds: number): string[] => [
  "-f",
  "lavfi",
  "-i",
  `anoisesrc=d=${seconds}:c=pink:r=44100:a=0.3:seed=1,tremolo=f=3:d=0.9`,
];

/** Runs `work` with a path that is removed afterwards. */
function withFile<T>(name: string, work: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "recording-"));
  try {
    return work(join(folder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Encodes noise of `seconds` with the output options `args` into a file of that extension. */
export const record = (extension: string, seconds: number, ...args: readonly string[]): Bytes =>
  withFile(`recording.${extension}`, (file) => {
    execFileSync("ffmpeg", [...QUIET, ...noiseInput(seconds), ...args, file]);
    return new Uint8Array(readFileSync(file));
  });

/** Encodes to a pipe, where ffmpeg cannot seek back to fill in sizes. `args` name the format by `-f`. */
export const recordPiped = (seconds: number, ...args: readonly string[]): Bytes =>
  new Uint8Array(
    execFileSync("ffmpeg", [...QUIET, ...noiseInput(seconds), ...args, "pipe:1"], {
      maxBuffer: MAX_OUTPUT_BYTES,
      encoding: "buffer",
    }),
  );

/** How many seconds of audio ffmpeg decodes from a recording. */
export const decodedSeconds = (bytes: Uint8Array): number =>
  withFile("recording.bin", (file) => {
    writeFileSync(file, bytes);
    const output = ["-vn", "-ac", "1", "-ar", String(DECODED_SAMPLE_RATE), "-f", "s16le", "pipe:1"];
    const samples = execFileSync("ffmpeg", [...QUIET, "-i", file, ...output], {
      maxBuffer: MAX_OUTPUT_BYTES,
      encoding: "buffer",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return samples.length / DECODED_SAMPLE_BYTES / DECODED_SAMPLE_RATE;
  });

/** The highest sample that ffmpeg decodes, in dBFS. */
export const decodedPeakDb = (bytes: Uint8Array): number =>
  withFile("recording.bin", (file) => {
    writeFileSync(file, bytes);
    const stats = "aformat=sample_fmts=dbl,astats=measure_perchannel=none:measure_overall=Peak_level";
    const print = "ametadata=print:key=lavfi.astats.Overall.Peak_level:file=-";
    const output = execFileSync(
      "ffmpeg",
      [...QUIET, "-i", file, "-af", `${stats}:metadata=1,${print}`, "-f", "null", "-"],
      { encoding: "utf8", maxBuffer: MAX_OUTPUT_BYTES },
    );
    // One line for each frame: the last one is of all.
    return Number(/Peak_level=(\S+)\s*$/.exec(output)?.[1]);
  });

/** What ffprobe reports of a recording. The extension matters to its guess of the format. */
export const ffprobeAudio = (bytes: Uint8Array, extension: string): FfprobeAudio =>
  withFile(`recording.${extension}`, (file) => {
    writeFileSync(file, bytes);
    const entries = "format=format_name:stream=codec_name,sample_rate,channels";
    const options = ["-v", "error", "-select_streams", "a:0", "-show_entries", entries, "-of", "json"];
    const { format, streams } = JSON.parse(
      execFileSync("ffprobe", [...options, file], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    ) as {
      format: { format_name: string };
      streams: { codec_name: string; sample_rate: string; channels: number }[];
    };
    const stream = streams[0];
    if (!stream) throw new Error("ffprobe finds no audio stream");
    return {
      format: format.format_name,
      codec: stream.codec_name,
      sampleRate: Number(stream.sample_rate),
      channels: stream.channels,
    };
  });

/** What ffprobe reports of the decoded audio; null where it reports nothing. */
export const ffprobeFacts = (bytes: Uint8Array, extension: string) =>
  withFile(`recording.${extension}`, (file) => {
    writeFileSync(file, bytes);
    const entries = "stream=sample_rate,channels,bits_per_sample,bits_per_raw_sample";
    const options = ["-v", "error", "-select_streams", "a:0", "-show_entries", entries, "-of", "json"];
    const output = execFileSync("ffprobe", [...options, file], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const { streams } = JSON.parse(output) as {
      streams: {
        sample_rate: string;
        channels: number;
        bits_per_sample: number;
        bits_per_raw_sample?: string;
      }[];
    };
    const stream = streams[0];
    if (!stream) throw new Error("ffprobe finds no audio stream");
    return {
      sampleRateHz: Number(stream.sample_rate),
      channels: stream.channels,
      bitsPerSample: stream.bits_per_sample || Number(stream.bits_per_raw_sample) || null,
    };
  });
