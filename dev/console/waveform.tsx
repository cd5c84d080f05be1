// Draws a waveform and how much of it was played. Also wavesurfer.js's options for the recorder.
import { useMemo } from "preact/hooks";
import type { Waveform } from "./peaks.ts";

const STYLE_NONCE = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";

export const WAVE_OPTIONS = {
  height: 44,
  barWidth: 2,
  barGap: 2,
  barRadius: 2,
  barMinHeight: 2,
  cursorWidth: 0,
  interact: false,
  hideScrollbar: true,
  cspNonce: STYLE_NONCE,
};

/** The colours of an element of the stylesheet, which a canvas cannot inherit. */
export function waveColours(element: Element) {
  const { fill, color } = getComputedStyle(element);
  return { waveColor: fill, progressColor: color };
}

/** Steps of the outline; the stylesheet cuts it into bars, of the same width in every card. */
const STEPS = 150;
const MIN_HEIGHT = 0.04;

interface Props {
  /** Null while it is not known: a line. */
  waveform: Waveform | null;
  seconds: number;
}

export function WaveformView({ waveform, seconds }: Props) {
  const outline = useMemo(() => waveform && outlineOf(waveform.peaks), [waveform]);
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

/** A mirrored outline between y 0 and 2, as high as the loudest peak. */
function outlineOf(peaks: Waveform["peaks"]): string {
  const steps = Array.from({ length: STEPS }, (_, step) => {
    const first = Math.floor((step * peaks.length) / STEPS);
    return Math.max(...peaks.slice(first, Math.max(first + 1, ((step + 1) * peaks.length) / STEPS)));
  });
  const loudest = Math.max(...steps) || 1;
  const heights = steps.map((height) => Math.max(height / loudest, MIN_HEIGHT));
  const upper = heights.map((height, step) => `V${(1 - height).toFixed(3)}H${step + 1}`);
  const lower = heights.map((height, step) => `V${(1 + height).toFixed(3)}H${step}`).reverse();
  return `M0 1${upper.join("")}${lower.join("")}Z`;
}
