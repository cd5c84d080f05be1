// Recordings made by ffmpeg for one test run, and what ffmpeg itself makes of a recording.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type Inspection, inspect } from "../../src/probe/probe.ts";
import type { ByteSource } from "../../src/probe/reader.ts";

const folder = mkdtempSync(join(tmpdir(), "recordings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const QUIET = ["-hide_banner", "-loglevel", "error", "-nostdin", "-y"];

/** Some speech-like noise of `seconds`, encoded by ffmpeg with `args` into a file named `*.extension`. */
export function record(extension: string, seconds: number, ...args: string[]): Uint8Array<ArrayBuffer> {
  const file = join(folder, `${crypto.randomUUID()}.${extension}`);
  const tone = `anoisesrc=d=${seconds}:c=pink:r=44100:a=0.3:seed=1,tremolo=f=3:d=0.9`;
  execFileSync("ffmpeg", [...QUIET, "-f", "lavfi", "-i", tone, ...args, file]);
  return new Uint8Array(readFileSync(file));
}

/** The same written to a pipe, where ffmpeg can't go back to fill in sizes; `args` name the format by `-f`. */
export function recordPiped(seconds: number, ...args: string[]): Uint8Array<ArrayBuffer> {
  const tone = `anoisesrc=d=${seconds}:c=pink:r=44100:a=0.3:seed=1,tremolo=f=3:d=0.9`;
  const written = execFileSync("ffmpeg", [...QUIET, "-f", "lavfi", "-i", tone, ...args, "pipe:1"], {
    maxBuffer: 2 ** 28,
    encoding: "buffer",
  });
  return new Uint8Array(written);
}

/** How many seconds ffmpeg decodes from `bytes`. */
export function decodedSeconds(bytes: Uint8Array): number {
  const file = join(folder, `${crypto.randomUUID()}.bin`);
  writeFileSync(file, bytes);
  const samples = execFileSync(
    "ffmpeg",
    [...QUIET, "-i", file, "-vn", "-ac", "1", "-ar", "16000", "-f", "s16le", "pipe:1"],
    { maxBuffer: 2 ** 28, encoding: "buffer", stdio: ["ignore", "pipe", "ignore"] },
  );
  return samples.length / 2 / 16000;
}

/** A source in memory, which counts what is read of it. */
export function sourceOf(bytes: Uint8Array<ArrayBuffer>): ByteSource & { reads: number; bytesRead: number } {
  const source = {
    size: bytes.length,
    reads: 0,
    bytesRead: 0,
    read: async (offset: number, length: number) => {
      if (offset < 0 || length <= 0 || offset + length > bytes.length) throw new Error("read past the end");
      source.reads += 1;
      source.bytesRead += length;
      return bytes.slice(offset, offset + length);
    },
  };
  return source;
}

export const inspectBytes = (bytes: Uint8Array<ArrayBuffer>): Promise<Inspection> => inspect(sourceOf(bytes));

/** Bytes from text (as Latin-1), numbers (one byte each) and byte arrays. */
export function bytesOf(...parts: (string | number | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    parts.flatMap((part) => {
      if (typeof part === "number") return [part];
      return typeof part === "string" ? [...part].map((letter) => letter.charCodeAt(0)) : [...part];
    }),
  );
}

const integer = (size: number, littleEndian: boolean) => (value: number) => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), littleEndian);
  return littleEndian ? bytes.slice(0, size) : bytes.slice(8 - size);
};
export const u16le = integer(2, true);
export const u32le = integer(4, true);
export const u64le = integer(8, true);
export const u16 = integer(2, false);
export const u32 = integer(4, false);
export const u64 = integer(8, false);
