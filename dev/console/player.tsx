// Plays one audio: play button, waveform with a position slider, and time. The browser loads the audio in ranges.
import { useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, callApi, toApiError } from "./api.ts";
import { useAudio } from "./audio-element.ts";
import { SignInAgain } from "./error-box.tsx";
import { loadErrorView } from "./error-view.ts";
import { formatSeconds } from "./formats.ts";
import { Icon } from "./icons.tsx";
import { type DrawnAudio, loadWaveform, type Waveform } from "./peaks.ts";
import { WaveformView } from "./waveform.tsx";

interface Props extends DrawnAudio {
  /** The name of the audio, for the accessible names of the controls. */
  label: string;
  /** The duration stated by the service. */
  seconds: number | null;
}

const SMALL_STEP_SECONDS = 1;
const LARGE_STEP_SECONDS = 5;
const KEY_STEPS: Record<string, number> = {
  ArrowLeft: -SMALL_STEP_SECONDS,
  ArrowDown: -SMALL_STEP_SECONDS,
  ArrowRight: SMALL_STEP_SECONDS,
  ArrowUp: SMALL_STEP_SECONDS,
  PageDown: -LARGE_STEP_SECONDS,
  PageUp: LARGE_STEP_SECONDS,
};

export function Player({ url, peaksUrl, label, seconds }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [audio, playback] = useAudio(url);
  const { waveform, error, setError } = useWaveform(
    { url, peaksUrl },
    useHasBeenVisible(frame),
    playback.hasFailed,
  );
  const length = waveform?.seconds ?? seconds ?? 0;

  const toggle = () => {
    setError(null);
    // After an error `paused` is still false, and only load() recovers.
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
        <span class="muted">{length > 0 ? formatSeconds(length) : "–:––"}</span>
      </p>
      {error && <PlayerError error={error} onRetry={toggle} />}
    </div>
  );
}

function PlayerError({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  const { title, text, action } = loadErrorView(error);
  return (
    <div class="player-error" role="alert">
      <p>
        {error.status > 0 ? `${error.status}: ` : `${title}. `}
        {text}
      </p>
      {action === "sign-in" && <SignInAgain onDone={onRetry} />}
    </div>
  );
}

/** Becomes true when the element is first visible. */
function useHasBeenVisible(element: { current: Element | null }): boolean {
  const [hasBeenVisible, setVisible] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setVisible(true));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return hasBeenVisible;
}

function useWaveform({ url, peaksUrl }: DrawnAudio, isVisible: boolean, hasFailed: boolean) {
  const [waveform, setWaveform] = useState<Waveform | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    if (!isVisible) return;
    let isCurrent = true;
    setWaveform(null);
    loadWaveform({ url, peaksUrl }).then(
      (loaded) => isCurrent && setWaveform(loaded),
      (reason) => isCurrent && setError(toApiError(reason)),
    );
    return () => {
      isCurrent = false;
    };
  }, [url, peaksUrl, isVisible]);
  useEffect(() => {
    if (!hasFailed) return;
    // An audio element does not expose the response, so it is requested again.
    callApi(url, { cache: "no-store" }).catch((reason) => setError(toApiError(reason)));
  }, [url, hasFailed]);
  return { waveform, error, setError };
}
