// Waveforms: the loudness of an audio over its length, decoded once in the page.
import { ask } from "./api.ts";

export interface Waveform {
  peaks: Float32Array;
  seconds: number;
}

const POINTS = 600;
const SAMPLE_RATE = 8_000;
const AT_ONCE = 3;

const known = new Map<string, Promise<Waveform>>();
const waiting: (() => void)[] = [];
let running = 0;

/** The waveform of the audio at `url`, read a few at a time. @throws {Refusal} when the audio is not given */
export function waveformOf(url: string): Promise<Waveform> {
  const remembered = known.get(url);
  if (remembered !== undefined) return remembered;
  const drawn = inTurn(() => draw(url));
  known.set(url, drawn);
  drawn.catch(() => known.delete(url));
  return drawn;
}

async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

async function draw(url: string): Promise<Waveform> {
  // Past the browser's cache, so that the player's own requests still reach the service and can be watched.
  const response = await ask(url, { cache: "no-store" });
  const bytes = await response.arrayBuffer();
  const audio = await new OfflineAudioContext(1, 1, SAMPLE_RATE).decodeAudioData(bytes);
  return { peaks: peaksOf(audio.getChannelData(0)), seconds: audio.duration };
}

function peaksOf(samples: Float32Array): Float32Array {
  const step = samples.length / POINTS;
  return Float32Array.from({ length: POINTS }, (_, point) => {
    let peak = 0;
    const end = Math.min(Math.ceil((point + 1) * step), samples.length);
    for (let index = Math.floor(point * step); index < end; index += 1) {
      peak = Math.max(peak, Math.abs(samples[index] ?? 0));
    }
    return peak;
  });
}
