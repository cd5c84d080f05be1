// Draws a waveform and how much of it was played.
import { useMemo } from "preact/hooks";
import type { Waveform } from "./peaks.ts";

/** Steps of the outline; the stylesheet cuts it into bars, of the same width in every card. */
const STEPS = 150;
const MIN_HEIGHT = 0.04;

interface Props {
  /** Null while it is not known: a line. */
  waveform: Waveform | null;
  seconds: number;
  /** What has the full height; otherwise the loudest peak. */
  loudest?: number;
}

export function WaveformView({ waveform, seconds, loudest }: Props) {
  const outline = useMemo(() => waveform && outlineOf(waveform.peaks, loudest), [waveform]);
  const played = waveform ? Math.min(seconds / waveform.seconds, 1) * STEPS : 0;
  return (
    <svg
      class="waveform"
      data-drawn={outline !== null}
      viewBox={`0 0 ${STEPS} 2`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {outline && <path d={outline} />}
      {outline && (
        <path class="played" d={outline} style={{ clipPath: `inset(0 ${STEPS - played}px 0 0)` }} />
      )}
    </svg>
  );
}

/** A mirrored outline between y 0 and 2. */
function outlineOf(peaks: Waveform["peaks"], loudest?: number): string {
  const steps = Array.from({ length: STEPS }, (_, step) => {
    const first = Math.floor((step * peaks.length) / STEPS);
    return Math.max(...peaks.slice(first, Math.max(first + 1, ((step + 1) * peaks.length) / STEPS)));
  });
  const scale = loudest ?? (Math.max(...steps) || 1);
  const heights = steps.map((height) => Math.max(height / scale, MIN_HEIGHT));
  const upper = heights.map((height, step) => `V${(1 - height).toFixed(3)}H${step + 1}`);
  const lower = heights.map((height, step) => `V${(1 + height).toFixed(3)}H${step}`).reverse();
  return `M0 1${upper.join("")}${lower.join("")}Z`;
}
