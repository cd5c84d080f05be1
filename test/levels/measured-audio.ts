// Audio whose levels are known, and analysis Workers that answer as a test says.
import { vi } from "vitest";
import type { PeaksResource } from "../../src/levels/schema.ts";
import { analysisWith } from "../support/analysis.ts";
import { encodeWav } from "../support/wav.ts";

const RATE_HZ = 8000;

/** A WAV of half a second of silence, then of a sine of half amplitude. */
export function halfSilentWav(seconds: number): Uint8Array<ArrayBuffer> {
  const samples = Int16Array.from({ length: seconds * RATE_HZ }, (_, index) =>
    index < (seconds * RATE_HZ) / 2 ? 0 : Math.round(16_384 * Math.sin((2 * Math.PI * index) / 40)),
  );
  return encodeWav(new Uint8Array(samples.buffer), { sampleRate: RATE_HZ });
}
export const HALF_SILENT = { peakLevel: 0.5, clippedShare: 0, silenceShare: 0.5 };

/** A service binding whose `levels` is replaced. */
export const analysisOf = (levels: () => unknown) => analysisWith({ levels: vi.fn(async () => levels()) });
/** Measures nothing. */
export const notMeasuring = analysisOf(() => Promise.reject(new Error("nothing is measured")));

export const peaksOf = async (response: Response) => (await response.json()) as PeaksResource;
