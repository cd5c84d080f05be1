// An audio element of its own for each player; one of them sounds at a time.
import { useEffect, useState } from "preact/hooks";

let sounding: HTMLAudioElement | null = null;

export interface Playback {
  isPlaying: boolean;
  /** Asked to play, and waiting for the bytes. */
  isWaiting: boolean;
  seconds: number;
  hasFailed: boolean;
}

const STILL: Playback = { isPlaying: false, isWaiting: false, seconds: 0, hasFailed: false };

/** An element that loads nothing before it is played, and what it is doing. */
export function useAudio(url: string): [HTMLAudioElement, Playback] {
  const [audio] = useState(() => Object.assign(new Audio(), { preload: "none" }));
  const [playback, setPlayback] = useState(STILL);

  useEffect(() => {
    const change = (changes: Partial<Playback>) => setPlayback((before) => ({ ...before, ...changes }));
    const listeners: [keyof HTMLMediaElementEventMap, () => void][] = [
      ["play", () => sound(audio)],
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
    setPlayback(STILL);
    return () => audio.removeAttribute("src");
  }, [audio, url]);

  return [audio, playback];
}

function sound(audio: HTMLAudioElement): void {
  if (sounding !== audio) sounding?.pause();
  sounding = audio;
}
