// Opens the two CSV exports: rejects everything that is not one file of each table, then reads their rows.
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { withoutPsqlEscapes } from "../export/csv.ts";
import { messageOf, ToolError, UsageError } from "../operator/tool-error.ts";
import { type CsvRecord, parseCsv } from "./csv-records.ts";
import { dumpError, isSqlDump, noHeaderError, otherTableError, requireText } from "./file-format.ts";
import { matchHeader } from "./header.ts";
import { SourceError, type SourceRow } from "./source.ts";
import { type MigratedTable, TABLES } from "./tables.ts";
import { readTextChunks } from "./text-chunks.ts";

export interface SourceFile {
  path: string;
  sizeBytes: number;
  table: MigratedTable;
  /** The column's name in D1 for each field; undefined for a field that is not migrated. */
  columns: readonly (string | undefined)[];
  /** Columns of the file that are not migrated. */
  ignoredColumns: readonly string[];
}

/** Enough to find a statement of data after the preamble of a dump. */
const HEAD_BYTES = 16 * 1024;

/**
 * Reads the headers of both files, given in any order.
 * @returns one file for each of `TABLES`, in their order
 * @throws {UsageError} when there are not exactly two paths
 * @throws {ToolError} when a file cannot be read, is not CSV with a header, or both contain the same table
 */
export async function openSourceFiles(paths: readonly string[]): Promise<SourceFile[]> {
  if (paths.length !== 2) {
    throw new UsageError(`Two files are needed, the exports of Voice and Generation; ${paths.length} given`);
  }
  const files: SourceFile[] = [];
  for (const path of paths) files.push(await openSourceFile(path));
  const [first, second] = files;
  if (first && first.table === second?.table) {
    const other = TABLES.find((table) => table !== first.table);
    throw new ToolError(
      `${paths.join(" and ")} both contain the table of ${first.table.name}: replace one with ${other?.name}.`,
    );
  }
  return files.toSorted((a, b) => TABLES.indexOf(a.table) - TABLES.indexOf(b.table));
}

/**
 * The rows of one file, also of one that `npm run export` has written. `onRead` receives the number of bytes that were
 * read since the last call.
 * @throws {SourceError} when the file is not valid CSV
 */
export async function* readRows(
  { path, table, columns }: SourceFile,
  onRead: (bytes: number) => void = () => undefined,
): AsyncGenerator<SourceRow> {
  let isHeader = true;
  for await (const { location, values } of parseCsv(path, withoutPsqlEscapes(readTextChunks(path, onRead)))) {
    if (!isHeader) {
      const pairs = columns.flatMap((column, index): [string, string | null][] =>
        column === undefined ? [] : [[column, values[index] ?? null]],
      );
      yield { table, location, values: new Map(pairs) };
    }
    isHeader = false;
  }
}

async function openSourceFile(path: string): Promise<SourceFile> {
  const { sizeBytes, head } = readHead(path);
  requireText(path, head);
  const names = (await readFirstRecord(path, head)).values.map((name) => name ?? "");
  const match = matchHeader(names);
  switch (match.kind) {
    case "matched": {
      const { table, columns } = match;
      const ignoredColumns = names.filter((_, index) => columns[index] === undefined);
      return { path, sizeBytes, table, columns, ignoredColumns };
    }
    case "no-header":
      throw isSqlDump(head) ? dumpError(path) : noHeaderError(path, names);
    case "other-table":
      throw isSqlDump(head) ? dumpError(path) : otherTableError(path, names);
    case "missing-columns":
      throw new SourceError(
        { file: path, line: 1 },
        `columns of the table of ${match.table.name} are missing: ${match.missing.join(", ")}. ` +
          "Export all columns of the table.",
      );
    case "duplicate-column":
      throw new SourceError(
        { file: path, line: 1 },
        `two columns are named ${match.column}: export only one of them.`,
      );
  }
}

function readHead(path: string): { sizeBytes: number; head: Buffer } {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new ToolError(`${path} is not a file: name a CSV file.`);
    const descriptor = openSync(path, "r");
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      return { sizeBytes: stat.size, head: head.subarray(0, readSync(descriptor, head)) };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof ToolError) throw error;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new ToolError(
        `${path} does not exist: check the path, or export the table first (docs/migration.md).`,
      );
    }
    throw new ToolError(`${path} cannot be read: ${messageOf(error)}`);
  }
}

async function readFirstRecord(path: string, head: Buffer): Promise<CsvRecord> {
  const chunks = readTextChunks(path, () => undefined);
  try {
    for await (const record of parseCsv(path, chunks, 1)) return record;
  } catch (error) {
    // A dump may also fail as CSV because of its quotes, or as UTF-8.
    if (error instanceof ToolError && isSqlDump(head)) throw dumpError(path);
    throw error;
  }
  throw noHeaderError(path, []);
}
