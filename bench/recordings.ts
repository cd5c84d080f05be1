// Recordings of just under 20 MiB, made by ffmpeg.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LIMIT_BYTES = 20 * 1024 * 1024;

const KINDS = {
  WAV: { extension: "wav", args: ["-t", "118"] },
  M4A: { extension: "m4a", args: ["-t", "640", "-c:a", "aac", "-b:a", "256k"] },
  "VBR MP3": { extension: "mp3", args: ["-t", "650", "-c:a", "libmp3lame", "-q:a", "0", "-write_xing", "0"] },
} as const;

export type Kind = keyof typeof KINDS;
export const RECORDING_KINDS = Object.keys(KINDS) as Kind[];

/** The largest recording of a kind that may be uploaded, or nearly. */
export function makeRecording(kind: Kind): Uint8Array<ArrayBuffer> {
  const { extension, args } = KINDS[kind];
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const file = join(folder, `recording.${extension}`);
  try {
    const noise = ["-f", "lavfi", "-i", "anoisesrc=c=pink:r=44100:a=0.3,aformat=channel_layouts=stereo"];
    execFileSync("ffmpeg", ["-loglevel", "error", ...noise, ...args, file]);
    const bytes = new Uint8Array(readFileSync(file));
    if (bytes.length > LIMIT_BYTES) throw new Error(`The ${kind} has ${bytes.length} bytes`);
    return bytes;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
