// EBML (RFC 8794): elements of an ID, a size and that many bytes, as they stand at a reader's position.
import type { Reader } from "../../reader.ts";

export interface Element {
  id: number;
  /** Of its content; infinite when it is unknown. */
  size: number;
  headerBytes: number;
}

const MAX_ID_BYTES = 4;
const MAX_SIZE_BYTES = 8;
export const MAX_ELEMENT_HEADER_BYTES = MAX_ID_BYTES + MAX_SIZE_BYTES;

/** A variable-size integer's bytes, told by the leading zeros of its first one; 9 when that is 0. */
export const vintBytes = (first: number): number => Math.clz32(first) - 23;

/** The variable-size integer at `at`, infinite when all its bits are ones; null when it isn't readable or none. */
export function vintAt(reader: Reader, at: number): number | null {
  if (!reader.has(at + 1)) return null;
  const first = reader.u8(at);
  const bytes = vintBytes(first);
  if (bytes > MAX_SIZE_BYTES || !reader.has(at + bytes)) return null;
  const ones = 0xff >> bytes;
  let value = first & ones;
  let isUnknown = value === ones;
  for (let byte = 1; byte < bytes; byte++) {
    const next = reader.u8(at + byte);
    value = value * 256 + next;
    isUnknown &&= next === 0xff;
  }
  return isUnknown ? Number.POSITIVE_INFINITY : value;
}

/** The element whose header stands at `at`; null when none does in what is readable. */
export function elementAt(reader: Reader, at = 0): Element | null {
  if (!reader.has(at + 1)) return null;
  const idBytes = vintBytes(reader.u8(at));
  if (idBytes > MAX_ID_BYTES) return null;
  const size = vintAt(reader, at + idBytes);
  if (size === null) return null;
  let id = 0;
  for (let byte = 0; byte < idBytes; byte++) id = id * 256 + reader.u8(at + byte);
  return { id, size, headerBytes: idBytes + vintBytes(reader.u8(at + idBytes)) };
}

/** The unsigned integer of `size` bytes (8 at most) at the reader's position. */
export function unsigned(reader: Reader, size: number): number {
  let value = 0;
  for (let byte = 0; byte < size; byte++) value = value * 256 + reader.u8(byte);
  return value;
}

/** The float of 4 or 8 bytes at the reader's position; 0 for any other size. */
export function float(reader: Reader, size: number): number {
  const view = new DataView(reader.bytes(size).slice().buffer);
  if (size === 4) return view.getFloat32(0);
  return size === 8 ? view.getFloat64(0) : 0;
}
