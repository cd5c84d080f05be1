// A kind of recording, and how to make one of a wished length with ffmpeg or sox; and what damages or joins recordings.
import { execFile } from "node:child_process";
import { readFile, stat, truncate, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { noiseInput } from "../recording-fixtures/ffmpeg.ts";

export interface RecordingKind {
  /** Container first, e.g. "WAVE: 16-bit PCM". */
  name: string;
  extension: string;
  make: MakeRecording;
}

/** Writes a recording of `seconds` to `file`, which has its kind's extension. */
type MakeRecording = (seconds: number, file: string) => Promise<void>;

const QUIET = ["-hide_banner", "-loglevel", "error", "-nostdin", "-y"];
const MAX_OUTPUT_BYTES = 2 ** 28;
const execute = promisify(execFile);

const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");

/** Runs a program; resolves to what it writes. */
export const runFile = (program: string, args: readonly string[]) =>
  execute(program, [...args], { encoding: "buffer", maxBuffer: MAX_OUTPUT_BYTES });

/** Runs a program; resolves to what it writes to its standard output. */
export const run = async (program: string, args: readonly string[]): Promise<Buffer> =>
  (await runFile(program, args)).stdout;

export const runFfmpeg = (args: readonly string[]): Promise<Buffer> => run("ffmpeg", [...QUIET, ...args]);

/** Encodes with the output options `args` into a file. */
export const encoding =
  (args: readonly string[]): MakeRecording =>
  async (seconds, file) => {
    await runFfmpeg([...noiseInput(seconds), ...args, file]);
  };

/** Encodes through a pipe, where ffmpeg cannot seek back to fill in sizes. `args` name the format by `-f`. */
export const encodingPiped =
  (args: readonly string[]): MakeRecording =>
  async (seconds, file) => {
    await writeFile(file, await runFfmpeg([...noiseInput(seconds), ...args, "pipe:1"]));
  };

/** Creates a short form to list what ffmpeg encodes in a container. */
export const byFfmpeg =
  (container: string, extension: string) =>
  (name: string, args: string, otherExtension = extension): RecordingKind => ({
    name: `${container}: ${name}`,
    extension: otherExtension,
    make: encoding(words(args)),
  });

/** Like {@link byFfmpeg}, through a pipe. */
export const byPipedFfmpeg =
  (container: string, extension: string) =>
  (name: string, args: string): RecordingKind => ({
    name: `${container}: ${name}, written to a pipe`,
    extension,
    make: encodingPiped(words(args)),
  });

/** Creates a short form to list what sox writes in a container; `args` describe the output file. */
export const bySox =
  (container: string, extension: string) =>
  (name: string, args: string): RecordingKind => ({
    name: `${container}: ${name}, by sox`,
    extension,
    make: async (seconds, file) => {
      await run("sox", ["-R", "-n", ...words(args), file, ...soxNoise(seconds)]);
    },
  });

/** Like {@link bySox}, through a pipe. `args` name the format by `-t`. */
export const byPipedSox =
  (container: string, extension: string) =>
  (name: string, args: string): RecordingKind => ({
    name: `${container}: ${name}, piped by sox`,
    extension,
    make: async (seconds, file) => {
      await writeFile(file, await run("sox", ["-R", "-n", ...words(args), "-", ...soxNoise(seconds)]));
    },
  });

/** Noise that varies in volume like speech. AMR's encoder leaves out the frames of steady noise. */
export const soxNoise = (seconds: number): string[] =>
  words(`synth ${seconds} whitenoise tremolo 5 99 vol 0.5`);

/** Decoders differ in what they make of the frame that a truncation damages: what is left is longer by more than that. */
const DAMAGED_SHARE = 0.02;

/** Makes a longer recording and keeps this share of its bytes, which have about the wished length. */
export const keepingShare =
  (make: MakeRecording, keptShare: number): MakeRecording =>
  async (seconds, file) => {
    await make((seconds * (1 + DAMAGED_SHARE)) / keptShare, file);
    const { size } = await stat(file);
    await truncate(file, Math.floor(size * keptShare));
  };

/** A recording of which the last part is missing. */
export const truncated = (kind: RecordingKind, keptShare: number): RecordingKind => ({
  ...kind,
  name: `${kind.name}, truncated`,
  make: keepingShare(kind.make, keptShare),
});

/** Two recordings of half the length, one behind the other; players play both. */
export const joined = (kind: RecordingKind): RecordingKind => ({
  name: `${kind.name}, joined to another`,
  extension: kind.extension,
  make: async (seconds, file) => {
    await kind.make(seconds / 2, file);
    const bytes = await readFile(file);
    await writeFile(file, Buffer.concat([bytes, bytes]));
  },
});

/** Two recordings of the whole length, one behind the other; players play the first one only. */
export const followed = (kind: RecordingKind): RecordingKind => ({
  name: `${kind.name}, followed by another`,
  extension: kind.extension,
  make: async (seconds, file) => {
    await kind.make(seconds, file);
    const bytes = await readFile(file);
    await writeFile(file, Buffer.concat([bytes, bytes]));
  },
});

/** A recording between other bytes. */
export const enclosed = (
  kind: RecordingKind,
  what: string,
  edit: (bytes: Uint8Array) => readonly Uint8Array[],
): RecordingKind => ({
  name: `${kind.name}, ${what}`,
  extension: kind.extension,
  make: async (seconds, file) => {
    await kind.make(seconds, file);
    await writeFile(file, Buffer.concat(edit(await readFile(file))));
  },
});
