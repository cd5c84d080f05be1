// Counts the samples of an MPEG-4 track by the boxes that list their sizes (ISO/IEC 14496-12 section 8.7.3). Each box is
// read from the start of its payload to `end` at most, in batches.
import type { Reader } from "../../reader.ts";

export interface SampleCount {
  samples: number;
  bytes: number;
  /** The claimed duration of the samples, in the track's timescale. */
  ticks: number;
  /** Bytes of the recording that further samples can take up. */
  availableBytes: number;
}

/** What the samples of a fragment have in common. */
export interface SampleDefaults {
  ticks: number;
  bytes: number;
}

/** The part of a sample description that decides which samples count. */
export interface CountedSamples {
  kind: "frames" | "bytes";
  /** Smaller samples hold no audio. */
  minBytes: number;
}

const FULL_BOX_BYTES = 4;
const SAMPLE_SIZE_HEADER_BYTES = FULL_BOX_BYTES + 8;
export const ENTRIES_PER_BATCH = 8192;

/**
 * Counts one sample if it is large enough to be a frame and its bytes are present. After a sample that is not present
 * no further one counts.
 */
export function countSample(count: SampleCount, bytes: number, ticks: number, minBytes: number): void {
  if (bytes > count.availableBytes) {
    count.availableBytes = 0;
  } else if (bytes >= minBytes) {
    count.samples += 1;
    count.bytes += bytes;
    count.ticks += ticks;
    count.availableBytes -= bytes;
  }
}

/** Counts `samples` of equal size in one step: a box can claim 2^32 of them. */
export function countUniformSamples(
  count: SampleCount,
  samples: number,
  { bytes, ticks }: SampleDefaults,
  minBytes: number,
): void {
  if (bytes === 0 || bytes < minBytes) return;
  const present = Math.min(samples, Math.floor(count.availableBytes / bytes));
  count.samples += present;
  count.bytes += present * bytes;
  count.ticks += present * ticks;
  count.availableBytes -= present * bytes;
}

/** Visits the entries of a table, as many as fit before `end`; `at` is the offset of the entry. */
export async function forEachEntry(
  reader: Reader,
  { entries, entryBytes, end }: { entries: number; entryBytes: number; end: number },
  visit: (at: number) => void,
): Promise<void> {
  const roomBytes = Math.min(end, reader.size) - reader.position;
  let left = Math.min(entries, Math.floor(roomBytes / entryBytes));
  while (left > 0) {
    const batch = Math.min(left, ENTRIES_PER_BATCH);
    reader.step(batch);
    await reader.require(batch * entryBytes);
    for (let entry = 0; entry < batch; entry++) visit(entry * entryBytes);
    reader.skip(batch * entryBytes);
    left -= batch;
  }
}

/** `stsz` (section 8.7.3.2): one size for all samples, or the size of each. */
export async function countSizes(
  reader: Reader,
  end: number,
  count: SampleCount,
  { kind, minBytes }: CountedSamples,
): Promise<void> {
  await reader.require(SAMPLE_SIZE_HEADER_BYTES);
  const uniformBytes = reader.u32(4);
  const samples = reader.u32(8);
  reader.skip(SAMPLE_SIZE_HEADER_BYTES);
  if (uniformBytes > 0) {
    // QuickTime states a size of 1 for PCM, whatever the size of its samples.
    const bytes = uniformBytes === 1 && kind === "bytes" ? minBytes : uniformBytes;
    countUniformSamples(count, samples, { bytes, ticks: 0 }, minBytes);
  } else {
    await forEachEntry(reader, { entries: samples, entryBytes: 4, end }, (at) =>
      countSample(count, reader.u32(at), 0, minBytes),
    );
  }
}

/** `stz2` (section 8.7.3.3): sizes of 4, 8 or 16 bits. */
export async function countCompactSizes(
  reader: Reader,
  end: number,
  count: SampleCount,
  { minBytes }: CountedSamples,
): Promise<void> {
  await reader.require(SAMPLE_SIZE_HEADER_BYTES);
  const fieldBits = reader.u8(7);
  const samples = reader.u32(8);
  const entries = fieldBits === 4 ? Math.ceil(samples / 2) : samples;
  reader.skip(SAMPLE_SIZE_HEADER_BYTES);
  await forEachEntry(reader, { entries, entryBytes: fieldBits === 16 ? 2 : 1, end }, (at) => {
    if (fieldBits === 4) {
      countSample(count, reader.u8(at) >> 4, 0, minBytes);
      countSample(count, reader.u8(at) & 15, 0, minBytes);
    } else {
      countSample(count, fieldBits === 16 ? reader.u16(at) : reader.u8(at), 0, minBytes);
    }
  });
}
