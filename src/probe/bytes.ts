// Byte views, four-character codes and names in bytes, as containers and codecs both need them.

/** A DataView of exactly the bytes of `bytes`. */
export const dataViewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The big-endian number that four ASCII letters form, to compare with a 32-bit field. */
export const fourCc = (letters: string): number =>
  [...letters].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);

/** The four ASCII letters at `at`. */
export const readFourCc = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));

const MAX_NAME_LENGTH = 32;
/** A name that comes from a recording, fit to be shown: bounded, and without control or non-ASCII characters. */
export const printable = (name: string): string =>
  name
    .slice(0, MAX_NAME_LENGTH)
    .replace(/[^\x20-\x7e]/g, "?")
    .trim() || "unnamed codec";
