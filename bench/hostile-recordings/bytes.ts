// Builds recordings byte by byte: text, integers and byte arrays, joined.

/** Text (as Latin-1), numbers (one byte each), or bytes. */
export type Part = string | number | readonly number[] | Uint8Array;

const toBytes = (part: Part): Uint8Array | readonly number[] => {
  if (typeof part === "number") return [part];
  return typeof part === "string" ? Uint8Array.from(part, (letter) => letter.charCodeAt(0)) : part;
};

/** Joins the parts. */
export function bytesOf(...parts: Part[]): Uint8Array<ArrayBuffer> {
  const pieces = parts.map(toBytes);
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

const unsigned =
  (size: number, isLittleEndian = false) =>
  (value: number): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(value), isLittleEndian);
    return isLittleEndian ? bytes.slice(0, size) : bytes.slice(8 - size);
  };
export const u16 = unsigned(2);
export const u24 = unsigned(3);
export const u32 = unsigned(4);
export const u64 = unsigned(8);
export const u16le = unsigned(2, true);
export const u32le = unsigned(4, true);
export const u64le = unsigned(8, true);

export const MAX_U32 = 0xffffffff;

export const zeros = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length);
