// Byte views and four-character codes, as containers and codecs both need them.

/** A DataView of exactly the bytes of `bytes`. */
export const dataViewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The big-endian number that four ASCII letters form, to compare with a 32-bit field. */
export const fourCc = (letters: string): number =>
  [...letters].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);

/** The four ASCII letters at `at`. */
export const readFourCc = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
