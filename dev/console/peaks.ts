// Waveforms: the peaks that the service measured, otherwise those of the audio, decoded in the page. Each is loaded once.
import { type Signal, signal } from "@preact/signals";
import type { PeaksResource } from "../../src/levels/schema.ts";
import { ApiError, callApi, fetchJson } from "./api.ts";

export interface Waveform {
  peaks: Float32Array | number[];
  seconds: number;
}

export interface DrawnAudio {
  url: string;
  /** Null where the service has no peaks, because the audio is compressed or local. */
  peaksUrl: string | null;
}

const PEAK_COUNT = 600;
const SAMPLE_RATE_HZ = 8_000;
/** The audio is downloaded instead of a longer wait for its peaks. */
const MAX_WAIT_SECONDS = 5;

/** By the URL of the audio. */
const waveforms = new Map<string, Signal<Waveform | null>>();
/** By the URL of the peaks, or of the audio. */
const loading = new Map<string, Promise<Waveform | null>>();

/** The waveform of the audio at `url`: null until it is loaded, and without one. */
export function waveformOf(url: string): Signal<Waveform | null> {
  const waveform = waveforms.get(url) ?? signal(null);
  waveforms.set(url, waveform);
  return waveform;
}

/** Loads the waveform of an audio, unless there are no peaks and the audio may not be downloaded. */
export async function loadWaveform({ url, peaksUrl }: DrawnAudio, mayDownload: boolean): Promise<void> {
  const waveform = waveformOf(url);
  if (waveform.value === null && peaksUrl) waveform.value = await loadOnce(peaksUrl, fetchWaveform);
  if (waveform.value === null && mayDownload) waveform.value = await loadOnce(url, decodeWaveform);
}

/** What `load` returns for `source`; null when it fails, because playing the audio says what is wrong. */
function loadOnce(source: string, load: (source: string) => Promise<Waveform | null>) {
  const loaded = loading.get(source) ?? load(source).finally(() => loading.delete(source));
  loading.set(source, loaded);
  return loaded.catch(() => null);
}

/** Null for audio whose duration the service does not know. */
async function fetchWaveform(peaksUrl: string, tries = 3): Promise<Waveform | null> {
  try {
    const { peaks, durationSeconds } = await fetchJson<PeaksResource>(peaksUrl);
    return peaks[0] && durationSeconds !== null ? { peaks: peaks[0], seconds: durationSeconds } : null;
  } catch (error) {
    // Of audio that was stored just now, the service is still measuring the peaks.
    const seconds = error instanceof ApiError && error.status === 503 ? error.retryAfterSeconds : null;
    if (tries === 1 || seconds === null || seconds > MAX_WAIT_SECONDS) throw error;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return fetchWaveform(peaksUrl, tries - 1);
  }
}

async function decodeWaveform(url: string): Promise<Waveform> {
  // Not stored in the browser's cache: the player's own requests must reach the service to be listed.
  const response = await callApi(url, { cache: "no-store" });
  const bytes = await response.arrayBuffer();
  const audio = await new OfflineAudioContext(1, 1, SAMPLE_RATE_HZ).decodeAudioData(bytes);
  return { peaks: peaksOf(audio.getChannelData(0)), seconds: audio.duration };
}

function peaksOf(samples: Float32Array): Float32Array {
  const step = samples.length / PEAK_COUNT;
  return Float32Array.from({ length: PEAK_COUNT }, (_, point) =>
    samples
      .subarray(Math.floor(point * step), Math.ceil((point + 1) * step))
      .reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0),
  );
}
