// What the boxes of an MPEG-4 track say of its time, chunks and fragments (ISO/IEC 14496-12 8.6, 8.7, 8.8). Each is
// read from the start of its payload, to `end` at most, and streamed over.

import type { Reader } from "../../reader.ts";
import { forEachEntry, type SampleDefaults } from "./sample-sizes.ts";

/** Where the parts that are played start, in the track's timescale, and how long they are together, in the movie's. */
export interface Edits {
  start: number;
  duration: number;
}

const MAX_MARKS = 1024;
const FRAGMENT_FLAGS = { baseOffset: 0x1, description: 0x2, ticks: 0x8, bytes: 0x10 };

/** `stts`: how long a sample lasts on average, in ticks; 0 when nothing is said. */
export async function readMeanTicks(reader: Reader, end: number): Promise<number> {
  await reader.require(8);
  const entries = reader.u32(4);
  reader.skip(8);
  let samples = 0;
  let ticks = 0;
  await forEachEntry(reader, { entries, entryBytes: 8, end }, (at) => {
    samples += reader.u32(at);
    ticks += reader.u32(at) * reader.u32(at + 4);
  });
  return samples > 0 ? ticks / samples : 0;
}

/** How many samples come before a chunk, by some of the runs of `stsc`. */
export interface ChunkMap {
  marks: { chunk: number; samples: number }[];
  /** In each chunk after the last mark. */
  samplesPerChunk: number;
}

/** `stsc`, of which no more than so many marks are kept: enough for what a recording that breaks off has left. */
export async function readChunkMap(reader: Reader, end: number): Promise<ChunkMap> {
  await reader.require(8);
  const entries = reader.u32(4);
  reader.skip(8);
  const map: ChunkMap = { marks: [], samplesPerChunk: 0 };
  let last = { chunk: 1, samples: 0 };
  let entry = 0;
  let stride = 1;
  await forEachEntry(reader, { entries, entryBytes: 12, end }, (at) => {
    const chunk = reader.u32(at);
    last = { chunk, samples: last.samples + Math.max(0, chunk - last.chunk) * map.samplesPerChunk };
    map.samplesPerChunk = reader.u32(at + 4);
    if (map.marks.length === MAX_MARKS) {
      map.marks = map.marks.filter((_, mark) => mark % 2 === 0);
      stride *= 2;
    }
    if (entry++ % stride === 0) map.marks.push(last);
  });
  return map;
}

function samplesBefore({ marks, samplesPerChunk }: ChunkMap, chunk: number): number {
  const after = marks.findIndex((mark) => mark.chunk > chunk);
  const mark = marks.at(after < 0 ? -1 : Math.max(0, after - 1));
  if (!mark) return 0;
  const next = marks[after];
  const slope = next ? (next.samples - mark.samples) / Math.max(1, next.chunk - mark.chunk) : samplesPerChunk;
  return mark.samples + Math.max(0, chunk - mark.chunk) * slope;
}

/** `stco`, `co64`: how many samples are in chunks that start within the recording; Infinity when all do. */
export async function readPresentSamples(
  reader: Reader,
  end: number,
  offsetBytes: 4 | 8,
  map: ChunkMap,
): Promise<number> {
  await reader.require(8);
  const entries = reader.u32(4);
  reader.skip(8);
  let chunks = 0;
  let present = 0;
  await forEachEntry(reader, { entries, entryBytes: offsetBytes, end }, (at) => {
    chunks += 1;
    if ((offsetBytes === 8 ? reader.u64(at) : reader.u32(at)) < reader.size) present += 1;
  });
  if (present === chunks) return Number.POSITIVE_INFINITY;
  reader.step(map.marks.length);
  return samplesBefore(map, present + 1);
}

/** `elst`; the duration is Infinity when a part's is not known. */
export async function readEdits(reader: Reader, end: number): Promise<Edits> {
  await reader.require(8);
  const isLong = reader.u8() === 1;
  const entries = reader.u32(4);
  reader.skip(8);
  const edits = { start: Number.POSITIVE_INFINITY, duration: 0 };
  await forEachEntry(reader, { entries, entryBytes: isLong ? 20 : 12, end }, (at) => {
    const duration = isLong ? reader.u64(at) : reader.u32(at);
    const start = isLong ? reader.u64(at + 8) : reader.u32(at + 4);
    // -1 is silence before the first sample, of which nothing is decoded.
    if (start >= (isLong ? 2 ** 63 : 2 ** 31)) return;
    edits.start = Math.min(edits.start, start);
    edits.duration += duration || Number.POSITIVE_INFINITY;
  });
  return edits.start === Number.POSITIVE_INFINITY ? { start: 0, duration: edits.start } : edits;
}

/** `tfhd`: whose fragment it is, and its samples' defaults, where they differ from the track's. */
export async function readFragmentHeader(
  reader: Reader,
): Promise<{ trackId: number } & Partial<SampleDefaults>> {
  await reader.require(8);
  const flags = reader.u24(1);
  const has = (flag: keyof typeof FRAGMENT_FLAGS) => (flags & FRAGMENT_FLAGS[flag] ? 4 : 0);
  const ticksAt = 8 + 2 * has("baseOffset") + has("description");
  const bytesAt = ticksAt + has("ticks");
  await reader.require(bytesAt + has("bytes"));
  return {
    trackId: reader.u32(4),
    ...(has("ticks") && { ticks: reader.u32(ticksAt) }),
    ...(has("bytes") && { bytes: reader.u32(bytesAt) }),
  };
}
