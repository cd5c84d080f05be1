// One track of an MPEG-4 recording, as its boxes describe it, and the duration of its audio.
import type { SampleDescription } from "./esds.ts";
import type { SampleCount } from "./sample-sizes.ts";
import type { BoxRange } from "./table-cursor.ts";
import type { EditList, SampleTimes } from "./track-tables.ts";

/** The tables of `stbl` (ISO/IEC 14496-12 section 8.5.1) that are read once the whole index is known. */
export const TRACK_TABLES = ["stsd", "stts", "stsz", "stz2", "stsc", "stco", "co64"] as const;
/** Where they lie: of several boxes of one type the first counts. */
export type TrackTables = Map<(typeof TRACK_TABLES)[number], BoxRange>;

/** A track as its index is walked. */
export interface Track {
  id?: number;
  timescale?: number;
  edits?: EditList;
  tables: TrackTables;
}

export const emptyTrack = (): Track => ({ tables: new Map() });

/** The track whose audio is counted. */
export interface AudioTrack extends Track {
  description: SampleDescription;
  times: SampleTimes;
  inTable: SampleCount;
  inFragments: SampleCount;
  /** Samples of the table whose chunks start within the recording. */
  availableSamples: number;
}

/** What the movie states about all tracks. */
export interface MovieInfo {
  timescale?: number;
  isFragmented: boolean;
  tracks: number;
  /** Bytes of media data that are present. */
  mediaBytes: number;
}

/** The decoded seconds, less what the edit list omits: an encoder's delay, or what was trimmed. */
export function presentedSeconds(movie: MovieInfo, track: AudioTrack): number {
  const { edits, timescale, description } = track;
  const seconds = decodedSeconds(movie, track);
  if (!edits) return seconds;
  const silentSeconds = description.kind === "packets" ? description.packets.silentSeconds : 0;
  const skippedSeconds = timescale ? Math.max(0, edits.startTicks / timescale - silentSeconds) : 0;
  // The edit list of a fragmented recording was written before its length was known.
  const editedSeconds =
    movie.timescale && !movie.isFragmented ? edits.durationTicks / movie.timescale : Number.POSITIVE_INFINITY;
  return Math.min(Math.max(0, seconds - skippedSeconds), editedSeconds);
}

function decodedSeconds(movie: MovieInfo, track: AudioTrack): number {
  const { inTable, inFragments, description, timescale, times } = track;
  if (description.kind === "packets") {
    return description.packets.secondsWithLast(timescale ? times.lastTicks / timescale : 0);
  }
  // With other tracks' samples in between, a track's own bytes do not tell where the recording is truncated.
  const tableShare =
    movie.tracks > 1 ? Math.min(1, track.availableSamples / Math.max(1, inTable.samples)) : 1;
  const bytes = inTable.bytes * tableShare + inFragments.bytes;
  // Bytes that several samples claim hold audio once.
  const presentShare = Math.min(1, movie.mediaBytes / bytes);
  if (bytes === 0 || presentShare === 0) return 0;
  if (description.kind === "bytes") return (bytes * presentShare) / description.bytesPerSecond;
  const samples = (inTable.samples * tableShare + inFragments.samples) * presentShare;
  const tableTicks = inTable.samples * tableShare * times.meanTicks;
  const ticks = (tableTicks + inFragments.ticks) * presentShare;
  const maxSeconds = samples * description.sampleSeconds;
  // Only the last frame can be shorter than the codec's frame.
  const minSeconds = Math.max(0, samples - 1) * description.sampleSeconds;
  const claimedSeconds = timescale && ticks > 0 ? ticks / timescale : maxSeconds;
  return Math.max(Math.min(claimedSeconds, maxSeconds), minSeconds);
}
