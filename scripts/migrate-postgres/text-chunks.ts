// Reads a UTF-8 file in chunks, so that a file of any size can be read.
import { closeSync, openSync, readSync } from "node:fs";
import { ToolError } from "../operator/tool-error.ts";

const CHUNK_BYTES = 256 * 1024;

/**
 * The file's text without a byte order mark. `onRead` receives the size of each chunk in bytes.
 * @throws {ToolError} when the file is not UTF-8
 */
export function* readTextChunks(
  file: string,
  onRead: (bytes: number) => void,
): Generator<string, void, void> {
  const descriptor = openSync(file, "r");
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  const buffer = new Uint8Array(CHUNK_BYTES);
  try {
    for (let offset = 0; ; ) {
      const length = readSync(descriptor, buffer);
      let chunk: string;
      try {
        chunk = decoder.decode(buffer.subarray(0, length), { stream: length > 0 });
      } catch {
        throw new ToolError(
          `${file} is not UTF-8 between its bytes ${offset} and ${offset + length}: ` +
            "set PGCLIENTENCODING=UTF8 and export the table again.",
        );
      }
      if (chunk !== "") yield chunk;
      if (length === 0) return;
      offset += length;
      onRead(length);
    }
  } finally {
    closeSync(descriptor);
  }
}
