// Writes folders of system voices, each voice with a recording of its own.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

interface Entry {
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

const SAMPLE_RATE_HZ = 8000;

/** A WAV file of pseudo-random noise: 8 kHz, 8 bit, mono. The same seed gives the same bytes. */
export function noise(seed: number, seconds = 10): Buffer {
  const samples = Buffer.alloc(SAMPLE_RATE_HZ * seconds);
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
  head.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  head.writeUInt32LE(SAMPLE_RATE_HZ, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}
