// Whether audio is accepted for a generation, and how the generation is billed.
import type { AudioFactColumns } from "../platform/audio-facts.ts";
import type { GenerationMeter } from "../platform/env.ts";
import type { ProbedUpload } from "../platform/probed-upload.ts";
import type { GenerationEvent } from "./commit-audio.ts";

export type GenerationAudioResult =
  | { kind: "accepted"; durationSeconds: number; facts: AudioFactColumns }
  | { kind: "not-wav"; reason: string }
  | { kind: "wrapped" };

/** Generations are always served as audio/wav, so nothing else is accepted. */
export function validateGenerationAudio(probed: ProbedUpload): GenerationAudioResult {
  if (probed.kind === "wrapped") return probed;
  if (probed.kind === "unsupported") return { kind: "not-wav", reason: probed.reason };
  const { contentType, durationSeconds, codec, sampleRateHz, channels, bitsPerSample } = probed;
  if (contentType !== "audio/wav") return { kind: "not-wav", reason: `the recording is ${contentType}` };
  return { kind: "accepted", durationSeconds, facts: { codec, sampleRateHz, channels, bitsPerSample } };
}

/**
 * The event of a generation, or null when this service does not meter them. Characters are UTF-16 code units, as the app
 * counts them: `input.text.length` in generations.create (src/trpc/routers/generations.ts of its public clones).
 */
export const toGenerationEvent = (meter: GenerationMeter, text: string): GenerationEvent | null =>
  meter.kind === "on" ? { name: meter.eventName, metadata: { [meter.property]: text.length } } : null;
