// What each container in `containers/` provides to the probe.
import type { PcmData } from "./codecs/pcm-data.ts";
import type { Reader } from "./reader.ts";

/** What a recording states of its audio; null where its format states nothing. */
export interface AudioFacts {
  /** The codec's usual name, e.g. "Opus". */
  codec: string;
  /** The rate of the decoded audio in Hz. */
  sampleRateHz: number | null;
  channels: number | null;
  /** The sample size of PCM and lossless codecs in bits. */
  bitsPerSample: number | null;
}

/** The audio of a recording, as counted. */
export interface MeasuredAudio extends Partial<Omit<AudioFacts, "codec">> {
  codec: string;
  /** Seconds that the bytes present decode to. A header may shorten this, never lengthen it. */
  durationSeconds: number;
  /** Where the samples of uncompressed audio are; absent or null elsewhere. */
  pcm?: PcmData | null;
}

/** A format of recordings, and how to measure the audio inside. */
export interface RecordingFormat {
  /** The container's usual name, e.g. "WAVE". */
  container: string;
  /** The canonical MIME type. */
  contentType: string;
  /**
   * Measures the audio from the reader's position to the end.
   * @throws {UnsupportedAudioError} when there is no audio, or it cannot be measured
   */
  measure: (reader: Reader) => Promise<MeasuredAudio>;
}

/** A format that is recognised by its first bytes. */
export interface ContainerFormat extends RecordingFormat {
  /** How many bytes {@link matches} reads; a shorter recording is not of this format. */
  magicBytes: number;
  /** Whether the recording at the reader's position is of this format. */
  matches: (reader: Reader) => boolean;
}
