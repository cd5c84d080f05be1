// The audio element of a player. Starting one pauses the one that is playing.
import { useEffect, useState } from "preact/hooks";

let playing: HTMLAudioElement | null = null;

export interface Playback {
  isPlaying: boolean;
  /** Playback was requested, but the data has not arrived. */
  isWaiting: boolean;
  seconds: number;
  hasFailed: boolean;
}

const STOPPED: Playback = { isPlaying: false, isWaiting: false, seconds: 0, hasFailed: false };

/** The element and its state. Loads nothing before playback starts. */
export function useAudio(url: string): [HTMLAudioElement, Playback] {
  const [audio] = useState(() => Object.assign(new Audio(), { preload: "none" }));
  const [playback, setPlayback] = useState(STOPPED);

  useEffect(() => {
    const change = (changes: Partial<Playback>) => setPlayback((before) => ({ ...before, ...changes }));
    const listeners: [keyof HTMLMediaElementEventMap, () => void][] = [
      ["play", () => pauseOthers(audio)],
      ["play", () => change({ isPlaying: true, hasFailed: false })],
      ["pause", () => change({ isPlaying: false, isWaiting: false })],
      ["waiting", () => change({ isWaiting: true })],
      ["playing", () => change({ isWaiting: false })],
      ["timeupdate", () => change({ seconds: audio.currentTime })],
      ["seeking", () => change({ seconds: audio.currentTime })],
      ["error", () => change({ isPlaying: false, isWaiting: false, hasFailed: true })],
    ];
    for (const [event, listener] of listeners) audio.addEventListener(event, listener);
    return () => {
      audio.pause();
      for (const [event, listener] of listeners) audio.removeEventListener(event, listener);
    };
  }, [audio]);

  useEffect(() => {
    audio.src = url;
    setPlayback(STOPPED);
    return () => audio.removeAttribute("src");
  }, [audio, url]);

  return [audio, playback];
}

function pauseOthers(audio: HTMLAudioElement): void {
  if (playing !== audio) playing?.pause();
  playing = audio;
}
