// A waveform by wavesurfer.js, drawn over an audio element that it follows.
import { useEffect, useState } from "preact/hooks";
import WaveSurfer from "wavesurfer.js";
import type { Waveform } from "./peaks.ts";
import { useTheme } from "./theme.ts";

export const STYLE_NONCE = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";

/** How every waveform of the console looks. */
export const WAVE_SHAPE = {
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

/** The colours of the stylesheet, as a canvas needs them. */
export function waveColours(element: Element) {
  const style = getComputedStyle(element);
  return {
    waveColor: style.getPropertyValue("--wave"),
    progressColor: style.getPropertyValue("--wave-played"),
  };
}

interface Props {
  audio: HTMLAudioElement;
  waveform: Waveform | null;
}

export function WaveformView({ audio, waveform }: Props) {
  const [container, setContainer] = useState<HTMLDivElement | null>(null);
  const [surfer, setSurfer] = useState<WaveSurfer | null>(null);
  useEffect(() => {
    if (!container || !waveform) return;
    const made = WaveSurfer.create({
      container,
      media: audio,
      // With the peaks known at the start it fetches nothing by itself, and by its own address the audio plays on.
      url: audio.src,
      peaks: [waveform.peaks],
      duration: waveform.seconds,
      normalize: true,
      ...WAVE_SHAPE,
      ...waveColours(container),
    });
    setSurfer(made);
    return () => {
      made.destroy();
      setSurfer(null);
    };
  }, [container, audio, waveform]);
  const theme = useTheme();
  useEffect(() => {
    if (container) surfer?.setOptions(waveColours(container));
  }, [container, surfer, theme]);
  return <div ref={setContainer} class="waveform" data-drawn={waveform !== null} aria-hidden="true" />;
}
