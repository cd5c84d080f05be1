// Lists the samples of an MPEG-4 track's tables, chunk by chunk (ISO/IEC 14496-12 sections 8.7.3 to 8.7.5), for their
// own headers to be counted.
import type { Reader } from "../../reader.ts";
import type { PacketSamples } from "./packet-samples.ts";
import { TableCursor } from "./table-cursor.ts";
import type { TrackTables } from "./track.ts";

const TABLE_HEADER_BYTES = 8;
const SAMPLE_SIZE_HEADER_BYTES = 12;
const CHUNK_RUN_BITS = 96;
/** Offsets of the fields of a run in `stsc`. */
const CHUNK_RUN = { firstChunk: 0, samplesPerChunk: 4 } as const;
/** The field sizes of `stz2`; any other is read as bytes. */
const COMPACT_SIZE_BITS: ReadonlySet<number> = new Set([4, 8, 16]);

/** Counts the samples up to the first that lies beyond the end of the recording. Moves the reader. */
export async function countTableSamples(
  reader: Reader,
  tables: TrackTables,
  packets: PacketSamples,
): Promise<void> {
  const sizes = await openSizes(reader, tables);
  const runs = await openTable(reader, tables, "stsc", CHUNK_RUN_BITS);
  const offsetBits = tables.has("stco") ? 32 : 64;
  const offsets = await openTable(reader, tables, offsetBits === 32 ? "stco" : "co64", offsetBits);
  if (!sizes || !runs || !offsets) return;

  let samplesPerChunk = 0;
  for (let chunk = 1; offsets.isLoaded || (await offsets.load(reader)); chunk++) {
    while ((runs.isLoaded || (await runs.load(reader))) && runs.field(32, CHUNK_RUN.firstChunk) <= chunk) {
      samplesPerChunk = runs.field(32, CHUNK_RUN.samplesPerChunk);
      runs.advance();
    }
    let at = offsets.field(offsetBits);
    offsets.advance();
    for (let left = samplesPerChunk; left > 0; left--) {
      if (!sizes.isLoaded() && !(await sizes.load())) return packets.count(reader);
      const bytes = sizes.take();
      packets.add(at, bytes);
      at += bytes;
      if (at > reader.size) return packets.count(reader);
      if (packets.room === 0) await packets.count(reader);
    }
  }
  return packets.count(reader);
}

/** The sizes of the samples in order. */
interface SampleSizes {
  isLoaded: () => boolean;
  load: () => Promise<boolean>;
  /** The next size, which must be loaded. */
  take: () => number;
}

/** `stsz` (section 8.7.3.2) or `stz2` (section 8.7.3.3). */
async function openSizes(reader: Reader, tables: TrackTables): Promise<SampleSizes | null> {
  const isCompact = !tables.has("stsz");
  const range = tables.get(isCompact ? "stz2" : "stsz");
  if (!range) return null;
  reader.position = range.at;
  await reader.require(SAMPLE_SIZE_HEADER_BYTES);
  const uniformBytes = isCompact ? 0 : reader.u32(4);
  let samples = reader.u32(8);
  if (uniformBytes > 0) {
    const hasLeft = () => samples > 0;
    const take = () => {
      samples -= 1;
      return uniformBytes;
    };
    return { isLoaded: hasLeft, load: async () => hasLeft(), take };
  }
  const fieldBits = reader.u8(7);
  const compactBits = COMPACT_SIZE_BITS.has(fieldBits) ? fieldBits : 8;
  const bits = isCompact ? compactBits : 32;
  const start = { at: range.at + SAMPLE_SIZE_HEADER_BYTES, end: range.end };
  const cursor = new TableCursor(start, samples, bits);
  return {
    isLoaded: () => cursor.isLoaded,
    load: () => cursor.load(reader),
    take: () => {
      const bytes = cursor.field(bits);
      cursor.advance();
      return bytes;
    },
  };
}

async function openTable(
  reader: Reader,
  tables: TrackTables,
  name: "stsc" | "stco" | "co64",
  entryBits: number,
): Promise<TableCursor | null> {
  const range = tables.get(name);
  if (!range) return null;
  reader.position = range.at;
  await reader.require(TABLE_HEADER_BYTES);
  return new TableCursor({ at: range.at + TABLE_HEADER_BYTES, end: range.end }, reader.u32(4), entryBits);
}
