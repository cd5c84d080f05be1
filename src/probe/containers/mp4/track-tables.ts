// The boxes of an MPEG-4 track that describe time, chunks and fragments (ISO/IEC 14496-12 sections 8.6 to 8.8). Each is
// read from the start of its payload to `end` at most, in batches.
import type { Reader } from "../../reader.ts";
import { forEachEntry, type SampleDefaults } from "./sample-sizes.ts";

/** The parts of a track that are played. */
export interface EditList {
  /** Where the earliest part starts, in the track's timescale. */
  startTicks: number;
  /** Of all parts together, in the movie's timescale; infinite when the length of one is unknown. */
  durationTicks: number;
}

/** The claimed durations of samples, in the track's timescale; 0 when none is claimed. */
export interface SampleTimes {
  meanTicks: number;
  /** Of the last sample. */
  lastTicks: number;
}

/** How many samples precede a chunk, by some of the runs of `stsc`. */
export interface ChunkMap {
  marks: ChunkMark[];
  /** In each chunk from the last run on. */
  samplesPerChunk: number;
}

interface ChunkMark {
  chunk: number;
  samplesBefore: number;
}

const FULL_BOX_BYTES = 4;
const TABLE_HEADER_BYTES = FULL_BOX_BYTES + 4;
const TIME_ENTRY_BYTES = 8;
const CHUNK_RUN_BYTES = 12;
const EDIT_BYTES = { short: 12, long: 20 } as const;
const MAX_CHUNK_MARKS = 1024;

/** Flags of `tfhd`: which fields are present (section 8.8.7.1). */
const FRAGMENT_FLAG = {
  baseDataOffset: 0x1,
  sampleDescriptionIndex: 0x2,
  defaultSampleDuration: 0x8,
  defaultSampleSize: 0x10,
  defaultBaseIsMoof: 0x20000,
} as const;

/** The number of entries of a table whose header is loaded. Moves the reader to the first entry. */
function takeEntryCount(reader: Reader): number {
  const entries = reader.u32(FULL_BOX_BYTES);
  reader.skip(TABLE_HEADER_BYTES);
  return entries;
}

/** `stts` (section 8.6.1.2). */
export async function readSampleTimes(reader: Reader, end: number): Promise<SampleTimes> {
  await reader.require(TABLE_HEADER_BYTES);
  const entries = takeEntryCount(reader);
  let samples = 0;
  let ticks = 0;
  let lastTicks = 0;
  await forEachEntry(reader, { entries, entryBytes: TIME_ENTRY_BYTES, end }, (at) => {
    samples += reader.u32(at);
    ticks += reader.u32(at) * reader.u32(at + 4);
    if (reader.u32(at) > 0) lastTicks = reader.u32(at + 4);
  });
  return { meanTicks: samples > 0 ? ticks / samples : 0, lastTicks };
}

/** `stsc` (section 8.7.4). Keeps a bounded number of marks: enough for the position where a recording is truncated. */
export async function readChunkMap(reader: Reader, end: number): Promise<ChunkMap> {
  await reader.require(TABLE_HEADER_BYTES);
  const entries = takeEntryCount(reader);
  const map: ChunkMap = { marks: [], samplesPerChunk: 0 };
  let last: ChunkMark = { chunk: 1, samplesBefore: 0 };
  let entry = 0;
  let stride = 1;
  await forEachEntry(reader, { entries, entryBytes: CHUNK_RUN_BYTES, end }, (at) => {
    const chunk = reader.u32(at);
    const samplesInRun = Math.max(0, chunk - last.chunk) * map.samplesPerChunk;
    last = { chunk, samplesBefore: last.samplesBefore + samplesInRun };
    map.samplesPerChunk = reader.u32(at + 4);
    if (map.marks.length === MAX_CHUNK_MARKS) {
      map.marks = map.marks.filter((_, mark) => mark % 2 === 0);
      stride *= 2;
    }
    if (entry++ % stride === 0) map.marks.push(last);
  });
  return map;
}

