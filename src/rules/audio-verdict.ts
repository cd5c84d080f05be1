// Judges a recording by what its inspection found: fit for a voice, or why not.
import type { Inspection } from "../inspection/inspect.ts";

/** The shortest recording a voice can be made of. */
export const MIN_DURATION_SECONDS = 10;

export type AudioVerdict =
  | { kind: "accepted"; contentType: string; durationSeconds: number }
  | { kind: "too-short"; durationSeconds: number }
  | { kind: "not-audio"; reason: string };

export function judgeRecording(inspection: Inspection): AudioVerdict {
  if (inspection.kind === "unreadable") return { kind: "not-audio", reason: inspection.reason };
  const { contentType, durationSeconds } = inspection;
  if (durationSeconds < MIN_DURATION_SECONDS) return { kind: "too-short", durationSeconds };
  return { kind: "accepted", contentType, durationSeconds };
}
