// The rows of a CSV export as `\copy "Voice" to 'voice.csv' csv header` writes it: nothing is NULL, "" is empty text.
import { basename } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import {
  type Ignored,
  matchColumns,
  missingColumns,
  SourceError,
  type SourcePlace,
  type SourceRow,
  tableCalled,
  toSourceRow,
} from "./source.ts";
import { type MigratedTable, TABLES } from "./tables.ts";

/** @throws {SourceError} at the first place that is not understood */
export async function* readCsv(
  file: string,
  pieces: Iterable<string>,
  ignored: Ignored,
): AsyncGenerator<SourceRow> {
  let nextLine = 1;
  /** Of the records that were parsed and are not yet read. */
  const lines: number[] = [];
  const parser = parse({
    raw: true,
    cast: (value, { quoting }) => (value === "" && !quoting ? null : value),
    // The parser's own count takes a CRLF in a text for two lines.
    on_record: (record, { raw = "" }) => {
      lines.push(nextLine);
      nextLine += raw.split("\n").length - 1;
      return record;
    },
  });
  // What fails on the way is thrown by the parser as well.
  pipeline(Readable.from(pieces), parser).catch(() => undefined);
  let target: { table: MigratedTable; columns: (string | undefined)[] } | undefined;
  try {
    for await (const { record: values } of parser as AsyncIterable<{ record: (string | null)[] }>) {
      const place = { file, line: lines.shift() ?? 1 };
      if (target) {
        yield toSourceRow(target.table, place, target.columns, values);
      } else {
        const names = values.map((name) => name ?? "");
        const table = tableOf(names, place);
        target = { table, columns: matchColumns(table, names, place, ignored) };
      }
    }
  } catch (error) {
    if (error instanceof CsvError) throw new SourceError({ file, line: nextLine }, error.message);
    throw error;
  }
  if (!target)
    throw new SourceError({ file, line: 1 }, "is empty: export with the columns' names, `csv header`");
}

/** Told by the columns, else by the file's name. */
function tableOf(names: string[], place: SourcePlace): MigratedTable {
  const table =
    TABLES.find((candidate) => missingColumns(candidate, names).length === 0) ??
    tableCalled(basename(place.file).replace(/\.csv$/i, ""));
  if (table) return table;
  throw new SourceError(
    place,
    `these are the columns neither of voices nor of generations, and the file is not called after either: ${names.join(", ")}`,
  );
}
