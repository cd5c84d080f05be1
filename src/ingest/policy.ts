// Whether audio is accepted for a generation.
import type { AudioFactColumns } from "../platform/audio-facts.ts";
import type { UploadProbeResult } from "../recordings/probe-upload.ts";

export type GenerationAudioResult =
  | { kind: "accepted"; durationSeconds: number; facts: AudioFactColumns }
  | { kind: "not-wav"; reason: string }
  | { kind: "wrapped" };

/** Generations are always served as audio/wav, so nothing else is accepted. */
export function validateGenerationAudio(probed: UploadProbeResult): GenerationAudioResult {
  if (probed.kind === "wrapped") return probed;
  if (probed.kind === "unsupported") return { kind: "not-wav", reason: probed.reason };
  const { contentType, durationSeconds, codec, sampleRateHz, channels, bitsPerSample } = probed;
  if (contentType !== "audio/wav") return { kind: "not-wav", reason: `the recording is ${contentType}` };
  return { kind: "accepted", durationSeconds, facts: { codec, sampleRateHz, channels, bitsPerSample } };
}
