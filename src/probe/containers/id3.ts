// ID3v2 tags (id3.org, "ID3 tag version 2.4.0 - Main Structure") before a recording: skipped, never read.
import type { Reader } from "../reader.ts";

const HEADER_BYTES = 10;
const HAS_FOOTER = 0x10;
/** Steps charged for a tag: valid recordings have a handful, an attack has a chain of millions. */
const TAG_COST = 100;

/**
 * Moves the reader past every ID3v2 tag at its position. Of a tag that claims to extend past the end, only the header is
 * skipped: the recording may start anywhere behind it.
 * @returns whether there was a tag
 */
export async function skipId3(reader: Reader): Promise<boolean> {
  let isTagged = false;
  while ((await reader.need(HEADER_BYTES)) && reader.ascii(3) === "ID3") {
    reader.step(TAG_COST);
    isTagged = true;
    const footerBytes = reader.u8(5) & HAS_FOOTER ? HEADER_BYTES : 0;
    const tagBytes = HEADER_BYTES + readSize(reader, 6) + footerBytes;
    reader.skip(tagBytes <= reader.remaining ? tagBytes : HEADER_BYTES);
  }
  return isTagged;
}

/** A 28-bit integer, seven bits to a byte (section 6.2). Some writers ignore that: an eighth bit gives them away. */
function readSize(reader: Reader, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = reader.bytes(4, at);
  return (a | b | c | d) & 0x80 ? reader.u32(at) : (a << 21) | (b << 14) | (c << 7) | d;
}
