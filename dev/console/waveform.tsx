// Draws the waveform of an audio element and its position with wavesurfer.js.
import { useEffect, useState } from "preact/hooks";
import WaveSurfer from "wavesurfer.js";
import type { Waveform } from "./peaks.ts";
import { useTheme } from "./theme.ts";

const STYLE_NONCE = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";

/** The wavesurfer.js options of all waveforms. */
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

/** The stylesheet's colours, which a canvas cannot inherit. */
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
    const created = WaveSurfer.create({
      container,
      media: audio,
      // wavesurfer.js fetches nothing when the peaks are given. The unchanged URL keeps the audio playing.
      url: audio.src,
      peaks: [waveform.peaks],
      duration: waveform.seconds,
      normalize: true,
      ...WAVE_OPTIONS,
      ...waveColours(container),
    });
    setSurfer(created);
    return () => {
      created.destroy();
      setSurfer(null);
    };
  }, [container, audio, waveform]);
  const theme = useTheme();
  useEffect(() => {
    if (container) surfer?.setOptions(waveColours(container));
  }, [container, surfer, theme]);
  return <div ref={setContainer} class="waveform" data-drawn={waveform !== null} aria-hidden="true" />;
}
