// Plays one audio: a play button, the waveform and the duration. The player bar has the other controls.
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { close, isRemote, player, start, type Track, toggle } from "./audio-element.ts";
import { formatLength } from "./formats.ts";
import { IconButton } from "./icons.tsx";
import { loadWaveform, waveformOf } from "./peaks.ts";
import { WaveformView } from "./waveform.tsx";

/** The tracks of the list around a player, in their order. */
export const QueueContext = createContext<Track[]>([]);

export function Player(track: Track) {
  const { url, peaksUrl, label, seconds } = track;
  const [frame, setFrame] = useState<Element | null>(null);
  const queue = useContext(QueueContext);
  const isLoaded = player.track.value?.url === url;
  const isPlaying = isLoaded && player.isPlaying.value;
  const waveform = waveformOf(url).value;

  useEffect(() => {
    if (!frame) return;
    const observer = new IntersectionObserver(([entry]) => {
      // Of compressed audio the service has no peaks: it is downloaded when it is played, and not to be looked at.
      if (entry?.isIntersecting) void loadWaveform(track, !isRemote(url));
    });
    observer.observe(frame);
    return () => observer.disconnect();
  }, [frame, url, peaksUrl]);
  // The player bar follows a name that was changed.
  useEffect(() => {
    if (isLoaded) player.track.value = track;
  }, [label]);
  // The URL of a chosen file ends with its player.
  useEffect(() => (isRemote(url) ? undefined : () => close(url)), [url]);
  return (
    <div class="player" ref={setFrame} data-playing={isPlaying} data-track={url}>
      <IconButton
        class="play-button"
        icon={isPlaying ? "pause" : "play"}
        label={`${isPlaying ? "Pause" : "Play"} ${label}`}
        aria-busy={isLoaded && player.isWaiting.value}
        onClick={() => (isLoaded ? toggle() : start(track, queue))}
      />
      <WaveformView waveform={waveform} seconds={isLoaded ? player.position.value : 0} />
      <span class="time muted">{formatLength(seconds ?? waveform?.seconds)}</span>
    </div>
  );
}
