// Cross-checks against two independent parsers: where they read a format, they find the duration that the probe finds.
import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import { parseBuffer } from "music-metadata";
import { describe, expect, it } from "vitest";
import { record } from "../../scripts/recording-fixtures/ffmpeg.ts";
import { probeBytes } from "./memory-source.ts";

type Library = "mediabunny" | "music-metadata";

const RECORDINGS: [what: string, libraries: Library[], extension: string, args: string[]][] = [
  ["WAV", ["mediabunny", "music-metadata"], "wav", []],
  ["RF64", ["mediabunny"], "wav", ["-rf64", "always"]],
  ["MP3", ["mediabunny", "music-metadata"], "mp3", ["-b:a", "128k"]],
  ["VBR MP3", ["mediabunny", "music-metadata"], "mp3", ["-q:a", "5", "-write_xing", "0"]],
  ["ADTS", ["mediabunny"], "aac", []],
  ["FLAC", ["mediabunny", "music-metadata"], "flac", []],
  ["Ogg Opus", ["mediabunny", "music-metadata"], "ogg", ["-c:a", "libopus"]],
  ["Ogg Vorbis", ["mediabunny", "music-metadata"], "ogg", ["-c:a", "libvorbis"]],
  ["WebM", ["mediabunny", "music-metadata"], "webm", []],
  ["WebM without its length", ["mediabunny"], "webm", ["-live", "1"]],
  ["Matroska", ["mediabunny", "music-metadata"], "mka", ["-c:a", "flac"]],
  ["M4A", ["mediabunny", "music-metadata"], "m4a", []],
  ["fragmented MP4", ["mediabunny"], "mp4", ["-movflags", "frag_keyframe+empty_moov"]],
  ["ALAC", ["music-metadata"], "m4a", ["-c:a", "alac"]],
  ["MOV", ["mediabunny"], "mov", ["-c:a", "pcm_s16le"]],
  ["AIFF", ["music-metadata"], "aiff", []],
  ["WMA", ["music-metadata"], "wma", []],
  ["WavPack", ["music-metadata"], "wv", []],
];

const secondsBy: Record<Library, (bytes: Uint8Array<ArrayBuffer>) => Promise<number | undefined>> = {
  mediabunny: (bytes) =>
    new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) }).computeDuration(),
  "music-metadata": async (bytes) =>
    (await parseBuffer(bytes, undefined, { duration: true })).format.duration,
};

describe("the duration", () => {
  it.each(RECORDINGS)(
    "of a recording as %s is the same for the probe and %j",
    async (_what, libraries, extension, args) => {
      const bytes = record(extension, 12.34, ...args);
      const result = await probeBytes(bytes);
      for (const library of libraries) {
        const seconds = await secondsBy[library](bytes);
        expect(result, library).toHaveProperty("durationSeconds", expect.closeTo(Number(seconds), 1));
      }
    },
  );
});
