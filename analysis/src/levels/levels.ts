// Measures the levels of audio: peaks to draw, peak level, clipping and silence. Takes samples in blocks of any size and
// keeps none. docs/decisions/0029 explains the definitions.
import type { AudioLevels } from "../../../src/platform/audio-levels.ts";
import type { PcmData, PcmEncoding } from "../../../src/probe/codecs/pcm-data.ts";
import { FULL_SCALES } from "./pcm-decoder.ts";

const POINTS_PER_SECOND = 20;
/** As many bars as a card of the console is wide. */
const MIN_POINTS = 256;
const MAX_POINTS = 2000;
/** A single sample at full scale is what normalising to full scale produces. */
const MIN_CLIPPED_RUN = 3;
const WINDOW_SECONDS = 0.05;
/** RMS without the offset of the window. */
const SILENCE_DBFS = -50;
const SILENT_POWER = 10 ** (SILENCE_DBFS / 10);

const MAX_INT16 = 32_767 / 32_768;
/** The level at which a converter clips. Audio that was clipped in 16 bits is so at any higher resolution. */
const CLIPPING_LEVELS: Partial<Record<PcmEncoding, number>> = {
  u8: 127 / 128,
  s8: 127 / 128,
  // The highest codes of ITU-T G.711.
  alaw: 32_256 / 32_768,
  mulaw: 32_124 / 32_768,
};

/** The points that represent `frames` at that rate. */
const pointCount = (frames: number, sampleRateHz: number): number => {
  const wanted = Math.ceil((frames / sampleRateHz) * POINTS_PER_SECOND);
  return Math.min(frames, Math.max(MIN_POINTS, Math.min(wanted, MAX_POINTS)));
};

export class LevelMeter {
  readonly #frames: number;
  readonly #channels: number;
  readonly #windowFrames: number;
  readonly #fullScale: number;
  readonly #clippingLevel: number;
  readonly #silentPower: number;
  /** The highest sample of each point. */
  readonly #points: Float64Array;
  /** Of each channel, how many samples at full scale precede. */
  readonly #runs: Uint32Array;
  /** Of each channel, the sum of the window's samples. */
  readonly #sums: Float64Array;
  /** The sum of the squares of the window's samples. */
  #squares = 0;
  #frame = 0;
  #point = 0;
  /** The frame behind the current point. */
  #pointEnd: number;
  #windowStart = 0;
  #clippedSamples = 0;
  #silentFrames = 0;

  constructor(
    { encoding, channels, sampleRateHz }: Pick<PcmData, "encoding" | "channels" | "sampleRateHz">,
    frames: number,
  ) {
    this.#frames = frames;
    this.#channels = channels;
    this.#windowFrames = Math.max(1, Math.round(sampleRateHz * WINDOW_SECONDS));
    this.#fullScale = FULL_SCALES[encoding];
    this.#clippingLevel = (CLIPPING_LEVELS[encoding] ?? MAX_INT16) * this.#fullScale;
    this.#silentPower = SILENT_POWER * this.#fullScale ** 2;
    this.#points = new Float64Array(pointCount(frames, sampleRateHz));
    this.#pointEnd = this.#endOf(0);
    this.#runs = new Uint32Array(channels);
    this.#sums = new Float64Array(channels);
  }

  /** Adds whole frames: decoded samples, one of each channel after the other. */
  push(samples: Float64Array): void {
    const channels = this.#channels;
    const end = this.#frame + samples.length / channels;
    let at = 0;
    while (this.#frame < end) {
      const windowEnd = this.#windowStart + this.#windowFrames;
      const next = Math.min(end, this.#pointEnd, windowEnd);
      const first = at;
      at += (next - this.#frame) * channels;
      for (let channel = 0; channel < channels; channel += 1) this.#add(samples, channel, first, at);
      this.#frame = next;
      if (next === this.#pointEnd) {
        this.#point += 1;
        this.#pointEnd = this.#endOf(this.#point);
      }
      if (next === windowEnd) this.#endWindow();
    }
  }

  /** Adds the samples of one channel among those from `first` to `end`, which are of one point and of one window. */
  #add(samples: Float64Array, channel: number, first: number, end: number): void {
    const channels = this.#channels;
    const clippingLevel = this.#clippingLevel;
    let peak = this.#points[this.#point] ?? 0;
    let run = this.#runs[channel] ?? 0;
    let sum = 0;
    let squares = 0;
    for (let i = first + channel; i < end; i += channels) {
      const sample = samples[i] as number;
      const magnitude = Math.abs(sample);
      if (magnitude > peak) peak = magnitude;
      if (magnitude >= clippingLevel) run += 1;
      else if (run !== 0) {
        this.#endRun(run);
        run = 0;
      }
      sum += sample;
      squares += sample * sample;
    }
    this.#points[this.#point] = peak;
    this.#runs[channel] = run;
    (this.#sums[channel] as number) += sum;
    this.#squares += squares;
  }

  /** The levels of all samples, once every frame was added. */
  finish(): AudioLevels {
    for (const run of this.#runs) this.#endRun(run);
    if (this.#frame > this.#windowStart) this.#endWindow();
    const peak = this.#points.reduce((highest, point) => Math.max(highest, point), 0);
    return {
      peaks: Uint8Array.from(this.#points, (point) => Math.round((point / (peak || 1)) * 255)),
      peakLevel: peak / this.#fullScale,
      clippedShare: this.#clippedSamples / (this.#frames * this.#channels),
      silenceShare: this.#silentFrames / this.#frames,
    };
  }

  #endOf(point: number): number {
    return Math.floor(((point + 1) * this.#frames) / this.#points.length);
  }

  #endRun(samples: number): void {
    if (samples >= MIN_CLIPPED_RUN) this.#clippedSamples += samples;
  }

  #endWindow(): void {
    const frames = this.#frame - this.#windowStart;
    let offsetPower = 0;
    for (const sum of this.#sums) offsetPower += (sum / frames) ** 2;
    const power = (this.#squares / frames - offsetPower) / this.#channels;
    if (power < this.#silentPower) this.#silentFrames += frames;
    this.#squares = 0;
    this.#sums.fill(0);
    this.#windowStart = this.#frame;
  }
}
