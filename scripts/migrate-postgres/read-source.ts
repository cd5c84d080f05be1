// The rows of all files, one after the other; nothing is held but the row that is being read.
import { readCsv } from "./csv-rows.ts";
import type { Ignored, SourceRow } from "./source.ts";
import { readDump } from "./sql-rows.ts";
import { readPieces } from "./text.ts";

/**
 * Files named *.csv are exports, all others dumps. `onRead` hears of the bytes that were read.
 * @throws {ToolError} at the first place that is not understood
 */
export async function* readSource(
  files: readonly string[],
  ignored: Ignored,
  onRead: (bytes: number) => void,
): AsyncGenerator<SourceRow> {
  for (const file of files) {
    const pieces = readPieces(file, onRead);
    yield* /\.csv$/i.test(file) ? readCsv(file, pieces, ignored) : readDump(file, pieces, ignored);
  }
}
