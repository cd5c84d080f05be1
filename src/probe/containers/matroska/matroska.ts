// Matroska and WebM (RFC 8794, RFC 9559): the frames of the first audio track are counted, block by block.
// The elements are walked as if they were flat: those that hold others are entered, all else is skipped by its size,
// so that neither nesting nor the sizes that a live recorder left unknown matter.

import type { Format, MeasuredAudio } from "../../container.ts";
import { type Reader, UnreadableAudio } from "../../reader.ts";
import { AudioBlocks, BLOCK_HEAD_BYTES } from "./blocks.ts";
import { elementAt, MAX_ELEMENT_HEADER_BYTES } from "./ebml.ts";
import { describe, newTrack, type Track } from "./track-entry.ts";

const EBML = 0x1a45dfa3;
const EBML_DOC_TYPE = 0x4282;
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const TRACK_ENTRY = 0xae;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
const SIMPLE_BLOCK = 0xa3;
const DISCARD_PADDING = 0x75a2;

/** Those that hold others: Tracks, Audio, ContentEncodings, ContentEncoding and ContentCompression among them. */
const ENTERED: ReadonlySet<number> = new Set([
  ...[SEGMENT, CLUSTER, TRACK_ENTRY, BLOCK_GROUP],
  ...[0x1654ae6b, 0xe1, 0x6d80, 0x6240, 0x5034],
]);
/** What an element before the first cluster costs: there are few, and they take longer than a block. */
const DESCRIPTION_STEPS = 50;
const COUNTED: ReadonlySet<number> = new Set([SIMPLE_BLOCK, BLOCK, DISCARD_PADDING]);

export const webm: Format = {
  container: "WebM",
  contentType: "audio/webm",
  magicBytes: MAX_ELEMENT_HEADER_BYTES,
  matches: (reader) => docType(reader) === "webm",
  measure,
};

export const matroska: Format = {
  container: "Matroska",
  contentType: "audio/matroska",
  magicBytes: MAX_ELEMENT_HEADER_BYTES,
  matches: (reader) => docType(reader) === "matroska",
  measure,
};

/** The DocType at the reader's position, which may say nothing for "matroska"; null when there is no EBML. */
function docType(reader: Reader): string | null {
  const header = elementAt(reader);
  if (header?.id !== EBML) return null;
  const end = header.headerBytes + header.size;
  for (let at = header.headerBytes; at < end; ) {
    reader.step();
    const field = elementAt(reader, at);
    if (!field) break;
    at += field.headerBytes;
    if (field.id === EBML_DOC_TYPE && field.size <= "matroska".length && reader.has(at + field.size)) {
      return reader.ascii(field.size, at).replace(/\0.*/s, "");
    }
    at += field.size;
  }
  return "matroska";
}

async function measure(reader: Reader): Promise<MeasuredAudio> {
  let track = newTrack();
  /** Whether the first audio track's description has ended. */
  let isFound = false;
  let blocks: AudioBlocks | undefined;
  while (
    reader.remaining > 0 &&
    (reader.has(MAX_ELEMENT_HEADER_BYTES) ||
      (await reader.need(Math.min(MAX_ELEMENT_HEADER_BYTES, reader.remaining))))
  ) {
    reader.step();
    const element = elementAt(reader);
    if (!element) break;
    const { id, size } = element;
    if (size === Number.POSITIVE_INFINITY && id !== SEGMENT && id !== CLUSTER) break;
    reader.skip(element.headerBytes);
    const end = ENTERED.has(id) ? reader.position : reader.position + size;

    if (!blocks) {
      reader.step(DESCRIPTION_STEPS);
      if (id === CLUSTER) blocks = blocksOf(track);
      else if (id === TRACK_ENTRY) {
        isFound = track.isAudio;
        if (!isFound) track = newTrack();
      } else if (!isFound) await describe(track, element, reader);
    } else if (COUNTED.has(id) && size <= reader.remaining) {
      // An element that is cut off is none: no decoder takes a part of a frame.
      const head = Math.min(size, BLOCK_HEAD_BYTES);
      if (!reader.has(head)) await reader.need(head);
      if (id === DISCARD_PADDING) blocks.discard(reader, head);
      else {
        const wanted = blocks.wantedOf(reader, size);
        if (!reader.has(wanted)) await reader.need(wanted);
        if (wanted > 0) blocks.count(reader, size, wanted);
      }
    }
    reader.skip(end - reader.position);
  }
  return (blocks ?? blocksOf(track)).audio;
}

function blocksOf(track: Track): AudioBlocks {
  if (!track.isAudio) throw new UnreadableAudio("has no audio track");
  return new AudioBlocks(track);
}
