// Plays one audio: a button, a waveform to seek in, the time. The bytes come as the browser asks for them, by ranges.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, type Refusal, toRefusal } from "./api.ts";
import { useAudio } from "./audio-element.ts";
import { formatSeconds } from "./formats.ts";
import { Icon } from "./icons.tsx";
import { type Waveform, waveformOf } from "./peaks.ts";
import { viewTrouble } from "./trouble.ts";
import { SignInAgain } from "./trouble-box.tsx";
import { WaveformView } from "./waveform.tsx";

interface Props {
  url: string;
  /** What is played, in words. */
  label: string;
  /** As the service measured it. */
  seconds: number | null;
}

const STEP_SECONDS = 1;
const LEAP_SECONDS = 5;
const KEY_STEPS: Record<string, number> = {
  ArrowLeft: -STEP_SECONDS,
  ArrowDown: -STEP_SECONDS,
  ArrowRight: STEP_SECONDS,
  ArrowUp: STEP_SECONDS,
  PageDown: -LEAP_SECONDS,
  PageUp: LEAP_SECONDS,
};

export function Player({ url, label, seconds }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [audio, playback] = useAudio(url);
  const { waveform, refusal, setRefusal } = useWaveform(url, useSeen(frame), playback.hasFailed);
  const length = waveform?.seconds ?? seconds ?? 0;

  const toggle = () => {
    setRefusal(null);
    // One that failed still counts as playing.
    if (audio.error) audio.load();
    else if (!audio.paused) return audio.pause();
    audio.play().catch(() => undefined);
  };
  const seekTo = (time: number) => {
    audio.currentTime = Math.min(Math.max(time, 0), length);
  };
  return (
    <div class="player" ref={frame} data-playing={playback.isPlaying}>
      <button
        type="button"
        class="play-button"
        aria-label={`${playback.isPlaying ? "Pause" : "Play"} ${label}`}
        aria-busy={playback.isWaiting}
        onClick={toggle}
      >
        <Icon name={playback.isPlaying ? "pause" : "play"} />
      </button>
      <div class="track">
        <WaveformView audio={audio} waveform={waveform} />
        <input
          type="range"
          class="seek"
          aria-label={`Position in ${label}`}
          aria-valuetext={`${formatSeconds(playback.seconds)} of ${formatSeconds(length)}`}
          min={0}
          max={length || 1}
          step={0.05}
          value={playback.seconds}
          disabled={length === 0}
          onInput={({ currentTarget }) => seekTo(currentTarget.valueAsNumber)}
          onKeyDown={(event) => {
            const step = KEY_STEPS[event.key];
            if (step === undefined) return;
            event.preventDefault();
            seekTo(audio.currentTime + step);
          }}
        />
      </div>
      <p class="time">
        <span>{formatSeconds(playback.seconds)}</span>
        <span class="quiet">{length > 0 ? formatSeconds(length) : "–:––"}</span>
      </p>
      {refusal && <PlayerTrouble refusal={refusal} onRetry={toggle} />}
    </div>
  );
}

function PlayerTrouble({ refusal, onRetry }: { refusal: Refusal; onRetry: () => void }) {
  const { title, words, remedy } = viewTrouble(refusal);
  return (
    <div class="player-trouble" role="alert">
      <p>
        {refusal.status > 0 ? `${refusal.status}: ` : `${title}. `}
        {words}
      </p>
      {remedy === "sign-in" && <SignInAgain onDone={onRetry} />}
    </div>
  );
}

/** True from when the element was first seen. */
function useSeen(element: { current: Element | null }): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return isSeen;
}

function useWaveform(url: string, isSeen: boolean, hasFailed: boolean) {
  const [waveform, setWaveform] = useState<Waveform | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  useEffect(() => {
    if (!isSeen) return;
    let isCurrent = true;
    setWaveform(null);
    waveformOf(url).then(
      (drawn) => isCurrent && setWaveform(drawn),
      (error) => isCurrent && setRefusal(toRefusal(error)),
    );
    return () => {
      isCurrent = false;
    };
  }, [url, isSeen]);
  useEffect(() => {
    if (!hasFailed) return;
    // The audio element does not tell what the service said.
    ask(url, { cache: "no-store" }).catch((error) => setRefusal(toRefusal(error)));
  }, [url, hasFailed]);
  return { waveform, refusal, setRefusal };
}
