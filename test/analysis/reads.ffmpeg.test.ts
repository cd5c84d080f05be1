// How often the probe reads R2 for a recording of many windows, of each kind that it counts.
import { describe, expect, it } from "vitest";
import { probeStored } from "../../analysis/src/stored-recording.ts";
import { record } from "../../scripts/recording-fixtures/ffmpeg.ts";
import { probeBytes } from "../probe/memory-source.ts";
import { readableBucket } from "./readable-bucket.ts";

const MIN_BYTES = 2_000_000;

/** By extension: seconds, and options of ffmpeg. A fast start has the index in front of the audio. */
const RECORDINGS: [kind: string, extension: string, seconds: number, ...options: string[]][] = [
  ["MP3", "mp3", 60, "-b:a", "320k"],
  ["AAC in ADTS", "aac", 90, "-c:a", "aac", "-b:a", "320k"],
  ["FLAC", "flac", 60],
  ["FLAC in Ogg", "oga", 60, "-c:a", "flac"],
  ["Vorbis", "ogg", 110, "-c:a", "libvorbis", "-q:a", "10"],
  ["Opus", "opus", 90, "-c:a", "libopus", "-b:a", "256k"],
  ["WebM", "webm", 90, "-c:a", "libopus", "-b:a", "256k"],
  ["Matroska", "mka", 90, "-c:a", "aac", "-b:a", "320k"],
  ["MPEG-4", "m4a", 90, "-c:a", "aac", "-b:a", "320k"],
  ["MPEG-4 with a fast start", "m4a", 90, "-c:a", "aac", "-b:a", "320k", "-movflags", "faststart"],
  ["MPEG-4 in fragments", "m4a", 90, "-c:a", "aac", "-b:a", "320k", "-movflags", "empty_moov+frag_keyframe"],
  ["WMA", "wma", 130, "-c:a", "wmav2", "-b:a", "160k"],
  ["WavPack", "wv", 60, "-c:a", "wavpack"],
  ["WAV", "wav", 30],
  ["AIFF", "aiff", 30],
];

describe("a recording of 2 MB or more", () => {
  it.each(RECORDINGS)(
    "of %s is read with three operations at most",
    async (_, extension, seconds, ...options) => {
      const recording = record(extension, seconds, ...options);
      expect(recording.byteLength).toBeGreaterThan(MIN_BYTES);
      const { bucket, ranges } = readableBucket("voices/a", recording);
      const probed = await probeStored(bucket, "voices/a", recording.byteLength, { acceptsClaims: false });
      expect(probed).toEqual(await probeBytes(recording));
      expect(probed.kind).toBe("audio");
      expect(ranges.length).toBeLessThanOrEqual(3);
    },
  );
});
