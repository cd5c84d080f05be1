// Probes a recording: its container, its codec and its duration, from its bytes alone. Imports nothing outside this
// folder and never decodes audio.
import type { PcmData } from "./codecs/pcm-data.ts";
import type { AudioFacts, ContainerFormat, MeasuredAudio, RecordingFormat } from "./container.ts";
import { adts } from "./containers/adts.ts";
import { aiff } from "./containers/aiff.ts";
import { asf } from "./containers/asf/asf.ts";
import { flac } from "./containers/flac.ts";
import { findFrames } from "./containers/frame-sync.ts";
import { skipId3 } from "./containers/id3.ts";
import { matroska, webm } from "./containers/matroska/matroska.ts";
import { mp4 } from "./containers/mp4/mp4.ts";
import { mpegAudio } from "./containers/mpeg-audio.ts";
import { ogg } from "./containers/ogg/ogg.ts";
import { wav } from "./containers/wav.ts";
import { wavpack } from "./containers/wavpack.ts";
import { findAc3, findOtherFormat, OTHER_FORMAT_BYTES } from "./other-formats.ts";
import { type ByteSource, Reader } from "./reader.ts";
import { UnsupportedAudioError, unsupportedContainer } from "./unsupported-audio-error.ts";

export type ProbeResult =
  | ({
      kind: "audio";
      container: string;
      contentType: string;
      durationSeconds: number;
      /** Where the samples of PCM in WAVE and AIFF are; absent or null for everything else. */
      pcm?: PcmData | null;
    } & AudioFacts)
  /** `otherFile` names a file that is no recording, e.g. "a PNG image". */
  | ({ kind: "unsupported"; reason: string; otherFile?: string } & RecognisedFormat);

/** What was recognised and is not counted. */
export interface RecognisedFormat {
  /** A container or codec, e.g. "CAF"; null when none was recognised. */
  format: string | null;
  /** Of that codec, where it is stated in a way of its own. */
  sampleRateHz?: number;
}

const CONTAINER_FORMATS: readonly ContainerFormat[] = [
  wav,
  mp4,
  ogg,
  webm,
  matroska,
  flac,
  aiff,
  asf,
  wavpack,
];
/** Formats without magic bytes, so that only their frames tell them apart. */
const FRAME_FORMATS = [adts, mpegAudio];

/** Sums of frames that last a fraction of a second miss the whole by some 1e-14 of it: 10 s must not become 9.99…98. */
const ROUNDING_STEPS_PER_SECOND = 1e9;

/**
 * Probes a recording within the {@link Reader}'s budget. The duration is in seconds and counts only audio whose bytes
 * are present, whatever the headers claim.
 * @throws whatever `source` throws when it cannot be read
 */
export async function probeRecording(source: ByteSource): Promise<ProbeResult> {
  const reader = new Reader(source);
  try {
    const tag = await skipId3(reader);
    await reader.need(Math.min(OTHER_FORMAT_BYTES, reader.remaining));
    const container = CONTAINER_FORMATS.find(
      ({ magicBytes, matches }) => reader.remaining >= magicBytes && matches(reader),
    );
    if (container) return toResult(container, await container.measure(reader));
    const other = findOtherFormat(reader);
    if (other?.kind === "recording") throw unsupportedContainer(other.format);
    // Behind a tag it is a part of one that states a wrong size, such as its cover.
    if (other && tag === "none") {
      const otherFile = other.format;
      return { kind: "unsupported", reason: `the file is ${otherFile}`, format: null, otherFile };
    }
    const ac3 = findAc3(reader);
    const frames = await findFrames(reader, FRAME_FORMATS, tag);
    if (frames) return toResult(frames, await frames.measure(reader));
    if (ac3) throw unsupportedContainer(ac3);
    throw new UnsupportedAudioError("the container format is not recognised");
  } catch (error) {
    if (error instanceof UnsupportedAudioError) {
      const { message, format, sampleRateHz } = error;
      return { kind: "unsupported", reason: message, format, ...(sampleRateHz && { sampleRateHz }) };
    }
    throw error;
  }
}

function toResult({ container, contentType }: RecordingFormat, measured: MeasuredAudio): ProbeResult {
  const durationSeconds =
    Math.round(measured.durationSeconds * ROUNDING_STEPS_PER_SECOND) / ROUNDING_STEPS_PER_SECOND;
  if (!(durationSeconds > 0)) throw new UnsupportedAudioError("the recording contains no decodable audio");
  const unstated = { sampleRateHz: null, channels: null, bitsPerSample: null };
  // QuickTime and Matroska state rates as floats, such as the 22,254.54 Hz of old Macs.
  const sampleRateHz = measured.sampleRateHz == null ? null : Math.round(measured.sampleRateHz);
  return { kind: "audio", container, contentType, ...unstated, ...measured, sampleRateHz, durationSeconds };
}
