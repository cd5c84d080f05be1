// Parses CSV as psql's `\copy … csv` writes it: an unquoted empty field is NULL, a quoted one is the empty text.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import { SourceError, type SourceLocation } from "./source.ts";

export interface CsvRecord {
  location: SourceLocation;
  values: (string | null)[];
}

/**
 * The records of one file, the header line included, or only the first `limit`. `file` is only used in locations.
 * @throws {SourceError} when a record is not valid CSV, or has more or fewer fields than the one before
 */
export async function* parseCsv(
  file: string,
  chunks: Iterable<string>,
  limit?: number,
): AsyncGenerator<CsvRecord> {
  let nextLine = 1;
  /** First lines of the records that are parsed and not yet consumed. */
  const lines: number[] = [];
  const parser = parse({
    raw: true,
    // The parser reads ahead: without a limit, an error further down would replace the records before it.
    ...(limit !== undefined && { to: limit }),
    cast: (value, { quoting }) => (value === "" && !quoting ? null : value),
    // csv-parse's own line count takes a CRLF within a field for two lines.
    on_record: (record, { raw = "" }) => {
      lines.push(nextLine);
      nextLine += raw.split("\n").length - 1;
      return record;
    },
  });
  // The loop below throws the same error.
  pipeline(Readable.from(chunks), parser).catch(() => undefined);
  try {
    for await (const { record } of parser as AsyncIterable<{ record: (string | null)[] }>) {
      yield { location: { file, line: lines.shift() ?? 1 }, values: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new SourceError({ file, line: nextLine }, `${error.message}. Export the table again.`);
  }
}
