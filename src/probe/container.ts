// What each container's file in this folder provides.
import type { Reader } from "./reader.ts";

/** The audio of a recording, as counted. */
export interface MeasuredAudio {
  /** The codec's usual name, e.g. "Opus". */
  codec: string;
  /** What the bytes that are there decode to: never what a header claims. */
  durationSeconds: number;
}

/** A container: how to know it, and how to measure the audio in it. */
export interface Format {
  /** The container's usual name, e.g. "WAVE". */
  container: string;
  /** The canonical MIME type. */
  contentType: string;
  /** How many bytes {@link matches} looks at. */
  magicBytes: number;
  /** Whether the recording at the reader's position is of this kind. */
  matches: (reader: Reader) => boolean;
  /**
   * Counts the audio from the reader's position to the end.
   * @throws {UnreadableAudio} when there is none, or it can't be measured
   */
  measure: (reader: Reader) => Promise<MeasuredAudio>;
}

const MIN_SAMPLE_RATE = 2000;
const MAX_SAMPLE_RATE = 768_000;

/** Whether recordings have this many samples a second: with a rate of 1, ten bytes would be ten seconds. */
export const isSampleRate = (rate: number): boolean => rate >= MIN_SAMPLE_RATE && rate <= MAX_SAMPLE_RATE;
