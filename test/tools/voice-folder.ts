// Writes folders of system voices, each voice with a recording of its own.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { encodeWav } from "../support/wav.ts";

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
  return Buffer.from(encodeWav(samples, { sampleRate: SAMPLE_RATE_HZ, bitsPerSample: 8 }));
}

/** A WAV file of noise with tags: a list of RIFF's INFO, such as INAM for the title. */
export function tagged(tags: Record<string, string>): Buffer {
  const items = Object.entries(tags).map(([id, value]) => chunk(id, Buffer.from(value)));
  const wav = Buffer.concat([noise(1), chunk("LIST", Buffer.concat([Buffer.from("INFO"), ...items]))]);
  wav.writeUInt32LE(wav.length - CHUNK_HEADER_BYTES, 4);
  return wav;
}

const CHUNK_HEADER_BYTES = 8;

/** A chunk of RIFF, padded to an even size. */
function chunk(id: string, content: Buffer): Buffer {
  const header = Buffer.alloc(CHUNK_HEADER_BYTES);
  header.write(id);
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content, Buffer.alloc(content.length % 2)]);
}
