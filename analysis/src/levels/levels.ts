// Measures the levels of audio: peaks to draw, peak level, clipping and silence. Takes samples in blocks of any size and
// keeps none. docs/decisions/0029 explains the definitions.
import type { AudioLevels } from "../../../src/platform/audio-levels.ts";
import type { PcmData, PcmEncoding } from "../../../src/probe/codecs/pcm-data.ts";

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
  readonly #clippingLevel: number;
  /** The highest sample of each point. */
  readonly #points: Float64Array;
  /** Of each channel, how many samples at full scale precede. */
  readonly #runs: Uint32Array;
  /** Of each channel, the sum of the window's samples. */
  readonly #sums: Float64Array;
  #squares = 0;
  #frame = 0;
  #channel = 0;
  #point = 0;
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
    this.#clippingLevel = CLIPPING_LEVELS[encoding] ?? MAX_INT16;
    this.#points = new Float64Array(pointCount(frames, sampleRateHz));
    this.#runs = new Uint32Array(channels);
    this.#sums = new Float64Array(channels);
  }

  /** Adds samples, one of each channel after the other, between -1 and 1. */
  push(samples: Float64Array): void {
    const runs = this.#runs;
    const sums = this.#sums;
    const clippingLevel = this.#clippingLevel;
    let channel = this.#channel;
    let squares = this.#squares;
    let pointEnd = this.#pointEnd();
    let peak = this.#points[this.#point] ?? 0;
    for (let i = 0; i < samples.length; i += 1) {
      const sample = samples[i] as number;
      const magnitude = Math.abs(sample);
      if (magnitude > peak) peak = magnitude;
      if (magnitude >= clippingLevel) (runs[channel] as number) += 1;
      else if (runs[channel] !== 0) this.#endRun(channel);
      (sums[channel] as number) += sample;
      squares += sample * sample;
      channel += 1;
      if (channel < this.#channels) continue;
      channel = 0;
      this.#frame += 1;
      if (this.#frame === pointEnd) {
        this.#points[this.#point] = peak;
        this.#point += 1;
        pointEnd = this.#pointEnd();
        peak = 0;
      }
      if (this.#frame - this.#windowStart === this.#windowFrames) {
        this.#squares = squares;
        this.#endWindow();
        squares = 0;
      }
    }
    if (this.#point < this.#points.length) this.#points[this.#point] = peak;
    this.#channel = channel;
    this.#squares = squares;
  }

  /** The levels of all samples, once every frame was added. */
  finish(): AudioLevels {
    for (let channel = 0; channel < this.#channels; channel += 1) this.#endRun(channel);
    if (this.#frame > this.#windowStart) this.#endWindow();
    const peakLevel = this.#points.reduce((highest, point) => Math.max(highest, point), 0);
    return {
      peaks: Uint8Array.from(this.#points, (point) => Math.round((point / (peakLevel || 1)) * 255)),
      peakLevel,
      clippedShare: this.#clippedSamples / (this.#frames * this.#channels),
      silenceShare: this.#silentFrames / this.#frames,
    };
  }

  /** The frame behind the current point. */
  #pointEnd(): number {
    return Math.floor(((this.#point + 1) * this.#frames) / this.#points.length);
  }

  #endRun(channel: number): void {
    const length = this.#runs[channel] ?? 0;
    if (length >= MIN_CLIPPED_RUN) this.#clippedSamples += length;
    this.#runs[channel] = 0;
  }

  #endWindow(): void {
    const frames = this.#frame - this.#windowStart;
    const offsetPower = this.#sums.reduce((sum, each) => sum + (each / frames) ** 2, 0);
    const power = (this.#squares / frames - offsetPower) / this.#channels;
    if (power < SILENT_POWER) this.#silentFrames += frames;
    this.#squares = 0;
    this.#sums.fill(0);
    this.#windowStart = this.#frame;
  }
}
