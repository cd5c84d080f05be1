// The codec in the chunks of WAVE and AIFF-C, which music-metadata does not tell apart: it names neither the SubFormat of
// WAVEFORMATEXTENSIBLE nor a compression type that has a free name. Looks at the first bytes of a recording only.
import { dataViewOf, readFourCc } from "../../src/probe/bytes.ts";

const FIRST_CHUNK_AT = 12;
const CHUNK_HEADER_BYTES = 8;
const EXTENSIBLE_TAG = 0xfffe;
/** In the chunk "fmt ": the format tag at the start of SubFormat (mmreg.h). */
const SUB_FORMAT_AT = 24;
/** In the chunk "COMM" of AIFF-C. */
const COMPRESSION_TYPE_AT = 18;
const FOUR_CC_BYTES = 4;

/** The format tag of WAVE; 0 when it is not among the first bytes. */
export function formatTagOf(head: Uint8Array): number {
  const format = findChunk(head, "fmt ", true);
  if (!format || format.byteLength < SUB_FORMAT_AT + 2) {
    return format && format.byteLength >= 2 ? format.getUint16(0, true) : 0;
  }
  const tag = format.getUint16(0, true);
  return tag === EXTENSIBLE_TAG ? format.getUint16(SUB_FORMAT_AT, true) : tag;
}

/** The compression type of AIFF-C; empty when it is not among the first bytes. */
export function compressionTypeOf(head: Uint8Array): string {
  const common = findChunk(head, "COMM", false);
  if (!common || common.byteLength < COMPRESSION_TYPE_AT + FOUR_CC_BYTES) return "";
  return readFourCc(common, COMPRESSION_TYPE_AT);
}

/** What `head` has of the first chunk `id` from its content on. */
function findChunk(head: Uint8Array, id: string, isLittleEndian: boolean): DataView | null {
  const view = dataViewOf(head);
  for (let at = FIRST_CHUNK_AT; at + CHUNK_HEADER_BYTES <= head.byteLength; ) {
    const content = at + CHUNK_HEADER_BYTES;
    if (readFourCc(view, at) === id) return dataViewOf(head.subarray(content));
    const bytes = view.getUint32(at + FOUR_CC_BYTES, isLittleEndian);
    // A chunk of odd size is followed by a padding byte.
    at = content + bytes + (bytes % 2);
  }
  return null;
}
