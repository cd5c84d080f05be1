// Common recording formats, made by ffmpeg and uploaded over HTTP: the duration of each is compared with ffprobe.
import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { signSessionToken } from "../../dev/clerk.ts";
import { localClerkKeys } from "../../dev/keys.ts";
import { type LocalStack, startLocalStack } from "./local-stack.ts";

const SECONDS = 12.3;
/** ffprobe sometimes omits the duration of the first or last packet. */
const TOLERANCE_SECONDS = 0.125;
const SOURCE = `anoisesrc=d=${SECONDS}:c=pink:r=44100:a=0.3:seed=1`;
const COVER = [
  "-f",
  "lavfi",
  "-i",
  "testsrc=d=1:s=1200x1200:r=1",
  "-map",
  "0:a",
  "-map",
  "1:v",
  "-frames:v",
  "1",
];

const FORMATS: [format: string, file: string, type: string, args: string[]][] = [
  ["WAV", "a.wav", "audio/wav", []],
  ["WAV of 24 bits, extensible", "b.wav", "audio/wav", ["-c:a", "pcm_s24le", "-ac", "2"]],
  ["WAV of floats", "c.wav", "audio/wav", ["-c:a", "pcm_f32le"]],
  ["BWF with tags", "d.wav", "audio/wav", ["-write_bext", "1", "-metadata", "title=A"]],
  ["RF64", "e.wav", "audio/wav", ["-rf64", "always"]],
  ["WAV in A-law", "f.wav", "audio/wav", ["-c:a", "pcm_alaw", "-ar", "8000"]],
  ["WAV in µ-law", "g.wav", "audio/wav", ["-c:a", "pcm_mulaw", "-ar", "8000"]],
  ["WAV in IMA ADPCM", "h.wav", "audio/wav", ["-c:a", "adpcm_ima_wav"]],
  ["WAV in Microsoft ADPCM", "i.wav", "audio/wav", ["-c:a", "adpcm_ms"]],
  ["MP3", "a.mp3", "audio/mpeg", ["-b:a", "128k"]],
  ["VBR MP3 without a Xing header", "b.mp3", "audio/mpeg", ["-q:a", "4", "-write_xing", "0"]],
  ["MP3 with a cover", "c.mp3", "audio/mpeg", [...COVER, "-c:v", "png", "-id3v2_version", "3"]],
  ["MP3 of 22 kHz", "d.mp3", "audio/mpeg", ["-ar", "22050", "-b:a", "32k"]],
  ["MP2", "a.mp2", "audio/mpeg", []],
  ["M4A", "a.m4a", "audio/mp4", ["-c:a", "aac"]],
  ["M4A with its index in front", "b.m4a", "audio/mp4", ["-c:a", "aac", "-movflags", "+faststart"]],
  ["fragmented MP4", "c.mp4", "audio/mp4", ["-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"]],
  ["ALAC", "d.m4a", "audio/mp4", ["-c:a", "alac"]],
  [
    "MP4 with a picture track",
    "e.mp4",
    "audio/mp4",
    ["-f", "lavfi", "-i", "testsrc=d=3:s=64x64", "-c:a", "aac"],
  ],
  ["QuickTime", "a.mov", "audio/mp4", ["-c:a", "pcm_s16le"]],
  ["ADTS", "a.aac", "audio/aac", []],
  ["Ogg Vorbis", "a.ogg", "audio/ogg", ["-c:a", "libvorbis"]],
  ["Ogg Opus", "b.ogg", "audio/ogg", ["-c:a", "libopus"]],
  ["Ogg FLAC", "c.ogg", "audio/ogg", ["-c:a", "flac"]],
  ["FLAC", "a.flac", "audio/flac", []],
  ["WebM Opus", "a.webm", "audio/webm", ["-c:a", "libopus"]],
  ["WebM Vorbis", "b.webm", "audio/webm", ["-c:a", "libvorbis"]],
  ["WebM as a recorder streams it", "c.webm", "audio/webm", ["-c:a", "libopus", "-live", "1"]],
  ["Matroska", "a.mka", "audio/matroska", ["-c:a", "flac"]],
  ["AIFF", "a.aiff", "audio/aiff", []],
  ["AIFF-C", "b.aiff", "audio/aiff", ["-c:a", "pcm_s16le"]],
  ["WMA", "a.wma", "audio/x-ms-wma", ["-c:a", "wmav2"]],
  ["WavPack", "a.wv", "audio/x-wavpack", []],
  // Not counted: the analysis Worker reads what they claim.
  ["WAV in AC-3", "j.wav", "audio/wav", ["-c:a", "ac3"]],
  ["MP3 in ASF", "b.asf", "audio/x-ms-wma", ["-c:a", "libmp3lame"]],
];

let stack: LocalStack;
let folder: string;
beforeAll(async () => {
  stack = await startLocalStack();
  folder = await mkdtemp(join(tmpdir(), "resonance-formats-"));
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

it.each(FORMATS)(
  "%s is accepted, measured as ffprobe does, and served byte for byte",
  async (format, name, contentType, args) => {
    const file = join(folder, name);
    execFileSync("ffmpeg", ["-loglevel", "error", "-f", "lavfi", "-i", SOURCE, ...args, file]);
    const recording = await readFile(file);
    const headers = await sessionOf(`org_${name.replace(".", "_")}`);

    const query = new URLSearchParams({ name: format, category: "GENERAL", language: "en-US" });
    // The declared type is the same for all, because only the bytes decide.
    const created = await fetch(`${stack.url}/api/voices/create?${query}`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "audio/mpeg" },
      body: recording,
    });
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };

    const played = await fetch(`${stack.url}/api/voices/${id}`, { headers });
    expect(played.headers.get("Content-Type")).toBe(contentType);
    expect(Buffer.from(await played.arrayBuffer()).equals(recording)).toBe(true);
    expect(Math.abs(storedSeconds(id) - probedSeconds(file))).toBeLessThan(TOLERANCE_SECONDS);
  },
);

/** The session headers of `orgId`, which gets a subscription. One organisation or user would reach the rate limit. */
async function sessionOf(orgId: string): Promise<Record<string, string>> {
  const subscription = `${stack.url}/__dev/polar/subscriptions/${orgId}`;
  await fetch(subscription, { method: "PUT", body: '{"active":true}' });
  const { privateKey } = await localClerkKeys();
  const subject = { userId: `user_of_${orgId}`, orgId, expiresInSeconds: 600, version: 2 } as const;
  return { Authorization: `Bearer ${await signSessionToken(privateKey, subject)}` };
}

/** The sum of the durations of the packets that ffprobe finds. */
function probedSeconds(file: string): number {
  const packets = ["-select_streams", "a:0", "-show_entries", "packet=duration_time", "-of", "csv=p=0"];
  const printed = execFileSync("ffprobe", ["-loglevel", "error", ...packets, file], { encoding: "utf8" });
  return printed
    .split("\n")
    .map((line) => Number.parseFloat(line))
    .filter((seconds) => seconds > 0)
    .reduce((sum, seconds) => sum + seconds, 0);
}

/** The duration that the service stored in D1. */
function storedSeconds(id: string): number {
  for (const file of globSync(join(stack.state, "v3/d1/**/*.sqlite"))) {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const row = database.prepare("select duration_seconds as seconds from voices where id = ?").get(id);
      if (row) return Number(row.seconds);
    } catch {
      // Another database than the one with the voices.
    } finally {
      database.close();
    }
  }
  throw new Error(`no voice ${id}`);
}
