// Waveforms: the peaks that the service measured, otherwise those of the audio, decoded in the page. Each is loaded once.
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

/** By what they were loaded from: the URL of the peaks, or of the audio. */
const waveforms = new Map<string, Promise<Waveform | null>>();

/**
 * The waveform of an audio; null without peaks when it may not be downloaded.
 * @throws {ApiError} when the audio cannot be loaded, and a DOMException when it cannot be decoded
 */
export async function loadWaveform(
  { url, peaksUrl }: DrawnAudio,
  mayDownload: boolean,
): Promise<Waveform | null> {
  const measured = peaksUrl && (await loadOnce(peaksUrl, fetchWaveform));
  return measured || (mayDownload ? loadOnce(url, decodeWaveform) : null);
}

/** What `load` returns for `source`; again only if there was nothing. */
function loadOnce(
  source: string,
  load: (source: string) => Promise<Waveform | null>,
): Promise<Waveform | null> {
  const known = waveforms.get(source);
  if (known !== undefined) return known;
  const loading = load(source);
  waveforms.set(source, loading);
  const forget = () => waveforms.delete(source);
  loading.then((waveform) => waveform ?? forget(), forget);
  return loading;
}

/** Null without peaks, and for audio whose duration the service does not know. */
async function fetchWaveform(peaksUrl: string, tries = 3): Promise<Waveform | null> {
  try {
    const { peaks, durationSeconds } = await fetchJson<PeaksResource>(peaksUrl);
    return peaks[0] && durationSeconds !== null ? { peaks: peaks[0], seconds: durationSeconds } : null;
  } catch (error) {
    // Of audio that was stored just now, the service is still measuring the peaks.
    const seconds = error instanceof ApiError && error.status === 503 ? error.retryAfterSeconds : null;
    if (tries > 1 && seconds !== null && seconds <= MAX_WAIT_SECONDS) {
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      return fetchWaveform(peaksUrl, tries - 1);
    }
    // Playing the audio says what is wrong.
    return null;
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
  return Float32Array.from({ length: PEAK_COUNT }, (_, point) => {
    let peak = 0;
    const end = Math.min(Math.ceil((point + 1) * step), samples.length);
    for (let index = Math.floor(point * step); index < end; index += 1) {
      peak = Math.max(peak, Math.abs(samples[index] ?? 0));
    }
    return peak;
  });
}
