// ID3v2 tags (id3.org, "ID3 tag version 2.4.0 - Main Structure") before a recording: skipped, never read.
import type { Reader } from "../reader.ts";

const HEADER_BYTES = 10;
const HAS_FOOTER = 0x10;
/** Steps charged for a tag: valid recordings have a handful, an attack has a chain of millions. */
const TAG_COST = 100;

/** Moves the reader past every ID3v2 tag at its position. */
export async function skipId3(reader: Reader): Promise<void> {
  while ((await reader.need(HEADER_BYTES)) && reader.ascii(3) === "ID3") {
    reader.step(TAG_COST);
    const footerBytes = reader.u8(5) & HAS_FOOTER ? HEADER_BYTES : 0;
    reader.skip(HEADER_BYTES + readSynchsafe(reader, 6) + footerBytes);
  }
}

/** A 28-bit integer, seven bits to a byte (section 6.2). */
function readSynchsafe(reader: Reader, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = reader.bytes(4, at);
  return ((a & 0x7f) << 21) | ((b & 0x7f) << 14) | ((c & 0x7f) << 7) | (d & 0x7f);
}
