// One track of an MPEG-4 recording, as its boxes describe it, and the duration of its audio.
import type { SampleDescription } from "./esds.ts";
import type { SampleCount } from "./sample-sizes.ts";
import type { ChunkMap, EditList } from "./track-tables.ts";

export interface Track {
  id: number;
  timescale: number;
  description?: SampleDescription;
  inTable: SampleCount;
  inFragments: SampleCount;
  /** By the time table, in the track's timescale. */
  meanSampleTicks: number;
  chunkMap: ChunkMap;
  /** Samples of the table whose chunks start within the recording. */
  availableSamples: number;
  edits: EditList;
}

/** What the movie states about all tracks. */
export interface MovieInfo {
  timescale: number;
  isFragmented: boolean;
  tracks: number;
  /** Bytes of media data that are present. */
  mediaBytes: number;
}

export function emptyTrack(availableMediaBytes: number): Track {
  const none = { samples: 0, bytes: 0, ticks: 0, availableBytes: 0 };
  return {
    id: 0,
    timescale: 0,
    inTable: { ...none, availableBytes: availableMediaBytes },
    inFragments: { ...none },
    meanSampleTicks: 0,
    chunkMap: { marks: [], samplesPerChunk: 0 },
    availableSamples: Number.POSITIVE_INFINITY,
    edits: { startTicks: 0, durationTicks: Number.POSITIVE_INFINITY },
  };
}

/** The decoded seconds, less what the edit list omits: an encoder's delay, or what was trimmed. */
export function presentedSeconds(movie: MovieInfo, track: Track, description: SampleDescription): number {
  const seconds = decodedSeconds(movie, track, description);
  const skippedSeconds = track.timescale > 0 ? track.edits.startTicks / track.timescale : 0;
  // The edit list of a fragmented recording was written before its length was known.
  const isDurationKnown = !movie.isFragmented && movie.timescale > 0;
  const editedSeconds = isDurationKnown
    ? track.edits.durationTicks / movie.timescale
    : Number.POSITIVE_INFINITY;
  return Math.min(Math.max(0, seconds - skippedSeconds), editedSeconds);
}

function decodedSeconds(movie: MovieInfo, track: Track, description: SampleDescription): number {
  const { inTable, inFragments } = track;
  // With other tracks' samples in between, a track's own bytes do not tell where the recording is truncated.
  const tableShare =
    movie.tracks > 1 ? Math.min(1, track.availableSamples / Math.max(1, inTable.samples)) : 1;
  const bytes = inTable.bytes * tableShare + inFragments.bytes;
  // Bytes that several samples claim hold audio once.
  const presentShare = Math.min(1, movie.mediaBytes / bytes);
  if (bytes === 0 || presentShare === 0) return 0;
  if (description.kind === "bytes") return (bytes * presentShare) / description.bytesPerSecond;
  const samples = (inTable.samples * tableShare + inFragments.samples) * presentShare;
  const tableTicks = inTable.samples * tableShare * track.meanSampleTicks;
  const ticks = (tableTicks + inFragments.ticks) * presentShare;
  const maxSeconds = samples * description.maxSampleSeconds;
  // Only the last frame can be shorter than the codec's shortest frame.
  const minSeconds = Math.max(0, samples - 1) * description.minSampleSeconds;
  const claimedSeconds = track.timescale > 0 && ticks > 0 ? ticks / track.timescale : maxSeconds;
  return Math.max(Math.min(claimedSeconds, maxSeconds), minSeconds);
}
