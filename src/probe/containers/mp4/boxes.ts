// The boxes of MPEG-4 that the probe enters or reads (ISO/IEC 14496-12 sections 8.2 to 8.8), and the state that they
// fill in.
import { fourCc } from "../../bytes.ts";
import type { Reader } from "../../reader.ts";
import { countRun, queueRun, type RunPosition, skipRun } from "./runs.ts";
import type { SampleDefaults } from "./sample-sizes.ts";
import { type AudioTrack, emptyTrack, type MovieInfo, TRACK_TABLES, type Track } from "./track.ts";
import { readEditList, readFragmentHeader } from "./track-tables.ts";

/** A movie as far as it is read. */
export interface Movie extends MovieInfo {
  /** Where the index (`moov`) ends; undefined before it. */
  indexEnd?: number;
  /** The track that is being read. */
  track: Track;
  /** The tracks of sound, in order. */
  soundTracks: Track[];
  /** The track whose audio is counted, once the index is read. */
  audio?: AudioTrack;
  /** By track, from `trex`, which may come before or after the track. */
  fragmentDefaults: Map<number, SampleDefaults>;
  /** Where the fragment that is being read starts. */
  fragmentStart: number;
  /** Where the samples that it described so far end. */
  fragmentDataEnd: number;
  /** What is stated of one track's samples in it; undefined when they are not needed. */
  fragment: Fragment | undefined;
  /** Bytes that samples can take up: the media before their table, and everything after it. */
  availableMediaBytes: number;
}

/** The defaults of a fragment's samples, and where the next of them lies. */
interface Fragment extends SampleDefaults, RunPosition {
  isAudio: boolean;
}

const SOUND_HANDLER = fourCc("soun");
/** Far more than a recording has; each takes up to a read to describe. */
const MAX_SOUND_TRACKS = 32;
const MAX_FRAGMENT_DEFAULTS = 64;
const TRACK_EXTENDS_BYTES = 20;
const HANDLER_BYTES = 12;
const FIELD_AFTER_TIMES_BYTES = 24;

export const createMovie = (): Movie => ({
  isFragmented: false,
  tracks: 0,
  track: emptyTrack(),
  soundTracks: [],
  fragmentDefaults: new Map(),
  fragmentStart: 0,
  fragmentDataEnd: 0,
  fragment: undefined,
  mediaBytes: 0,
  availableMediaBytes: 0,
});

const byFourCc = <T>(boxes: Record<string, T>): ReadonlyMap<number, T> =>
  new Map(Object.entries(boxes).map(([type, box]) => [fourCc(type), box]));

/** A box's extent in the recording, header included. */
interface Extent {
  start: number;
  end: number;
}

/** Boxes that contain boxes, which follow as if they were siblings. */
export const CONTAINER_BOXES = byFourCc<(reader: Reader, movie: Movie, extent: Extent) => void>({
  moov: (reader, movie, { end }) => {
    movie.indexEnd = end;
    movie.availableMediaBytes = movie.mediaBytes + Math.max(0, reader.size - end);
  },
  trak: (_, movie) => {
    movie.tracks += 1;
    movie.track = emptyTrack();
  },
  mdia: () => {},
  minf: () => {},
  stbl: () => {},
  edts: () => {},
  mvex: (_, movie) => {
    movie.isFragmented = true;
  },
  moof: (reader, movie, { start, end }) => {
    movie.fragmentStart = start;
    movie.fragmentDataEnd = start;
    if (movie.audio) movie.audio.inFragments.availableBytes = Math.max(0, reader.size - end);
  },
  traf: (_, movie) => {
    movie.fragment = undefined;
  },
});

type ReadBox = (reader: Reader, movie: Movie, end: number) => Promise<void>;

/**
 * Boxes that are read, from the start of their payload to `end`. Of several where one is expected the first counts, as
 * no player's choice among them can be known.
 */
export const LEAF_BOXES = byFourCc<ReadBox>({
  mvhd: async (reader, movie) => {
    movie.timescale ??= await readFieldAfterTimes(reader);
  },
  tkhd: async (reader, { track }) => {
    track.id ??= await readFieldAfterTimes(reader);
  },
  mdhd: async (reader, { track }) => {
    track.timescale ??= await readFieldAfterTimes(reader);
  },
  hdlr: async (reader, { track, soundTracks }) => {
    await reader.require(HANDLER_BYTES);
    if (reader.u32(8) !== SOUND_HANDLER || soundTracks.length >= MAX_SOUND_TRACKS) return;
    if (!soundTracks.includes(track)) soundTracks.push(track);
  },
  elst: async (reader, { track }, end) => {
    track.edits ??= await readEditList(reader, end);
  },
  ...Object.fromEntries(
    TRACK_TABLES.map((type): [string, ReadBox] => [
      type,
      async (reader, { track: { tables } }, end) => {
        if (!tables.has(type)) tables.set(type, { at: reader.position, end });
      },
    ]),
  ),
  trex: async (reader, { fragmentDefaults }) => {
    await reader.require(TRACK_EXTENDS_BYTES);
    const id = reader.u32(4);
    if (fragmentDefaults.size < MAX_FRAGMENT_DEFAULTS && !fragmentDefaults.has(id)) {
      fragmentDefaults.set(id, { ticks: reader.u32(12), bytes: reader.u32(16) });
    }
  },
  tfhd: async (reader, movie) => {
    const { trackId, isBaseMoof, baseOffset: statedOffset, ...stated } = await readFragmentHeader(reader);
    const { audio } = movie;
    const isAudio = trackId === audio?.id;
    if (!isAudio && audio?.description.kind !== "packets") return;
    // Where neither is stated, the samples follow those of the track before (section 8.8.7.1).
    const baseOffset = statedOffset ?? (isBaseMoof ? movie.fragmentStart : movie.fragmentDataEnd);
    const defaults = { ticks: 0, bytes: 0, ...movie.fragmentDefaults.get(trackId), ...stated };
    movie.fragment = { ...defaults, isAudio, baseOffset, nextOffset: baseOffset };
  },
  trun: async (reader, movie, end) => {
    const { audio, fragment } = movie;
    if (!audio || !fragment) return;
    const { inFragments: count, description } = audio;
    if (description.kind !== "packets") {
      return countRun(reader, end, { count, defaults: fragment, samples: description });
    }
    if (fragment.isAudio) audio.times.lastTicks = await queueRun(reader, end, fragment, description.packets);
    else await skipRun(reader, end, fragment);
    movie.fragmentDataEnd = fragment.nextOffset;
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
