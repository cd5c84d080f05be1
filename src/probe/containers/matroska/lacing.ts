// Lacing (RFC 9559 section 10.3): several frames in one block, with their sizes in front.
import type { Reader } from "../../reader.ts";
import { readVint, vintLength } from "./ebml.ts";

export const LACING = { none: 0, xiph: 1, fixedSize: 2, ebml: 3 } as const;

/** The type of lacing, by the flags of a block's header (section 10.1). */
export const lacingOf = (flags: number): number => (flags >> 1) & 3;

interface BlockLayout {
  lacing: number;
  /** Where the block's header ends. */
  start: number;
  size: number;
  /** How much of the block can be read. */
  loadedBytes: number;
}

interface FrameSizes {
  /** Where the first frame starts. */
  at: number;
  /** In order, 256 at most; negative ones are invalid. Empty when the sizes are not there. */
  sizes: number[];
}

/** Reads the sizes of a block's frames. The last frame takes what the others leave. */
export function readFrameSizes(
  reader: Reader,
  { lacing, start, size, loadedBytes }: BlockLayout,
): FrameSizes {
  if (lacing === LACING.none) return { at: start, sizes: [size - start] };
  if (start >= loadedBytes) return { at: start, sizes: [] };
  const count = reader.u8(start) + 1;
  const cursor = { at: start + 1, end: loadedBytes };
  const sizes: number[] = [];
  let sum = 0;
  while (sizes.length < count - 1) {
    const frameBytes =
      lacing === LACING.fixedSize
        ? Math.floor((size - cursor.at) / count)
        : readFrameSize(reader, cursor, lacing, sizes.at(-1));
    if (frameBytes === null) return { at: cursor.at, sizes: [] };
    sizes.push(frameBytes);
    sum += frameBytes;
  }
  return { at: cursor.at, sizes: [...sizes, size - cursor.at - sum] };
}

interface Cursor {
  at: number;
  end: number;
}

/** Reads one size and moves the cursor past it; null when it is not there. */
function readFrameSize(
  reader: Reader,
  cursor: Cursor,
  lacing: number,
  previous: number | undefined,
): number | null {
  return lacing === LACING.xiph ? readXiphSize(reader, cursor) : readEbmlSize(reader, cursor, previous);
}

/** Section 10.3.2: bytes are added up to the first that is not 255. */
function readXiphSize(reader: Reader, cursor: Cursor): number | null {
  let size = 0;
  while (cursor.at < cursor.end && reader.u8(cursor.at) === 0xff) {
    cursor.at += 1;
    size += 255;
  }
  if (cursor.at >= cursor.end) return null;
  return size + reader.u8(cursor.at++);
}

/** Section 10.3.3: the first size is unsigned, the others are signed differences from the previous size. */
function readEbmlSize(reader: Reader, cursor: Cursor, previous: number | undefined): number | null {
  const value = cursor.at < cursor.end ? readVint(reader, cursor.at) : null;
  if (value === null) return null;
  const length = vintLength(reader.u8(cursor.at));
  cursor.at += length;
  if (previous === undefined) return value;
  const bias = 2 ** (7 * length - 1) - 1;
  return previous + value - bias;
}
