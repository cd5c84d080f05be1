// The runs of samples (`trun`) in the fragments of an MPEG-4 recording (ISO/IEC 14496-12 section 8.8.8). Each box is read
// from the start of its payload to `end` at most, in batches.
import type { Reader } from "../../reader.ts";
import type { PacketSamples } from "./packet-samples.ts";
import {
  type CountedSamples,
  countSample,
  countUniformSamples,
  ENTRIES_PER_BATCH,
  forEachEntry,
  type SampleCount,
  type SampleDefaults,
} from "./sample-sizes.ts";

const RUN_HEADER_BYTES = 8;
/** Which fields are present, of four bytes each. */
const RUN_FLAG = {
  dataOffset: 0x1,
  firstSampleFlags: 0x4,
  sampleDuration: 0x100,
  sampleSize: 0x200,
  sampleFlags: 0x400,
  compositionOffset: 0x800,
} as const;

/** Where the samples of a track lie in the recording. */
export interface RunPosition {
  /** What runs count their offsets from. */
  baseOffset: number;
  /** Of the next sample. */
  nextOffset: number;
}

interface RunHeader {
  samples: number;
  /** From the fragment's base; undefined after the run before. */
  dataOffset: number | undefined;
  /** 0 when all samples are alike. */
  entryBytes: number;
  /** Reads the entry `at` bytes from the reader's position. */
  readEntry: (at: number) => SampleDefaults;
}

/** Moves the reader to the first entry. */
async function takeRunHeader(reader: Reader, defaults: SampleDefaults): Promise<RunHeader> {
  await reader.require(RUN_HEADER_BYTES);
  const flags = reader.u24(1);
  const samples = reader.u32(4);
  const bytesOf = (flag: keyof typeof RUN_FLAG) => (flags & RUN_FLAG[flag] ? 4 : 0);
  const headerBytes = RUN_HEADER_BYTES + bytesOf("dataOffset") + bytesOf("firstSampleFlags");
  await reader.require(headerBytes);
  // Signed.
  const dataOffset = bytesOf("dataOffset") > 0 ? reader.u32(RUN_HEADER_BYTES) | 0 : undefined;
  reader.skip(headerBytes);
  const durationBytes = bytesOf("sampleDuration");
  const sizeBytes = bytesOf("sampleSize");
  return {
    samples,
    dataOffset,
    entryBytes: durationBytes + sizeBytes + bytesOf("sampleFlags") + bytesOf("compositionOffset"),
    readEntry: (at) => ({
      ticks: durationBytes > 0 ? reader.u32(at) : defaults.ticks,
      bytes: sizeBytes > 0 ? reader.u32(at + durationBytes) : defaults.bytes,
    }),
  };
}

/** Counts the samples by their sizes. */
export async function countRun(
  reader: Reader,
  end: number,
  { count, defaults, samples }: { count: SampleCount; defaults: SampleDefaults; samples: CountedSamples },
): Promise<void> {
  const { minBytes } = samples;
  const run = await takeRunHeader(reader, defaults);
  if (run.entryBytes === 0) return countUniformSamples(count, run.samples, defaults, minBytes);
  await forEachEntry(reader, { entries: run.samples, entryBytes: run.entryBytes, end }, (at) => {
    const { bytes, ticks } = run.readEntry(at);
    countSample(count, bytes, ticks, minBytes);
  });
}

/**
 * Adds the samples to `packets`, where they lie from `fragment.nextOffset` on, or where the run says.
 * @returns the claimed duration of the last one, in the track's timescale
 */
export async function queueRun(
  reader: Reader,
  end: number,
  fragment: SampleDefaults & RunPosition,
  packets: PacketSamples,
): Promise<number> {
  const run = await takeRunHeader(reader, fragment);
  if (run.dataOffset !== undefined) fragment.nextOffset = fragment.baseOffset + run.dataOffset;
  let { ticks } = fragment;
  const add = (bytes: number) => {
    packets.add(fragment.nextOffset, bytes);
    fragment.nextOffset += bytes;
  };
  const roomBytes = Math.min(end, reader.size) - reader.position;
  let left = run.entryBytes > 0 ? Math.min(run.samples, Math.floor(roomBytes / run.entryBytes)) : run.samples;
  while (left > 0 && fragment.nextOffset <= reader.size) {
    const batch = Math.min(left, ENTRIES_PER_BATCH);
    if (packets.room < batch) {
      const { position } = reader;
      await packets.count(reader);
      reader.position = position;
    }
    if (run.entryBytes === 0) for (let sample = 0; sample < batch; sample++) add(fragment.bytes);
    else {
      await forEachEntry(reader, { entries: batch, entryBytes: run.entryBytes, end }, (at) => {
        const entry = run.readEntry(at);
        ticks = entry.ticks;
        add(entry.bytes);
      });
    }
    left -= batch;
  }
  return ticks;
}

/** Moves `fragment.nextOffset` past the samples of a track that does not count. */
export async function skipRun(
  reader: Reader,
  end: number,
  fragment: SampleDefaults & RunPosition,
): Promise<void> {
  const { samples, dataOffset, entryBytes, readEntry } = await takeRunHeader(reader, fragment);
  if (dataOffset !== undefined) fragment.nextOffset = fragment.baseOffset + dataOffset;
  if (entryBytes === 0) fragment.nextOffset += samples * fragment.bytes;
  else {
    await forEachEntry(reader, { entries: samples, entryBytes, end }, (at) => {
      fragment.nextOffset += readEntry(at).bytes;
    });
  }
}
