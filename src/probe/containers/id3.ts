// ID3v2 tags (id3.org/id3v2.4.0-structure) may stand before a recording, several in a row: skipped, never read.
import type { Reader } from "../reader.ts";

const HEADER_BYTES = 10;
const HAS_FOOTER = 0x10;
/** A handful stand in honest recordings; a chain of millions is an attack. */
const STEPS_OF_A_TAG = 100;

/** Moves the reader past every ID3v2 tag at its position. */
export async function skipId3(reader: Reader): Promise<void> {
  while ((await reader.need(HEADER_BYTES)) && reader.ascii(3) === "ID3") {
    reader.step(STEPS_OF_A_TAG);
    const [a = 0, b = 0, c = 0, d = 0] = reader.bytes(4, 6);
    // A "synchsafe" number: seven bits to a byte.
    const size = ((a & 0x7f) << 21) | ((b & 0x7f) << 14) | ((c & 0x7f) << 7) | (d & 0x7f);
    const footer = reader.u8(5) & HAS_FOOTER ? HEADER_BYTES : 0;
    reader.skip(HEADER_BYTES + size + footer);
  }
}
