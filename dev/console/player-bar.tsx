// The player bar: controls what is loaded, in every view. It says why an audio does not play, and what to do.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { PlayerContext, type Track, usePlayback, usePlayer, usePosition } from "./audio-element.ts";
import { ErrorBox } from "./error-box.tsx";
import { formatSeconds } from "./formats.ts";
import { Icon, type IconName } from "./icons.tsx";
import { PlayButton, useWaveform } from "./player.tsx";
import { Select } from "./search-field.tsx";
import { WaveformView } from "./waveform.tsx";

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
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

/** Around everything that plays. Playback ends with it. */
export const PlayerProvider = ({ children }: { children: ComponentChildren }) => (
  <PlayerContext.Provider value={usePlayback()}>{children}</PlayerContext.Provider>
);

export function PlayerBar() {
  const { track, isPlaying, isWaiting, failure, queue, toggle, resume, start, close } = usePlayer();
  const index = queue.findIndex(({ url }) => url === track?.url);
  const neighbours = { previous: queue[index - 1], next: index < 0 ? undefined : queue[index + 1] };
  const startOf = (neighbour: Track | undefined) => neighbour && (() => start(neighbour, queue));
  useMediaSession(track, startOf(neighbours.previous), startOf(neighbours.next));
  if (!track) return null;
  const closeAndFocus = () => {
    const card = document.querySelector<HTMLElement>(`[data-track="${CSS.escape(track.url)}"] button`);
    (card ?? document.querySelector<HTMLElement>(".content > :not([hidden]) h2"))?.focus();
    close(track.url);
  };
  return (
    <section class="player-bar" aria-label="Player">
      <p class="player-title one-line" dir="auto" title={track.label}>
        {track.label}
      </p>
      <div class="player-buttons">
        <BarButton label="Previous" icon="previous" onClick={startOf(neighbours.previous)} />
        <PlayButton isPlaying={isPlaying} isWaiting={isWaiting} onClick={toggle} />
        <BarButton label="Next" icon="next" onClick={startOf(neighbours.next)} />
      </div>
      <Seek key={track.url} track={track} />
      <Settings />
      <BarButton label="Close the player" icon="close" onClick={closeAndFocus} />
      {failure && <ErrorBox {...failure} onRetry={resume} />}
    </section>
  );
}

const BarButton = ({
  label,
  icon,
  onClick,
}: {
  label: string;
  icon: IconName;
  onClick?: (() => void) | undefined;
}) => (
  <button type="button" class="icon-button" aria-label={label} disabled={!onClick} onClick={onClick}>
    <Icon name={icon} />
  </button>
);

function Seek({ track }: { track: Track }) {
  const { audio } = usePlayer();
  const waveform = useWaveform(track, true, true);
  const position = usePosition(audio);
  const length = waveform?.seconds ?? track.seconds ?? (Number.isFinite(audio.duration) ? audio.duration : 0);
  const seekTo = (seconds: number) => {
    audio.currentTime = Math.min(Math.max(seconds, 0), length);
  };
  return (
    <>
      <div class="track">
        <WaveformView waveform={waveform} seconds={position} />
        <input
          type="range"
          class="seek"
          aria-label={`Position in ${track.label}`}
          aria-valuetext={`${formatSeconds(position)} of ${formatSeconds(length)}`}
          min={0}
          max={length || 1}
          step={0.05}
          value={position}
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
        {formatSeconds(position)}
        <span class="muted">{length > 0 ? formatSeconds(length) : "–:––"}</span>
      </p>
    </>
  );
}

/** Speed and volume. The element keeps them: what is loaded next has them too. */
function Settings() {
  const { audio } = usePlayer();
  const [speed, setSpeed] = useState(audio.playbackRate);
  const [volume, setVolume] = useState(audio.volume);
  useEffect(() => {
    // Loading another audio sets the rate to the default one.
    Object.assign(audio, { playbackRate: speed, defaultPlaybackRate: speed, volume });
  }, [audio, speed, volume]);
  return (
    <div class="player-settings">
      <Select label="Speed" value={String(speed)} onChange={(chosen) => setSpeed(Number(chosen))}>
        {SPEEDS.map((rate) => (
          <option key={rate} value={rate}>
            {rate}×
          </option>
        ))}
      </Select>
      <Icon name="volume" />
      <input
        type="range"
        aria-label="Volume"
        max={1}
        step={0.05}
        value={volume}
        onInput={({ currentTarget }) => setVolume(currentTarget.valueAsNumber)}
      />
    </div>
  );
}

/** The media keys, and what the system shows of the player. Play, pause and seek work without handlers. */
function useMediaSession(track: Track | null, previous: (() => void) | undefined, next: typeof previous) {
  useEffect(() => {
    const { mediaSession } = navigator;
    mediaSession.metadata = track && new MediaMetadata({ title: track.label, artist: "Resonance" });
    mediaSession.setActionHandler("previoustrack", previous ?? null);
    mediaSession.setActionHandler("nexttrack", next ?? null);
  });
}
