// Plays one audio: a play button, the waveform and the duration. The player bar has the other controls.
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import type { VoiceResource } from "../../src/voices/schema.ts";
import { isRemote, QueueContext, type Track, usePlayer, usePosition } from "./audio-element.ts";
import { formatSeconds } from "./formats.ts";
import { Icon } from "./icons.tsx";
import { type DrawnAudio, loadWaveform, type Waveform } from "./peaks.ts";
import { WaveformView } from "./waveform.tsx";

/** What is played of a voice or a generation. */
type Playable = Pick<VoiceResource, "audioUrl" | "peaksUrl" | "durationSeconds">;

/** The track of each item that has audio. */
export const tracksOf = <Item extends Playable>(items: Item[], labelOf: (item: Item) => string): Track[] =>
  items.flatMap((item) => {
    const { audioUrl: url, peaksUrl, durationSeconds: seconds } = item;
    return url === null ? [] : [{ url, peaksUrl, label: labelOf(item), seconds }];
  });

export function Player(track: Track) {
  const { url, label } = track;
  const frame = useRef<HTMLDivElement>(null);
  const player = usePlayer();
  const queue = useContext(QueueContext);
  const isLoaded = player.track?.url === url;
  const isVisible = useHasBeenVisible(frame);
  // Of compressed audio the service has no peaks: it is downloaded when it is played, and not to be looked at.
  const waveform = useWaveform(track, isVisible, isLoaded || !isRemote(url));
  const position = usePosition(player.audio, isLoaded);
  const length = track.seconds ?? waveform?.seconds ?? 0;

  useEffect(() => {
    if (isLoaded && player.track?.label !== label) player.rename(track);
  }, [label]);
  // The URL of a chosen file ends with its player.
  useEffect(() => (isRemote(url) ? undefined : () => player.close(url)), [url]);
  return (
    <div class="player" ref={frame} data-playing={isLoaded && player.isPlaying} data-track={url}>
      <PlayButton
        label={label}
        isPlaying={isLoaded && player.isPlaying}
        isWaiting={isLoaded && player.isWaiting}
        onClick={() => (isLoaded ? player.toggle() : player.start(track, queue))}
      />
      <WaveformView waveform={waveform} seconds={position} />
      <span class="time muted">{length > 0 ? formatSeconds(length) : "–:––"}</span>
    </div>
  );
}

interface PlayButtonProps {
  /** Empty in the player bar, which states the name beside it. */
  label?: string;
  isPlaying: boolean;
  isWaiting: boolean;
  onClick: () => void;
}

export const PlayButton = ({ label = "", isPlaying, isWaiting, onClick }: PlayButtonProps) => (
  <button
    type="button"
    class="play-button"
    aria-label={`${isPlaying ? "Pause" : "Play"} ${label}`.trim()}
    aria-busy={isWaiting}
    onClick={onClick}
  >
    <Icon name={isPlaying ? "pause" : "play"} />
  </button>
);

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

/** Null until it is loaded, and without one: playing the audio says what is wrong. */
export function useWaveform({ url, peaksUrl }: DrawnAudio, isVisible: boolean, mayDownload: boolean) {
  const [waveform, setWaveform] = useState<Waveform | null>(null);
  useEffect(() => setWaveform(null), [url]);
  useEffect(() => {
    if (!isVisible) return;
    let isCurrent = true;
    loadWaveform({ url, peaksUrl }, mayDownload).then(
      (loaded) => isCurrent && loaded && setWaveform(loaded),
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [url, peaksUrl, isVisible, mayDownload]);
  return waveform;
}
