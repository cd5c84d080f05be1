// Matroska and WebM (RFC 9559, on EBML): counts the frames of the first audio track of a
// supported codec, block by block. Walks the elements
// as a flat list: it descends into master elements and skips all others by their size. So neither the nesting nor the
// unknown sizes that a live recorder writes matter.
import type { ContainerFormat, MeasuredAudio } from "../../container.ts";
import type { Reader } from "../../reader.ts";
import { AudioTracks } from "./audio-tracks.ts";
import { BLOCK_HEAD_BYTES, type BlockCounter } from "./block-counter.ts";
import { MAX_ELEMENT_HEADER_BYTES, readElementHeader, readString } from "./ebml.ts";
import { ELEMENT_ID } from "./element-ids.ts";

/** Elements that contain others, which follow as if they were siblings. */
const MASTER_ELEMENTS: ReadonlySet<number> = new Set([
  ELEMENT_ID.segment,
  ELEMENT_ID.cluster,
  ELEMENT_ID.tracks,
  ELEMENT_ID.trackEntry,
  ELEMENT_ID.audio,
  ELEMENT_ID.contentEncodings,
  ELEMENT_ID.contentEncoding,
  ELEMENT_ID.contentCompression,
  ELEMENT_ID.blockGroup,
]);
const BLOCK_ELEMENTS: ReadonlySet<number> = new Set([
  ELEMENT_ID.simpleBlock,
  ELEMENT_ID.block,
  ELEMENT_ID.discardPadding,
]);
/** The elements whose size may be unknown (RFC 9559 sections 5.1 and 5.1.3). */
const UNKNOWN_SIZE_ELEMENTS: ReadonlySet<number> = new Set([ELEMENT_ID.segment, ELEMENT_ID.cluster]);
/** Steps charged for an element before the first cluster: there are few, and one takes longer than a block. */
const HEADER_ELEMENT_COST = 50;
const DEFAULT_DOC_TYPE = "matroska";

export const webm: ContainerFormat = {
  container: "WebM",
  contentType: "audio/webm",
  magicBytes: MAX_ELEMENT_HEADER_BYTES,
  matches: (reader) => readDocType(reader) === "webm",
  measure,
};

export const matroska: ContainerFormat = {
  container: "Matroska",
  contentType: "audio/matroska",
  magicBytes: MAX_ELEMENT_HEADER_BYTES,
  matches: (reader) => readDocType(reader) === "matroska",
  measure,
};

/** The DocType of the EBML header at the reader's position; null when there is no EBML header. */
function readDocType(reader: Reader): string | null {
  const header = readElementHeader(reader);
  if (header?.id !== ELEMENT_ID.ebml) return null;
  const end = header.headerBytes + header.size;
  for (let at = header.headerBytes; at < end; ) {
    reader.step();
    const field = readElementHeader(reader, at);
    if (!field) break;
    at += field.headerBytes;
    const isShort = field.size <= DEFAULT_DOC_TYPE.length;
    if (field.id === ELEMENT_ID.docType && isShort && reader.has(at + field.size)) {
      return readString(reader, field.size, at);
    }
    at += field.size;
  }
  return DEFAULT_DOC_TYPE;
}

async function measure(reader: Reader): Promise<MeasuredAudio> {
  const tracks = new AudioTracks();
  let counter: BlockCounter | undefined;
  while (
    reader.remaining > 0 &&
    (reader.has(MAX_ELEMENT_HEADER_BYTES) ||
      (await reader.need(Math.min(MAX_ELEMENT_HEADER_BYTES, reader.remaining))))
  ) {
    reader.step();
    const element = readElementHeader(reader);
    if (!element) break;
    const { id, size } = element;
    if (size === Number.POSITIVE_INFINITY && !UNKNOWN_SIZE_ELEMENTS.has(id)) break;
    reader.skip(element.headerBytes);
    const end = MASTER_ELEMENTS.has(id) ? reader.position : reader.position + size;

    if (!counter) {
      reader.step(HEADER_ELEMENT_COST);
      if (id === ELEMENT_ID.cluster) counter = tracks.finish();
      else await tracks.apply(element, reader);
    } else if (BLOCK_ELEMENTS.has(id) && size <= reader.remaining) {
      // A truncated element does not count: no decoder accepts a part of a frame.
      const headBytes = Math.min(size, BLOCK_HEAD_BYTES);
      if (!reader.has(headBytes)) await reader.need(headBytes);
      if (id === ELEMENT_ID.discardPadding) counter.discardPadding(reader, headBytes);
      else {
        const neededBytes = counter.neededBytes(reader, size);
        if (!reader.has(neededBytes)) await reader.need(neededBytes);
        if (neededBytes > 0) counter.addBlock(reader, size, neededBytes);
      }
    }
    reader.skip(end - reader.position);
  }
  return (counter ?? tracks.finish()).audio;
}
