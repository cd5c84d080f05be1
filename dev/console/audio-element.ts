// The page's one audio element: what it plays, from which queue, and why it failed. Loads nothing before playback starts.
import { createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import { ApiError, callApi, networkError, toApiError } from "./api.ts";
import { type ErrorView, errorView } from "./error-view.ts";
import type { DrawnAudio } from "./peaks.ts";

export interface Track extends DrawnAudio {
  /** The name of the audio, for the accessible names of the controls. */
  label: string;
  /** The duration stated by the service. */
  seconds: number | null;
}

interface Playback {
  track: Track | null;
  /** The tracks that were listed when it was started, in their order. */
  queue: Track[];
  isPlaying: boolean;
  /** Playback was requested, but the data has not arrived. */
  isWaiting: boolean;
  failure: { view: ErrorView; error: ApiError } | null;
}

const STOPPED: Playback = { track: null, queue: [], isPlaying: false, isWaiting: false, failure: null };

/** For once on the page: the state of playback, and the functions that change it. */
export function usePlayback() {
  const [audio] = useState(() => new Audio());
  const [playback, setPlayback] = useState(STOPPED);

  useEffect(() => {
    const change = (changes: Partial<Playback>) => setPlayback((before) => ({ ...before, ...changes }));
    const fail = async () => {
      const { src, error } = audio;
      change({ isPlaying: false, isWaiting: false });
      const failure = await findFailure(src, error);
      if (audio.src === src) change({ failure });
    };
    const listeners: [keyof HTMLMediaElementEventMap, () => void][] = [
      ["play", () => change({ isPlaying: true, failure: null })],
      ["pause", () => change({ isPlaying: false, isWaiting: false })],
      ["waiting", () => change({ isWaiting: true })],
      ["playing", () => change({ isWaiting: false })],
      ["error", () => void fail()],
    ];
    for (const [event, listener] of listeners) audio.addEventListener(event, listener);
    return () => {
      for (const [event, listener] of listeners) audio.removeEventListener(event, listener);
      unload(audio);
    };
  }, [audio]);

  const actions = useMemo(() => {
    const resume = () => {
      // After an error `paused` is still false, and only load() recovers.
      if (audio.error) {
        const seconds = audio.currentTime;
        audio.load();
        audio.currentTime = seconds;
      }
      // A failure is reported by the event "error".
      audio.play().catch(() => undefined);
    };
    return {
      resume,
      toggle: () => (audio.paused || audio.error ? resume() : audio.pause()),
      /** Plays `track` from its beginning. */
      start: (track: Track, queue: Track[]) => {
        audio.src = track.url;
        setPlayback({ ...STOPPED, track, queue });
        resume();
      },
      /** Shows the track that is loaded under its changed name. */
      rename: (track: Track) => setPlayback((before) => ({ ...before, track })),
      /** Ends the playback of what is at `closed`. */
      close: (closed: string) => {
        if (audio.src !== new URL(closed, location.href).href) return;
        unload(audio);
        setPlayback(STOPPED);
      },
    };
  }, [audio]);
  return { audio, ...playback, ...actions };
}

function unload(audio: HTMLAudioElement): void {
  audio.pause();
  audio.removeAttribute("src");
  audio.load();
}

/** An audio element does not expose the response, so one byte is requested again. */
async function findFailure(url: string, mediaError: MediaError | null): Promise<Playback["failure"]> {
  let error = networkError();
  try {
    if (isRemote(url)) await callApi(url, { cache: "no-store", headers: { Range: "bytes=0-0" } });
    if (mediaError?.code !== MediaError.MEDIA_ERR_NETWORK) {
      const text = isRemote(url)
        ? "Download it to play it with another program."
        : "Another program may play it.";
      const view: ErrorView = { title: "This browser cannot decode the recording", text, action: "retry" };
      return { view, error: new ApiError(0, text) };
    }
  } catch (reason) {
    error = toApiError(reason);
  }
  const view = errorView(error);
  const deleted = {
    title: "The audio was deleted",
    text: "Perhaps in another window. The list was loaded again.",
  };
  return { view: error.status === 404 ? { ...view, ...deleted } : view, error };
}

/** Whether an audio is loaded from the service, and not from a file that the user has chosen. */
export const isRemote = (url: string): boolean => !url.startsWith("blob:");

export const PlayerContext = createContext<ReturnType<typeof usePlayback> | null>(null);

export function usePlayer() {
  const player = useContext(PlayerContext);
  if (!player) throw new Error("usePlayer needs a PlayerContext");
  return player;
}

/** Calls `reload` when an audio that was listed turns out to be deleted. */
export function useReloadAfterDeletion(reload: () => void): void {
  const { failure } = usePlayer();
  useEffect(() => {
    if (failure?.error.status === 404) reload();
  }, [failure]);
}

/** The tracks of the list around a player, in their order. */
export const QueueContext = createContext<Track[]>([]);

/** The playback position in seconds; 0 while another track is loaded. */
export function usePosition(audio: HTMLAudioElement, isLoaded = true): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const update = () => setSeconds(isLoaded ? audio.currentTime : 0);
    const events = isLoaded ? ["timeupdate", "seeking", "durationchange"] : [];
    update();
    for (const event of events) audio.addEventListener(event, update);
    return () => {
      for (const event of events) audio.removeEventListener(event, update);
    };
  }, [audio, isLoaded]);
  return seconds;
}
