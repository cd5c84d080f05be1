// Reads a table of an MPEG-4 track entry by entry while the reader moves between tables and media: in batches, each of
// which is copied.
import type { Reader } from "../../reader.ts";

/** Where a box's payload lies in the recording. */
export interface BoxRange {
  at: number;
  end: number;
}

/** As large as the reader's window, so that a batch takes one read. */
const BATCH_BYTES = 256 * 1024;

export class TableCursor {
  #position: number;
  #entriesLeft: number;
  #entryBits: number;
  #batch = new DataView(new ArrayBuffer(0));
  #batchEntries = 0;
  /** In the batch. */
  #next = 0;

  /** A table of `entries` from `at` on, or of as many as there are before `end`. */
  constructor({ at, end }: BoxRange, entries: number, entryBits: number) {
    this.#position = at;
    this.#entryBits = entryBits;
    this.#entriesLeft = Math.min(entries, Math.max(0, Math.floor(((end - at) * 8) / entryBits)));
  }

  get isLoaded(): boolean {
    return this.#next < this.#batchEntries;
  }

  /** Loads the next batch when the last is used up. Returns false at the end of the table. Moves the reader. */
  async load(reader: Reader): Promise<boolean> {
    if (this.isLoaded) return true;
    this.#batchEntries = Math.min(this.#entriesLeft, Math.floor((BATCH_BYTES * 8) / this.#entryBits));
    if (this.#batchEntries === 0) return false;
    const bytes = Math.ceil((this.#batchEntries * this.#entryBits) / 8);
    reader.step(this.#batchEntries);
    reader.position = this.#position;
    await reader.require(bytes);
    this.#batch = new DataView(reader.bytes(bytes).slice().buffer);
    this.#position += bytes;
    this.#entriesLeft -= this.#batchEntries;
    this.#next = 0;
    return true;
  }

  /** The field of `bits` at an offset of bytes in the current entry, which must be loaded. */
  field(bits: number, offset = 0): number {
    const at = Math.floor((this.#next * this.#entryBits) / 8) + offset;
    switch (bits) {
      case 4:
        return (this.#batch.getUint8(at) >> (this.#next % 2 === 0 ? 4 : 0)) & 0xf;
      case 8:
        return this.#batch.getUint8(at);
      case 16:
        return this.#batch.getUint16(at);
      case 32:
        return this.#batch.getUint32(at);
      default:
        return Number(this.#batch.getBigUint64(at));
    }
  }

  advance(): void {
    this.#next += 1;
  }
}