/** Interpolates between the marks around `chunk`. */
function samplesBefore({ marks, samplesPerChunk }: ChunkMap, chunk: number): number {
  const after = marks.findIndex((mark) => mark.chunk > chunk);
  const mark = marks.at(after < 0 ? -1 : Math.max(0, after - 1));
  if (!mark) return 0;
  const next = marks[after];
  const slope = next
    ? (next.samplesBefore - mark.samplesBefore) / Math.max(1, next.chunk - mark.chunk)
    : samplesPerChunk;
  return mark.samplesBefore + Math.max(0, chunk - mark.chunk) * slope;
}

/** `stco`, `co64` (section 8.7.5): how many samples lie in chunks within the recording; infinite when all do. */
export async function readAvailableSamples(
  reader: Reader,
  end: number,
  offsetBytes: 4 | 8,
  map: ChunkMap,
): Promise<number> {
  await reader.require(TABLE_HEADER_BYTES);
  const entries = takeEntryCount(reader);
  let chunks = 0;
  let availableChunks = 0;
  await forEachEntry(reader, { entries, entryBytes: offsetBytes, end }, (at) => {
    chunks += 1;
    if ((offsetBytes === 8 ? reader.u64(at) : reader.u32(at)) < reader.size) availableChunks += 1;
  });
  if (availableChunks === chunks) return Number.POSITIVE_INFINITY;
  reader.step(map.marks.length);
  return samplesBefore(map, availableChunks + 1);
}

/** `elst` (section 8.6.6). */
export async function readEditList(reader: Reader, end: number): Promise<EditList> {
  await reader.require(TABLE_HEADER_BYTES);
  const isLong = reader.u8() === 1;
  const entries = takeEntryCount(reader);
  const edits: EditList = { startTicks: Number.POSITIVE_INFINITY, durationTicks: 0 };
  const entryBytes = isLong ? EDIT_BYTES.long : EDIT_BYTES.short;
  await forEachEntry(reader, { entries, entryBytes, end }, (at) => {
    const duration = isLong ? reader.u64(at) : reader.u32(at);
    const start = isLong ? reader.u64(at + 8) : reader.u32(at + 4);
    // A media time of -1 is an empty edit: silence for which nothing is decoded.
    if (start >= (isLong ? 2 ** 63 : 2 ** 31)) return;
    edits.startTicks = Math.min(edits.startTicks, start);
    edits.durationTicks += duration || Number.POSITIVE_INFINITY;
  });
  const isEmpty = edits.startTicks === Number.POSITIVE_INFINITY;
  return isEmpty ? { startTicks: 0, durationTicks: Number.POSITIVE_INFINITY } : edits;
}

/** `tfhd` (section 8.8.7): the fragment's track, and what differs from the track's defaults. */
export async function readFragmentHeader(
  reader: Reader,
): Promise<{ trackId: number; isBaseMoof: boolean; baseOffset?: number } & Partial<SampleDefaults>> {
  await reader.require(TABLE_HEADER_BYTES);
  const flags = reader.u24(1);
  const has = (flag: keyof typeof FRAGMENT_FLAG) => (flags & FRAGMENT_FLAG[flag]) !== 0;
  const durationAt =
    TABLE_HEADER_BYTES + (has("baseDataOffset") ? 8 : 0) + (has("sampleDescriptionIndex") ? 4 : 0);
  const sizeAt = durationAt + (has("defaultSampleDuration") ? 4 : 0);
  await reader.require(sizeAt + (has("defaultSampleSize") ? 4 : 0));
  return {
    trackId: reader.u32(4),
    isBaseMoof: has("defaultBaseIsMoof"),
    ...(has("baseDataOffset") && { baseOffset: reader.u64(TABLE_HEADER_BYTES) }),
    ...(has("defaultSampleDuration") && { ticks: reader.u32(durationAt) }),
    ...(has("defaultSampleSize") && { bytes: reader.u32(sizeAt) }),
  };
}
