// ID3v2 tags (id3.org, "ID3 tag version 2.4.0 - Main Structure") before a recording: skipped, never read.
import type { Reader } from "../reader.ts";

const HEADER_BYTES = 10;
const HAS_FOOTER = 0x10;
/** Steps charged for a tag: valid recordings have a handful, an attack has a chain of millions. */
const TAG_COST = 100;

/** "endless" when a tag claims to extend past the end of the recording. */
export type TagSkip = "none" | "skipped" | "endless";

/**
 * Moves the reader past every ID3v2 tag at its position. Of an endless one only the header is skipped: the recording
 * starts somewhere behind it.
 */
export async function skipId3(reader: Reader): Promise<TagSkip> {
  let result: TagSkip = "none";
  while ((await reader.need(HEADER_BYTES)) && reader.ascii(3) === "ID3") {
    reader.step(TAG_COST);
    const footerBytes = reader.u8(5) & HAS_FOOTER ? HEADER_BYTES : 0;
    const tagBytes = HEADER_BYTES + readSize(reader, 6) + footerBytes;
    const isEndless = tagBytes > reader.remaining;
    if (isEndless) result = "endless";
    else if (result === "none") result = "skipped";
    reader.skip(isEndless ? HEADER_BYTES : tagBytes);
  }
  return result;
}

/** A 28-bit integer, seven bits to a byte (section 6.2). Some writers ignore that: an eighth bit gives them away. */
function readSize(reader: Reader, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = reader.bytes(4, at);
  return (a | b | c | d) & 0x80 ? reader.u32(at) : (a << 21) | (b << 14) | (c << 7) | d;
}
