// The boxes of MPEG-4 that the probe enters or reads (ISO/IEC 14496-12 sections 8.2 to 8.8), and the state that they
// fill in.
import { fourCc } from "../../bytes.ts";
import type { Reader } from "../../reader.ts";
import { readSampleDescription } from "./sample-description.ts";
import { countCompactSizes, countRun, countSizes, type SampleDefaults } from "./sample-sizes.ts";
import { emptyTrack, type MovieInfo, type Track } from "./track.ts";
import {
  readAvailableSamples,
  readChunkMap,
  readEditList,
  readFragmentHeader,
  readMeanSampleTicks,
} from "./track-tables.ts";

/** A movie as far as it is read. */
export interface Movie extends MovieInfo {
  hasIndex: boolean;
  /** The track that is being read. */
  track: Track;
  /** The first audio track. */
  audio?: Track;
  /** By track, from `trex`, which may come before or after the track. */
  fragmentDefaults: Map<number, SampleDefaults>;
  /** Defaults of the fragment that is being read; undefined for another track's fragment. */
  fragment: SampleDefaults | undefined;
  /** Bytes that samples can take up: the media before their table, and everything after it. */
  availableMediaBytes: number;
}

const SOUND_HANDLER = fourCc("soun");
const MAX_FRAGMENT_DEFAULTS = 64;
const TRACK_EXTENDS_BYTES = 20;
const HANDLER_BYTES = 12;
const FIELD_AFTER_TIMES_BYTES = 24;

export const createMovie = (): Movie => ({
  timescale: 0,
  hasIndex: false,
  isFragmented: false,
  tracks: 0,
  track: emptyTrack(0),
  fragmentDefaults: new Map(),
  fragment: undefined,
  mediaBytes: 0,
  availableMediaBytes: 0,
});

const byFourCc = <T>(boxes: Record<string, T>): ReadonlyMap<number, T> =>
  new Map(Object.entries(boxes).map(([type, box]) => [fourCc(type), box]));

/** Boxes that contain boxes, which follow as if they were siblings. */
export const CONTAINER_BOXES = byFourCc<(reader: Reader, movie: Movie, end: number) => void>({
  moov: (reader, movie, end) => {
    movie.hasIndex = true;
    movie.availableMediaBytes = movie.mediaBytes + Math.max(0, reader.size - end);
  },
  trak: (_, movie) => {
    movie.tracks += 1;
    movie.track = emptyTrack(movie.availableMediaBytes);
  },
  mdia: () => {},
  minf: () => {},
  stbl: () => {},
  edts: () => {},
  mvex: (_, movie) => {
    movie.isFragmented = true;
  },
  moof: (reader, movie, end) => {
    if (movie.audio) movie.audio.inFragments.availableBytes = Math.max(0, reader.size - end);
  },
  traf: (_, movie) => {
    movie.fragment = undefined;
  },
});

/** Boxes that are read, from the start of their payload to `end`. */
export const LEAF_BOXES = byFourCc<(reader: Reader, movie: Movie, end: number) => Promise<void>>({
  mvhd: async (reader, movie) => {
    movie.timescale = await readFieldAfterTimes(reader);
  },
  tkhd: async (reader, { track }) => {
    track.id = await readFieldAfterTimes(reader);
  },
  mdhd: async (reader, { track }) => {
    track.timescale = await readFieldAfterTimes(reader);
  },
  hdlr: async (reader, movie) => {
    await reader.require(HANDLER_BYTES);
    if (reader.u32(8) === SOUND_HANDLER) movie.audio ??= movie.track;
  },
  elst: async (reader, { track }, end) => {
    track.edits = await readEditList(reader, end);
  },
  stsd: async (reader, { track, audio }, end) => {
    if (track === audio) track.description ??= await readSampleDescription(reader, end, track.timescale);
  },
  stts: async (reader, { track, audio }, end) => {
    if (track === audio) track.meanSampleTicks = await readMeanSampleTicks(reader, end);
  },
  stsz: async (reader, { track, audio }, end) => {
    if (track === audio && track.description) {
      await countSizes(reader, end, track.inTable, track.description);
    }
  },
  stz2: async (reader, { track, audio }, end) => {
    if (track === audio && track.description) {
      await countCompactSizes(reader, end, track.inTable, track.description);
    }
  },
  stsc: async (reader, { track, audio }, end) => {
    if (track === audio) track.chunkMap = await readChunkMap(reader, end);
  },
  stco: async (reader, { track, audio }, end) => {
    if (track === audio) track.availableSamples = await readAvailableSamples(reader, end, 4, track.chunkMap);
  },
  co64: async (reader, { track, audio }, end) => {
    if (track === audio) track.availableSamples = await readAvailableSamples(reader, end, 8, track.chunkMap);
  },
  trex: async (reader, { fragmentDefaults }) => {
    await reader.require(TRACK_EXTENDS_BYTES);
    if (fragmentDefaults.size < MAX_FRAGMENT_DEFAULTS) {
      fragmentDefaults.set(reader.u32(4), { ticks: reader.u32(12), bytes: reader.u32(16) });
    }
  },
  tfhd: async (reader, movie) => {
    const { trackId, ...stated } = await readFragmentHeader(reader);
    if (trackId === movie.audio?.id) {
      movie.fragment = { ticks: 0, bytes: 0, ...movie.fragmentDefaults.get(trackId), ...stated };
    }
  },
  trun: async (reader, { audio, fragment }, end) => {
    if (audio?.description && fragment) {
      await countRun(reader, end, {
        count: audio.inFragments,
        defaults: fragment,
        samples: audio.description,
      });
    }
  },
});

/**
 * The field after the creation and modification times, which have 64 bits in version 1: the timescale in `mvhd`
 * (section 8.2.2) and `mdhd` (8.4.2), the track ID in `tkhd` (8.3.2).
 */
async function readFieldAfterTimes(reader: Reader): Promise<number> {
  await reader.require(FIELD_AFTER_TIMES_BYTES);
  return reader.u32(reader.u8() === 1 ? 20 : 12);
}
