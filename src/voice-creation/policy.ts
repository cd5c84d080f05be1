// Whether a recording is accepted for a voice.
import type { AudioFactColumns } from "../platform/audio-facts.ts";
import type { UploadProbeResult } from "../recordings/probe-upload.ts";

export const MIN_DURATION_SECONDS = 10;

export type RecordingResult =
  | { kind: "accepted"; contentType: string; durationSeconds: number; facts: AudioFactColumns }
  | { kind: "too-short"; durationSeconds: number }
  | { kind: "not-audio"; reason: string }
  | { kind: "wrapped" };

export function validateRecording(probed: UploadProbeResult): RecordingResult {
  if (probed.kind === "wrapped") return probed;
  if (probed.kind === "unsupported") return { kind: "not-audio", reason: probed.reason };
  const { contentType, durationSeconds, codec, sampleRateHz, channels, bitsPerSample } = probed;
  if (durationSeconds < MIN_DURATION_SECONDS) return { kind: "too-short", durationSeconds };
  const facts = { codec, sampleRateHz, channels, bitsPerSample };
  return { kind: "accepted", contentType, durationSeconds, facts };
}

/** Seconds with one decimal. Rounds down, so that 9.96 s is not refused as "10.0". */
export const formatTooShortSeconds = (durationSeconds: number): string =>
  (Math.floor(durationSeconds * 10) / 10).toFixed(1);

/** The message of the contract. */
export const tooShortMessage = (durationSeconds: number): string =>
  `Audio too short (${formatTooShortSeconds(durationSeconds)}s). Minimum duration is ${MIN_DURATION_SECONDS} seconds.`;
