// How MPEG-4 and QuickTime files begin.

/** The types of boxes with which a file starts; only newer ones have "ftyp". */
export const FIRST_BOXES: ReadonlySet<string> = new Set([
  "ftyp",
  "moov",
  "mdat",
  "wide",
  "free",
  "skip",
  "pnot",
]);
