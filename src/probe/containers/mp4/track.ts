// One track of an MPEG-4 recording as its boxes describe it, and how long its audio is by that.
import type { Sound } from "./esds.ts";
import type { SampleCount } from "./sample-sizes.ts";
import type { ChunkMap, Edits } from "./track-tables.ts";

export interface Track {
  id: number;
  timescale: number;
  sound?: Sound;
  inTable: SampleCount;
  inFragments: SampleCount;
  meanTicks: number;
  chunkMap: ChunkMap;
  /** Samples of the table that can be there, by their chunks. */
  presentSamples: number;
  edits: Edits;
}

/** What the recording around the track says. */
export interface Surroundings {
  timescale: number;
  isFragmented: boolean;
  tracks: number;
  mediaBytes: number;
}

export function emptyTrack(bytesInReach: number): Track {
  const none = { samples: 0, bytes: 0, ticks: 0, bytesLeft: 0 };
  return {
    id: 0,
    timescale: 0,
    inTable: { ...none, bytesLeft: bytesInReach },
    inFragments: { ...none },
    meanTicks: 0,
    chunkMap: { marks: [], samplesPerChunk: 0 },
    presentSamples: Number.POSITIVE_INFINITY,
    edits: { start: 0, duration: Number.POSITIVE_INFINITY },
  };
}

/** What decodes, less what the edits leave out: an encoder's delay, or what was trimmed. */
export function presentedSeconds(movie: Surroundings, track: Track, sound: Sound): number {
  const seconds = decodedSeconds(movie, track, sound);
  const skipped = track.timescale > 0 ? track.edits.start / track.timescale : 0;
  // A fragmented recording's edits were written before its length was known.
  const isKnown = !movie.isFragmented && movie.timescale > 0;
  const played = isKnown ? track.edits.duration / movie.timescale : Number.POSITIVE_INFINITY;
  return Math.min(Math.max(0, seconds - skipped), played);
}

function decodedSeconds(movie: Surroundings, track: Track, sound: Sound): number {
  const { inTable, inFragments } = track;
  // Among other tracks' samples, a track's bytes don't tell where the recording breaks off.
  const tableShare = movie.tracks > 1 ? Math.min(1, track.presentSamples / Math.max(1, inTable.samples)) : 1;
  const bytes = inTable.bytes * tableShare + inFragments.bytes;
  // The same bytes taken up several times hold audio once.
  const share = Math.min(1, movie.mediaBytes / bytes);
  if (bytes === 0 || share === 0) return 0;
  if (sound.kind === "bytes") return (bytes * share) / sound.bytesPerSecond;
  const samples = (inTable.samples * tableShare + inFragments.samples) * share;
  const ticks = (inTable.samples * tableShare * track.meanTicks + inFragments.ticks) * share;
  const longest = samples * sound.longestSeconds;
  // Only the last frame is ever shorter than its codec's frames are.
  const shortest = Math.max(0, samples - 1) * sound.shortestSeconds;
  const said = track.timescale > 0 && ticks > 0 ? ticks / track.timescale : longest;
  return Math.max(Math.min(said, longest), shortest);
}
