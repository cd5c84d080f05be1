// Whether a recording is accepted for a voice.
import type { AudioFactColumns } from "../platform/audio-facts.ts";
import type { ProbedUpload } from "../platform/probed-upload.ts";

export const MIN_DURATION_SECONDS = 10;

export type RecordingResult =
  | { kind: "accepted"; contentType: string; durationSeconds: number; facts: AudioFactColumns }
  | { kind: "too-short"; durationSeconds: number }
  /** `otherFile` says what it is instead, e.g. "a PNG image". */
  | { kind: "not-audio"; reason: string; otherFile?: string }
  /** A recording of a known format, e.g. "CAF", that is not supported. */
  | { kind: "unsupported-format"; reason: string; format: string }
  | { kind: "wrapped" };

export function validateRecording(probed: ProbedUpload): RecordingResult {
  if (probed.kind === "wrapped") return probed;
  if (probed.kind === "unsupported") {
    const { reason, format, otherFile } = probed;
    if (format !== null) return { kind: "unsupported-format", reason, format };
    return { kind: "not-audio", reason, ...(otherFile !== undefined && { otherFile }) };
  }
  const { contentType, durationSeconds, codec, sampleRateHz, channels, bitsPerSample } = probed;
  // So that NaN is refused.
  if (!(durationSeconds >= MIN_DURATION_SECONDS)) return { kind: "too-short", durationSeconds };
  const facts = { codec, sampleRateHz, channels, bitsPerSample };
  return { kind: "accepted", contentType, durationSeconds, facts };
}

/** Seconds with one decimal. Rounds down, so that 9.96 s is not refused as "10.0". */
export const formatTooShortSeconds = (durationSeconds: number): string =>
  (Math.floor(durationSeconds * 10) / 10).toFixed(1);

/** The message of the contract. */
export const tooShortMessage = (durationSeconds: number): string =>
  `Audio too short (${formatTooShortSeconds(durationSeconds)}s). Minimum duration is ${MIN_DURATION_SECONDS} seconds.`;

const WHAT_TO_SEND = "WAV, MP3, M4A, FLAC, Ogg, WebM or AIFF";

export const unsupportedFormatMessage = (format: string): string =>
  `${format} recordings are not supported. Send ${WHAT_TO_SEND} instead.`;

/** Begins with the message of the contract. */
export const otherFileMessage = (otherFile: string): string =>
  `File is not a valid audio file: it is ${otherFile}. Send ${WHAT_TO_SEND}.`;
