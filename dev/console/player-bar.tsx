// The player bar: controls what is loaded, in every view. It says why an audio does not play, and what to do.
import { useEffect } from "preact/hooks";
import { audio, close, player, resume, start, type Track, toggle } from "./audio-element.ts";
import { ErrorBox } from "./error-box.tsx";
import { formatLength, formatSeconds } from "./formats.ts";
import { Icon, IconButton } from "./icons.tsx";
import { waveformOf } from "./peaks.ts";
import { Select } from "./search-field.tsx";
import { WaveformView } from "./waveform.tsx";

const KEY_STEPS_SECONDS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -5,
  PageUp: 5,
};
const SPEEDS = Object.fromEntries([0.5, 0.75, 1, 1.25, 1.5, 2].map((rate) => [rate.toFixed(2), `${rate}×`]));

export function PlayerBar() {
  const track = player.track.value;
  const queue = player.queue.value;
  const isPlaying = player.isPlaying.value;
  const failure = player.failure.value;
  const index = queue.findIndex(({ url }) => url === track?.url);
  const startOf = (neighbour: Track | undefined) => neighbour && (() => start(neighbour, queue));
  const previous = startOf(queue[index - 1]);
  const next = startOf(queue[index + 1]);
  // The media keys, and what the system shows of the player. Play, pause and seek work without handlers.
  useEffect(() => {
    const { mediaSession } = navigator;
    mediaSession.metadata = track && new MediaMetadata({ title: track.label, artist: "Resonance" });
    mediaSession.setActionHandler("previoustrack", previous ?? null);
    mediaSession.setActionHandler("nexttrack", next ?? null);
  });
  // Playback ends with the session.
  useEffect(() => close, []);
  if (!track) return null;
  const closeAndFocus = () => {
    const card = document.querySelector<HTMLElement>(`[data-track="${CSS.escape(track.url)}"] button`);
    (card ?? document.querySelector<HTMLElement>(".content > :not([hidden]) h2"))?.focus();
    close();
  };
  return (
    <section class="player-bar" aria-label="Player">
      <p class="player-title one-line" dir="auto" title={track.label}>
        {track.label}
      </p>
      <div class="player-buttons">
        <IconButton icon="previous" label="Previous" disabled={!previous} onClick={previous} />
        <IconButton
          class="play-button"
          icon={isPlaying ? "pause" : "play"}
          label={isPlaying ? "Pause" : "Play"}
          aria-busy={player.isWaiting.value}
          onClick={toggle}
        />
        <IconButton icon="next" label="Next" disabled={!next} onClick={next} />
      </div>
      <Seek track={track} />
      <div class="player-settings">
        <Select
          label="Speed"
          options={SPEEDS}
          value={audio.playbackRate.toFixed(2)}
          onChange={(chosen) => {
            // Loading another audio sets the rate to the default one.
            audio.defaultPlaybackRate = Number(chosen);
            audio.playbackRate = Number(chosen);
          }}
        />
        <Icon name="volume" />
        <input
          type="range"
          aria-label="Volume"
          max={1}
          step={0.05}
          value={audio.volume}
          onInput={({ currentTarget }) => {
            audio.volume = currentTarget.valueAsNumber;
          }}
        />
      </div>
      <IconButton icon="close" label="Close the player" onClick={closeAndFocus} />
      {failure && <ErrorBox {...failure} onRetry={resume} />}
    </section>
  );
}

function Seek({ track: { url, label, seconds } }: { track: Track }) {
  const waveform = waveformOf(url).value;
  const position = player.position.value;
  const length = waveform?.seconds ?? seconds ?? (Number.isFinite(audio.duration) ? audio.duration : 0);
  return (
    <>
      <div class="track">
        <WaveformView waveform={waveform} seconds={position} />
        <input
          type="range"
          class="seek"
          aria-label={`Position in ${label}`}
          aria-valuetext={`${formatSeconds(position)} of ${formatSeconds(length)}`}
          min={0}
          max={length || 1}
          step={0.05}
          value={position}
          disabled={length === 0}
          onInput={({ currentTarget }) => {
            audio.currentTime = currentTarget.valueAsNumber;
          }}
          onKeyDown={(event) => {
            const step = KEY_STEPS_SECONDS[event.key];
            if (step === undefined) return;
            event.preventDefault();
            // The element keeps it within the audio.
            audio.currentTime += step;
          }}
        />
      </div>
      <p class="time">
        {formatSeconds(position)}
        <span class="muted">{formatLength(length)}</span>
      </p>
    </>
  );
}
