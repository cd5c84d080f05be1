// Whether audio is accepted for a generation.
import type { UploadProbeResult } from "../recordings/probe-upload.ts";

export type GenerationAudioResult =
  | { kind: "accepted"; durationSeconds: number }
  | { kind: "not-wav"; reason: string }
  | { kind: "wrapped" };

/** Generations are always served as audio/wav, so nothing else is accepted. */
export function validateGenerationAudio(probed: UploadProbeResult): GenerationAudioResult {
  if (probed.kind === "wrapped") return probed;
  if (probed.kind === "unsupported") return { kind: "not-wav", reason: probed.reason };
  const { contentType, durationSeconds } = probed;
  if (contentType !== "audio/wav") return { kind: "not-wav", reason: `the recording is ${contentType}` };
  return { kind: "accepted", durationSeconds };
}
