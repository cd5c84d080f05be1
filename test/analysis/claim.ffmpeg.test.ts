// Recordings of kinds that nobody counts, made by ffmpeg: what they claim is what ffmpeg decodes.
import { describe, expect, it } from "vitest";
import { claimRecording } from "../../analysis/src/claim.ts";
import { decodedSeconds, record } from "../../scripts/recording-fixtures/ffmpeg.ts";
import { memorySource } from "../probe/memory-source.ts";

const TOLERANCE_SECONDS = 0.13;
const MONO_8_KHZ = ["-ar", "8000", "-ac", "1"];
const STEREO_48_KHZ = ["-ar", "48000", "-ac", "2", "-strict", "-2"];

const RECORDINGS: [what: string, extension: string, args: string[]][] = [
  ["AC-3 in WAVE", "wav", ["-c:a", "ac3"]],
  ["six channels of AC-3 in WAVE", "wav", ["-c:a", "ac3", "-ac", "6"]],
  ["E-AC-3 in WAVE", "wav", ["-c:a", "eac3"]],
  ["DTS in WAVE", "wav", ["-c:a", "dca", ...STEREO_48_KHZ]],
  ["Yamaha ADPCM in WAVE", "wav", ["-c:a", "adpcm_yamaha"]],
  ["SWF ADPCM in WAVE", "wav", ["-c:a", "adpcm_swf"]],
  ["G.723.1 in WAVE", "wav", ["-c:a", "g723_1", ...MONO_8_KHZ]],
  ["WMA 2 in WAVE", "wav", ["-c:a", "wmav2"]],
  ["FLAC in WAVE", "wav", ["-c:a", "flac"]],
  ["MP3 in ASF", "asf", ["-c:a", "libmp3lame"]],
  ["MP2 in ASF", "asf", ["-c:a", "mp2"]],
  ["PCM in ASF", "asf", ["-c:a", "pcm_s16le"]],
  ["Microsoft ADPCM in ASF", "asf", ["-c:a", "adpcm_ms"]],
  ["AAC in ASF", "asf", ["-c:a", "aac"]],
  ["AC-3 in ASF", "asf", ["-c:a", "ac3"]],
  ["WavPack in Matroska", "mka", ["-c:a", "wavpack"]],
  ["True Audio in Matroska", "mka", ["-c:a", "tta"]],
  ["DTS in Matroska", "mka", ["-c:a", "dca", ...STEREO_48_KHZ]],
  ["TrueHD in Matroska", "mka", ["-c:a", "truehd", ...STEREO_48_KHZ]],
  ["MLP in Matroska", "mka", ["-c:a", "mlp", ...STEREO_48_KHZ]],
  ["RealAudio 14.4 in Matroska", "mka", ["-c:a", "real_144", ...MONO_8_KHZ]],
  ["DTS in MPEG-4", "mp4", ["-c:a", "dca", ...STEREO_48_KHZ]],
];

describe.each(RECORDINGS)("%s", (_, extension, args) => {
  const bytes = record(extension, 12.3, ...args);

  it("claims what ffmpeg decodes, and facts that ffmpeg was asked for", async () => {
    const result = await claimRecording(memorySource(bytes));
    expect(result).toMatchObject({
      kind: "audio",
      sampleRateHz: expect.any(Number),
      channels: expect.any(Number),
    });
    const seconds = result.kind === "audio" ? result.durationSeconds : 0;
    expect(Math.abs(seconds - decodedSeconds(bytes))).toBeLessThan(TOLERANCE_SECONDS);
  });

  it("is not credited with ten seconds when two thirds are missing", async () => {
    const truncated = bytes.slice(0, Math.floor(bytes.length / 3));
    const result = await claimRecording(memorySource(truncated));
    expect(result.kind === "audio" ? result.durationSeconds : 0).toBeLessThan(10);
  });
});
