// MPEG-4 and QuickTime (ISO/IEC 14496-12): boxes within boxes, walked as one row, since nothing hangs on how deep
// they lie. The samples of the first audio track are counted: in the tables of `moov`, in fragments (`moof`), or both.
import type { Format } from "../../container.ts";
import { type Reader, UnreadableAudio } from "../../reader.ts";
import { readSound } from "./sample-description.ts";
import { countCompactSizes, countRun, countSizes, type SampleDefaults } from "./sample-sizes.ts";
import { emptyTrack, presentedSeconds, type Surroundings, type Track } from "./track.ts";
import {
  readChunkMap,
  readEdits,
  readFragmentHeader,
  readMeanTicks,
  readPresentSamples,
} from "./track-tables.ts";

interface Movie extends Surroundings {
  hasIndex: boolean;
  /** The track being read, and the first that is audio. */
  track: Track;
  audio?: Track;
  /** By track, from `trex`, which may come before or after the track. */
  defaults: Map<number, SampleDefaults>;
  /** Those of the fragment being read, unless it is of another track. */
  fragment: SampleDefaults | undefined;
  /** What samples can take up: the media before their table, and all that comes after. */
  bytesInReach: number;
}

const BOX_HEADER_BYTES = 8;
const LONG_BOX_HEADER_BYTES = 16;
const MAX_DEFAULTS = 64;
/** What a box that is read costs more than one that is passed over. */
const STEPS_OF_A_LEAF = 3;
const FIRST_BOXES: ReadonlySet<string> = new Set(["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"]);

const code = (type: string): number => [...type].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);
const byCode = <T>(boxes: Record<string, T>): ReadonlyMap<number, T> =>
  new Map(Object.entries(boxes).map(([type, box]) => [code(type), box]));
const MEDIA = code("mdat");
const SOUND = code("soun");

/** Boxes that hold boxes, which come next. */
const CONTAINERS = byCode<(reader: Reader, movie: Movie, end: number) => void>({
  moov: (reader, movie, end) => {
    movie.hasIndex = true;
    movie.bytesInReach = movie.mediaBytes + Math.max(0, reader.size - end);
  },
  trak: (_, movie) => {
    movie.tracks += 1;
    movie.track = emptyTrack(movie.bytesInReach);
  },
  mdia: () => {},
  minf: () => {},
  stbl: () => {},
  edts: () => {},
  mvex: (_, movie) => {
    movie.isFragmented = true;
  },
  moof: (reader, movie, end) => {
    if (movie.audio) movie.audio.inFragments.bytesLeft = Math.max(0, reader.size - end);
  },
  traf: (_, movie) => {
    movie.fragment = undefined;
  },
});

/** Boxes that are read, from the start of their payload. */
const LEAVES = byCode<(reader: Reader, movie: Movie, end: number) => Promise<void>>({
  mvhd: async (reader, movie) => {
    movie.timescale = await readPastTimes(reader);
  },
  tkhd: async (reader, { track }) => {
    track.id = await readPastTimes(reader);
  },
  mdhd: async (reader, { track }) => {
    track.timescale = await readPastTimes(reader);
  },
  hdlr: async (reader, movie) => {
    await reader.require(12);
    if (reader.u32(8) === SOUND) movie.audio ??= movie.track;
  },
  elst: async (reader, { track }, end) => {
    track.edits = await readEdits(reader, end);
  },
  stsd: async (reader, { track, audio }, end) => {
    if (track === audio) track.sound ??= await readSound(reader, end, track.timescale);
  },
  stts: async (reader, { track, audio }, end) => {
    if (track === audio) track.meanTicks = await readMeanTicks(reader, end);
  },
  stsz: async (reader, { track, audio }, end) => {
    if (track === audio && track.sound) await countSizes(reader, end, track.inTable, track.sound);
  },
  stz2: async (reader, { track, audio }, end) => {
    if (track === audio && track.sound) await countCompactSizes(reader, end, track.inTable, track.sound);
  },
  stsc: async (reader, { track, audio }, end) => {
    if (track === audio) track.chunkMap = await readChunkMap(reader, end);
  },
  stco: async (reader, { track, audio }, end) => {
    if (track === audio) track.presentSamples = await readPresentSamples(reader, end, 4, track.chunkMap);
  },
  co64: async (reader, { track, audio }, end) => {
    if (track === audio) track.presentSamples = await readPresentSamples(reader, end, 8, track.chunkMap);
  },
  trex: async (reader, { defaults }) => {
    await reader.require(20);
    if (defaults.size < MAX_DEFAULTS) {
      defaults.set(reader.u32(4), { ticks: reader.u32(12), bytes: reader.u32(16) });
    }
  },
  tfhd: async (reader, movie) => {
    const { trackId, ...own } = await readFragmentHeader(reader);
    if (trackId === movie.audio?.id) {
      movie.fragment = { ticks: 0, bytes: 0, ...movie.defaults.get(trackId), ...own };
    }
  },
  trun: async (reader, { audio, fragment }, end) => {
    if (audio?.sound && fragment) await countRun(reader, end, audio.inFragments, fragment, audio.sound);
  },
});

export const mp4: Format = {
  container: "MPEG-4",
  contentType: "audio/mp4",
  magicBytes: 8,
  matches: (reader) => FIRST_BOXES.has(reader.ascii(4, 4)),

  async measure(reader) {
    const movie: Movie = {
      timescale: 0,
      hasIndex: false,
      isFragmented: false,
      tracks: 0,
      track: emptyTrack(0),
      defaults: new Map(),
      fragment: undefined,
      mediaBytes: 0,
      bytesInReach: 0,
    };
    while (reader.has(BOX_HEADER_BYTES) || (await reader.need(BOX_HEADER_BYTES))) {
      reader.step();
      let size = reader.u32();
      const type = reader.u32(4);
      let headerBytes = BOX_HEADER_BYTES;
      if (size === 1) {
        if (!(await reader.need(LONG_BOX_HEADER_BYTES))) break;
        size = reader.u64(8);
        headerBytes = LONG_BOX_HEADER_BYTES;
      }
      // To the end of the recording; eight zeros are the padding that QuickTime ends a list with.
      if (size === 0) size = type === 0 ? BOX_HEADER_BYTES : reader.remaining;
      if (size < headerBytes) break;
      const end = reader.position + size;
      reader.skip(headerBytes);
      const enter = CONTAINERS.get(type);
      if (enter) {
        enter(reader, movie, end);
        continue;
      }
      if (type === MEDIA) movie.mediaBytes += Math.max(0, Math.min(end, reader.size) - reader.position);
      // Recordings break off in the midst of an index, too: the fragments before it are whole.
      if (end > reader.size) break;
      const read = LEAVES.get(type);
      if (read) {
        reader.step(STEPS_OF_A_LEAF);
        await read(reader, movie, end);
      }
      reader.position = Math.max(end, reader.position);
    }
    if (!movie.audio) {
      throw new UnreadableAudio(movie.hasIndex ? "has no audio track" : "has no index of its samples");
    }
    const { sound } = movie.audio;
    if (!sound) throw new UnreadableAudio("has no sample description");
    return { codec: sound.codec, durationSeconds: presentedSeconds(movie, movie.audio, sound) };
  },
};

/** The number behind the times of creation and change: a timescale, or a track's id. */
async function readPastTimes(reader: Reader): Promise<number> {
  await reader.require(24);
  return reader.u32(reader.u8() === 1 ? 20 : 12);
}
