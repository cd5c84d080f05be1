// Folders of system voices as an operator would have them, with recordings that no two share.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface Entry {
  name: string;
  category: string;
  language: string;
  audio: string;
  id?: string;
  description?: string;
}

export const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
  name,
  category: "GENERAL",
  language: "en-US",
  audio: `${name}.wav`,
  ...more,
});

export async function writeVoices(folder: string, voices: unknown[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "voices.json"), JSON.stringify({ voices }));
}

export async function writeRecording(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

const RATE = 8000;

/** A WAV file of `seconds` of noise that `seed` decides: 8 kHz, 8 bit, mono. */
export function noise(seed: number, seconds = 10): Buffer {
  const samples = Buffer.alloc(RATE * seconds);
  let state = seed * 2654435761 + 1;
  for (let at = 0; at < samples.length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    samples[at] = state >>> 24;
  }
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}
