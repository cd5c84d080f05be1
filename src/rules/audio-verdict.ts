// Judges audio by what its inspection found: fit for its purpose, or why not.
import type { ProbeResult } from "../probe/probe.ts";

/** The shortest recording a voice can be made of. */
export const MIN_DURATION_SECONDS = 10;

export type AudioVerdict =
  | { kind: "accepted"; contentType: string; durationSeconds: number }
  | { kind: "too-short"; durationSeconds: number }
  | { kind: "not-audio"; reason: string };

export function judgeRecording(inspection: ProbeResult): AudioVerdict {
  if (inspection.kind === "unsupported") return { kind: "not-audio", reason: inspection.reason };
  const { contentType, durationSeconds } = inspection;
  if (durationSeconds < MIN_DURATION_SECONDS) return { kind: "too-short", durationSeconds };
  return { kind: "accepted", contentType, durationSeconds };
}

export type GenerationVerdict =
  | { kind: "accepted"; durationSeconds: number }
  | { kind: "not-wav"; reason: string };

/** A generation is always served as audio/wav, so that is what it has to be. */
export function judgeGeneration(inspection: ProbeResult): GenerationVerdict {
  if (inspection.kind === "unsupported") return { kind: "not-wav", reason: inspection.reason };
  const { contentType, durationSeconds } = inspection;
  if (contentType !== "audio/wav") return { kind: "not-wav", reason: `is ${contentType}` };
  return { kind: "accepted", durationSeconds };
}
