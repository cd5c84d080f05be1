// A file as text, a piece at a time.
import { closeSync, openSync, readSync } from "node:fs";
import { ToolError } from "../operator/tool-error.ts";

const PIECE_BYTES = 256 * 1024;

/** The file's text in pieces; `onRead` hears of each one's bytes. */
export function* readPieces(file: string, onRead: (bytes: number) => void): Generator<string, void, void> {
  const descriptor = openFile(file);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  const buffer = new Uint8Array(PIECE_BYTES);
  try {
    for (let offset = 0; ; ) {
      const length = readSync(descriptor, buffer);
      let piece: string;
      try {
        piece = decoder.decode(buffer.subarray(0, length), { stream: length > 0 });
      } catch {
        throw new ToolError(
          `${file} is not UTF-8 between its bytes ${offset} and ${offset + length}: export it with --encoding=UTF8`,
        );
      }
      if (piece !== "") yield piece;
      if (length === 0) return;
      offset += length;
      onRead(length);
    }
  } finally {
    closeSync(descriptor);
  }
}

function openFile(file: string): number {
  try {
    return openSync(file, "r");
  } catch (error) {
    throw new ToolError(`${file} can't be read: ${error instanceof Error ? error.message : error}`);
  }
}
