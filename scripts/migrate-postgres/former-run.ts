// What a former run has copied, by its files: it tells a row that was deleted on one side from one that is new on the
// other.
import { copyOf, validBatches } from "./batches.ts";
import { deleteRows, findRows } from "./d1-rows.ts";
import { readRows, type SourceFile } from "./source-files.ts";
import { TableReport } from "./table-report.ts";
import type { MigratedTable } from "./tables.ts";

/** When each row was last changed, by its id: the rows of one table that the former run has written or left unchanged. */
export type FormerRows = ReadonlyMap<string, number>;

export type FormerRun = ReadonlyMap<MigratedTable["name"], FormerRows>;

/** `onRead` receives the number of bytes that were read since the last call. */
export async function readFormerRun(
  files: readonly SourceFile[],
  onRead: (bytes: number, table: MigratedTable) => void,
): Promise<FormerRun> {
  const run = new Map<MigratedTable["name"], FormerRows>();
  for (const file of files) {
    const rows = new Map<string, number>();
    const source = readRows(file, (bytes) => onRead(bytes, file.table));
    // Rows that are rejected were rejected then as well.
    for await (const batch of validBatches(source, new Map(), new TableReport())) {
      for (const { row } of batch) rows.set(copyOf(row.id), row.updated_at);
    }
    run.set(file.table.name, rows);
  }
  return run;
}

const ROWS_PER_BATCH = 400;

/** Rows of the former run that the source does not have any more. */
interface GoneRows {
  database: D1Database;
  table: MigratedTable;
  gone: FormerRows;
  /** Whether to delete them in D1. */
  isDeleted: boolean;
}

/** Looks for them in D1, and deletes those that nobody has changed there since. */
export async function compareGoneRows(
  { database, table, gone, isDeleted }: GoneRows,
  report: TableReport,
): Promise<void> {
  const ids = [...gone.keys()];
  for (let start = 0; start < ids.length; start += ROWS_PER_BATCH) {
    const inD1 = await findRows(database, table, ids.slice(start, start + ROWS_PER_BATCH));
    const unchanged = [...inD1.values()].filter((row) => {
      const isKept = row.org_id === null || row.updated_at > (gone.get(row.id) ?? 0);
      (isKept ? report.keptInD1 : report.deletedInSource).add(row.id);
      return !isKept;
    });
    if (isDeleted && unchanged.length > 0) await deleteRows(database, table, unchanged, new Date());
  }
}
