// Samples of an MPEG-4 track, counted by the boxes that list their sizes (ISO/IEC 14496-12 8.7.3, 8.8.8). Each is read
// from the start of its payload, to `end` at most, and streamed over.
import type { Reader } from "../../reader.ts";

/** Samples counted, and how many of the recording's bytes may still be taken by further ones. */
export interface SampleCount {
  samples: number;
  bytes: number;
  /** How long the samples are said to last, in the track's timescale. */
  ticks: number;
  bytesLeft: number;
}

/** What the samples of a fragment have in common. */
export interface SampleDefaults {
  ticks: number;
  bytes: number;
}

/** Samples of fewer bytes hold no audio. */
interface SampleBytes {
  kind: "frames" | "bytes";
  leastBytes: number;
}

const ENTRIES_AT_ONCE = 8192;

const SAMPLE_FLAGS = {
  dataOffset: 0x1,
  firstFlags: 0x4,
  ticks: 0x100,
  bytes: 0x200,
  flags: 0x400,
  shift: 0x800,
};

/** Counts one sample, if it holds enough to be a frame and its bytes are there; none is counted after one that isn't. */
function take(count: SampleCount, bytes: number, ticks: number, leastBytes: number): void {
  if (bytes > count.bytesLeft) {
    count.bytesLeft = 0;
  } else if (bytes >= leastBytes) {
    count.samples += 1;
    count.bytes += bytes;
    count.ticks += ticks;
    count.bytesLeft -= bytes;
  }
}

/** Counts `samples` of the same size at once: there may be said to be 2^32. */
function takeAlike(
  count: SampleCount,
  samples: number,
  bytes: number,
  ticks: number,
  leastBytes: number,
): void {
  if (bytes === 0 || bytes < leastBytes) return;
  const present = Math.min(samples, Math.floor(count.bytesLeft / bytes));
  count.samples += present;
  count.bytes += present * bytes;
  count.ticks += present * ticks;
  count.bytesLeft -= present * bytes;
}

/** Visits the entries of a table, as many as it has room for; `at` is where the entry lies. */
export async function forEachEntry(
  reader: Reader,
  { entries, entryBytes, end }: { entries: number; entryBytes: number; end: number },
  visit: (at: number) => void,
): Promise<void> {
  const room = Math.min(end, reader.size) - reader.position;
  let left = Math.min(entries, Math.floor(room / entryBytes));
  while (left > 0) {
    const batch = Math.min(left, ENTRIES_AT_ONCE);
    reader.step(batch);
    await reader.require(batch * entryBytes);
    for (let entry = 0; entry < batch; entry++) visit(entry * entryBytes);
    reader.skip(batch * entryBytes);
    left -= batch;
  }
}

/** `stsz`: the size of each sample, or of all. QuickTime gives 1 for PCM, whatever the size of its samples. */
export async function countSizes(
  reader: Reader,
  end: number,
  count: SampleCount,
  { kind, leastBytes }: SampleBytes,
): Promise<void> {
  await reader.require(12);
  const alike = reader.u32(4);
  const samples = reader.u32(8);
  reader.skip(12);
  if (alike > 0) {
    takeAlike(count, samples, alike === 1 && kind === "bytes" ? leastBytes : alike, 0, leastBytes);
  } else {
    await forEachEntry(reader, { entries: samples, entryBytes: 4, end }, (at) =>
      take(count, reader.u32(at), 0, leastBytes),
    );
  }
}

/** `stz2`: sizes of 4, 8 or 16 bits. */
export async function countCompactSizes(
  reader: Reader,
  end: number,
  count: SampleCount,
  { leastBytes }: SampleBytes,
): Promise<void> {
  await reader.require(12);
  const bits = reader.u8(7);
  const entries = bits === 4 ? Math.ceil(reader.u32(8) / 2) : reader.u32(8);
  reader.skip(12);
  await forEachEntry(reader, { entries, entryBytes: bits === 16 ? 2 : 1, end }, (at) => {
    if (bits === 4) {
      take(count, reader.u8(at) >> 4, 0, leastBytes);
      take(count, reader.u8(at) & 15, 0, leastBytes);
    } else {
      take(count, bits === 16 ? reader.u16(at) : reader.u8(at), 0, leastBytes);
    }
  });
}

/** `trun`: the samples of a fragment, one by one or, when they have nothing of their own, at once. */
export async function countRun(
  reader: Reader,
  end: number,
  count: SampleCount,
  defaults: SampleDefaults,
  { leastBytes }: SampleBytes,
): Promise<void> {
  await reader.require(8);
  const flags = reader.u24(1);
  const samples = reader.u32(4);
  const has = (flag: keyof typeof SAMPLE_FLAGS) => (flags & SAMPLE_FLAGS[flag] ? 4 : 0);
  reader.skip(8 + has("dataOffset") + has("firstFlags"));
  const bytesAt = has("ticks");
  const entryBytes = has("ticks") + has("bytes") + has("flags") + has("shift");
  if (entryBytes === 0) return takeAlike(count, samples, defaults.bytes, defaults.ticks, leastBytes);
  const hasBytes = has("bytes") > 0;
  const hasTicks = has("ticks") > 0;
  await forEachEntry(reader, { entries: samples, entryBytes, end }, (at) => {
    const bytes = hasBytes ? reader.u32(at + bytesAt) : defaults.bytes;
    take(count, bytes, hasTicks ? reader.u32(at) : defaults.ticks, leastBytes);
  });
}
