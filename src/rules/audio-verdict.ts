// Judges a recording by what a parser measured: accepted with its MIME type and duration, or why not.

/** The shortest recording a voice can be made of. */
export const MIN_DURATION_SECONDS = 10;

/** What a parser found in a recording; names are music-metadata's. */
export interface MeasuredAudio {
  container: string | undefined;
  hasAudio: boolean;
  durationSeconds: number | undefined;
}

export type AudioVerdict =
  | { kind: "accepted"; contentType: string; durationSeconds: number }
  | { kind: "too-short"; durationSeconds: number }
  | { kind: "not-audio" };

// An MP4 file is named by its brands ("M4A/isom/iso2"), the others by one fixed word.
const TYPE_BY_CONTAINER: ReadonlyArray<[container: RegExp, contentType: string]> = [
  [/^WAVE$/, "audio/wav"],
  [/^MPEG$/, "audio/mpeg"],
  [/^ADTS\//, "audio/aac"],
  [/^FLAC$/, "audio/flac"],
  [/^Ogg$/, "audio/ogg"],
  [/^EBML\/webm$/, "audio/webm"],
  [/^EBML\/matroska$/, "audio/matroska"],
  [/^AIFF(-C)?$/, "audio/aiff"],
  [/^ASF\//, "audio/x-ms-wma"],
  [/^WavPack$/, "audio/x-wavpack"],
  [/(^|\/)(M4[ABPV]|mp4[12]|isom|iso\d|dash|MSNV|avc1|f4a|qt)\b/, "audio/mp4"],
];

/** The canonical MIME type of a container, or null when it is none that this service accepts. */
const contentTypeOf = (container: string): string | null =>
  TYPE_BY_CONTAINER.find(([pattern]) => pattern.test(container))?.[1] ?? null;

/** Judges `audio`; null stands for a recording that no parser could read. */
export function judgeRecording(audio: MeasuredAudio | null): AudioVerdict {
  if (!audio?.hasAudio || audio.container === undefined) return { kind: "not-audio" };
  const contentType = contentTypeOf(audio.container);
  const { durationSeconds } = audio;
  if (contentType === null || !durationSeconds || !Number.isFinite(durationSeconds)) {
    return { kind: "not-audio" };
  }
  if (durationSeconds < MIN_DURATION_SECONDS) return { kind: "too-short", durationSeconds };
  return { kind: "accepted", contentType, durationSeconds };
}
