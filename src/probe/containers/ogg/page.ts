// The page header of Ogg (RFC 3533 section 6).

/** Up to the segment table, which has one byte for each segment. */
export const OGG_PAGE_HEADER_BYTES = 27;

/** Offsets of its fields, which are little-endian. */
export const OGG_PAGE_FIELD = {
  version: 4,
  flags: 5,
  granulePosition: 6,
  serial: 14,
  segmentCount: 26,
} as const;

export const OGG_PAGE_FLAG = { continued: 1, first: 2, last: 4 } as const;

/** A segment of this size continues in the next one; a shorter segment ends its packet. */
export const FULL_SEGMENT_BYTES = 255;
