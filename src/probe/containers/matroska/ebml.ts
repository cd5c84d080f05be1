// EBML (RFC 8794): elements of an identifier, a size and content, at a reader's position.
import { dataViewOf } from "../../bytes.ts";
import type { Reader } from "../../reader.ts";

export interface EbmlElement {
  id: number;
  /** Of the content, in bytes; infinite when it is unknown (section 6.2). */
  size: number;
  headerBytes: number;
}

const MAX_ID_BYTES = 4;
const MAX_SIZE_BYTES = 8;
export const MAX_ELEMENT_HEADER_BYTES = MAX_ID_BYTES + MAX_SIZE_BYTES;

/** The length of a variable-size integer, by the leading zeros of its first byte (section 4); 9 when that byte is 0. */
export const vintLength = (first: number): number => Math.clz32(first) - 23;

/** Reads the variable-size integer at `at`; infinite when all its bits are ones, null when it is not there or invalid. */
export function readVint(reader: Reader, at: number): number | null {
  if (!reader.has(at + 1)) return null;
  const first = reader.u8(at);
  const length = vintLength(first);
  if (length > MAX_SIZE_BYTES || !reader.has(at + length)) return null;
  const valueMask = 0xff >> length;
  let value = first & valueMask;
  let isAllOnes = value === valueMask;
  for (let offset = 1; offset < length; offset++) {
    const byte = reader.u8(at + offset);
    value = value * 256 + byte;
    isAllOnes &&= byte === 0xff;
  }
  return isAllOnes ? Number.POSITIVE_INFINITY : value;
}

/** Reads the element header at `at`; null when there is no valid one in what is loaded. */
export function readElementHeader(reader: Reader, at = 0): EbmlElement | null {
  if (!reader.has(at + 1)) return null;
  const idBytes = vintLength(reader.u8(at));
  if (idBytes > MAX_ID_BYTES) return null;
  const size = readVint(reader, at + idBytes);
  if (size === null) return null;
  let id = 0;
  for (let offset = 0; offset < idBytes; offset++) id = id * 256 + reader.u8(at + offset);
  return { id, size, headerBytes: idBytes + vintLength(reader.u8(at + idBytes)) };
}

/** The unsigned integer of `size` bytes, 8 at most, at the reader's position (section 7.2). */
export function readUnsigned(reader: Reader, size: number): number {
  let value = 0;
  for (let offset = 0; offset < size; offset++) value = value * 256 + reader.u8(offset);
  return value;
}

/** The float of 4 or 8 bytes at the reader's position (section 7.3); 0 for any other size. */
export function readFloat(reader: Reader, size: number): number {
  const view = dataViewOf(reader.bytes(size));
  if (size === 4) return view.getFloat32(0);
  return size === 8 ? view.getFloat64(0) : 0;
}

/** A string at the reader's position, up to a terminating zero (section 7.4). */
export const readString = (reader: Reader, size: number, at = 0): string =>
  reader.ascii(size, at).replace(/\0.*/s, "");
