// How long a recording says that it is. A truncated one is credited with the share that is there: the library takes its
// header at its word.
import { readElementHeader } from "../../src/probe/containers/matroska/ebml.ts";
import { ELEMENT_ID } from "../../src/probe/containers/matroska/element-ids.ts";
import type { Reader } from "../../src/probe/reader.ts";

/** In bytes from the reader's position, whose first {@link HEAD_BYTES} are loaded; 0 when unknown. */
export type StatedBytes = (reader: Reader) => number;

/** Where everything is looked for that is not left to the library. */
export const HEAD_BYTES = 4096;

const RIFF_SIZE_AT = 4;
const RIFF_HEADER_BYTES = 8;
/** What is written to a pipe states one of about 2 GiB (sox) or of 4 GiB (ffmpeg). */
const MAX_KNOWN_RIFF_BYTES = 0x7f000000;

export const riffBytes: StatedBytes = (reader) => {
  const bytes = reader.u32le(RIFF_SIZE_AT);
  return bytes > MAX_KNOWN_RIFF_BYTES ? 0 : RIFF_HEADER_BYTES + bytes;
};

/** ASF specification 1.20, sections 3.1 and 3.2. */
const ASF_HEADER_BYTES = 30;
const ASF_OBJECT_HEADER_BYTES = 24;
const FILE_PROPERTIES = 0xa1dcab8c;
const FILE_SIZE_AT = 40;
const FILE_PROPERTIES_FLAGS_AT = 88;
const IS_BROADCAST = 1;

export const asfBytes: StatedBytes = (reader) => {
  const end = Math.min(HEAD_BYTES, reader.remaining) - FILE_PROPERTIES_FLAGS_AT - 4;
  let at = ASF_HEADER_BYTES;
  while (at <= end) {
    if (reader.u32(at) === FILE_PROPERTIES) {
      const isBroadcast = (reader.u32le(at + FILE_PROPERTIES_FLAGS_AT) & IS_BROADCAST) !== 0;
      return isBroadcast ? 0 : reader.u64le(at + FILE_SIZE_AT);
    }
    at += Math.max(ASF_OBJECT_HEADER_BYTES, reader.u64le(at + 16));
  }
  return 0;
};

/** The end of the segment, whose size is unknown when it was written live. */
export const matroskaBytes: StatedBytes = (reader) => {
  const ebml = readElementHeader(reader);
  const at = ebml ? ebml.headerBytes + ebml.size : Number.POSITIVE_INFINITY;
  const segment = Number.isFinite(at) ? readElementHeader(reader, at) : null;
  if (segment?.id !== ELEMENT_ID.segment || !Number.isFinite(segment.size)) return 0;
  return at + segment.headerBytes + segment.size;
};
