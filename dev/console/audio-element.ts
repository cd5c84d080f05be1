// The page's one audio element: what it plays, from which queue, and why it failed. Loads nothing before playback starts.
import { signal } from "@preact/signals";
import { ApiError, callApi, networkError, toApiError } from "./api.ts";
import type { ErrorView } from "./error-view.ts";
import { type DrawnAudio, loadWaveform } from "./peaks.ts";

export interface Track extends DrawnAudio {
  /** The name of the audio, for the accessible names of the controls. */
  label: string;
  /** The duration stated by the service. */
  seconds: number | null;
}

interface Failure {
  error: ApiError;
  /** In place of what is said of any content that cannot be loaded. */
  view?: ErrorView;
}

const UNDECODABLE: ErrorView = {
  title: "This browser cannot decode the recording",
  text: "Another program may play it. Voices and generations can be downloaded.",
  action: "retry",
};
const DELETED: ErrorView = {
  title: "The audio was deleted",
  text: "Perhaps in another window. The list was loaded again.",
  action: "retry",
};

export const audio = new Audio();

export const player = {
  /** What is loaded. */
  track: signal<Track | null>(null),
  /** The tracks that were listed when it was started, in their order. */
  queue: signal<Track[]>([]),
  isPlaying: signal(false),
  /** Playback was requested, but the data has not arrived. */
  isWaiting: signal(false),
  /** In seconds. */
  position: signal(0),
  failure: signal<Failure | null>(null),
};

const EVENTS = ["play", "pause", "waiting", "playing", "error", "timeupdate", "seeking", "durationchange"];
for (const event of EVENTS) {
  audio.addEventListener(event, () => {
    const { paused, error, readyState, currentTime } = audio;
    player.isPlaying.value = !paused && !error;
    player.isWaiting.value = !paused && !error && readyState < audio.HAVE_FUTURE_DATA;
    player.position.value = currentTime;
  });
}
audio.onerror = async () => {
  const { src, error } = audio;
  const failure = await findFailure(src, error);
  if (audio.src === src) player.failure.value = failure;
};

/** Plays on from the position, also after an error. */
export function resume(): void {
  const { track, failure } = player;
  failure.value = null;
  // After an error `paused` is still false, and only load() recovers.
  if (audio.error) {
    const seconds = audio.currentTime;
    audio.load();
    audio.currentTime = seconds;
  }
  if (track.value) void loadWaveform(track.value, true);
  // A failure is reported by the event "error".
  audio.play().catch(() => undefined);
}

export const toggle = (): void => (audio.paused || audio.error ? resume() : audio.pause());

/** Plays `track` from its beginning. */
export function start(track: Track, queue: Track[]): void {
  player.track.value = track;
  player.queue.value = queue;
  audio.src = track.url;
  resume();
}

/** Ends the playback of the audio at `url`; by default, of what is loaded. */
export function close(url: string | null | undefined = player.track.value?.url): void {
  if (player.track.value?.url !== url) return;
  player.track.value = null;
  player.failure.value = null;
  audio.pause();
  audio.removeAttribute("src");
  audio.load();
}

/** An audio element does not expose the response, so one byte is requested again. */
async function findFailure(url: string, mediaError: MediaError | null): Promise<Failure> {
  const request = { cache: "no-store", headers: { Range: "bytes=0-0" } } as const;
  const refusal = isRemote(url) ? await callApi(url, request).then(() => null, toApiError) : null;
  if (refusal?.status === 404) return { error: refusal, view: DELETED };
  if (refusal) return { error: refusal };
  if (mediaError?.code === MediaError.MEDIA_ERR_NETWORK) return { error: networkError() };
  return { error: new ApiError(0, UNDECODABLE.title), view: UNDECODABLE };
}

/** Whether an audio is loaded from the service, and not from a file that the user has chosen. */
export const isRemote = (url: string): boolean => !url.startsWith("blob:");
