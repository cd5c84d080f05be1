// Writes one table of D1 as CSV and counts what was left out or changed.
import type { Row } from "../migrate-postgres/row.ts";
import type { MigratedTable } from "../migrate-postgres/tables.ts";
import { Samples } from "../operator/samples.ts";
import { formatRecord } from "./csv.ts";
import type { Append } from "./folder.ts";
import { readPages, type Wait } from "./pages.ts";
import { toPostgresRow } from "./postgres-row.ts";
import { columnNames, csvFileName, earlierFileName } from "./restore-script.ts";

export class ExportReport {
  /** Rows that were read. */
  rows = 0;
  exported = 0;
  /** Rows that Postgres cannot store. */
  rejected = new Samples();
  /** Custom voices without audio, which are not exported. */
  withoutAudio = new Samples();
  /** Generations without audio, which are exported. */
  silent = 0;
  /** Generations whose voice is not exported: Postgres's foreign key would fail. */
  unlinked = new Samples();
  /** Earlier rows that D1 still has. */
  earlier = 0;
  /** Earlier rows that D1 has no more. */
  deleted = new Samples();
}

interface TableExport {
  database: D1Database;
  table: MigratedTable;
  /** Ids of the exported voices: this table's are added, and generations may only name these. */
  voiceIds: Set<string>;
  /** The ids of the earlier files. Those that D1 still has are removed. */
  earlierIds: Set<string>;
  append: Append;
  /** Called after each page with its number of rows. */
  onPage: (rows: number, report: ExportReport) => void;
  wait?: Wait | undefined;
}

export async function writeTable(options: TableExport): Promise<ExportReport> {
  const { database, table, earlierIds, append, onPage, wait } = options;
  const report = new ExportReport();
  const earlierRecords = (ids: string[], isDeleted: "t" | "f") =>
    append(earlierFileName(table), ids.map((id) => formatRecord([id, isDeleted])).join(""));
  await append(csvFileName(table), `${columnNames(table).join(",")}\n`);
  await append(earlierFileName(table), "id,isDeleted\n");
  for await (const page of readPages(database, table, wait)) {
    await append(csvFileName(table), page.map((row) => exportRow(options, row, report)).join(""));
    // Also a row that is left out is in D1, and must not be deleted in Postgres.
    const kept = page.map(({ id }) => id).filter((id) => earlierIds.delete(id));
    await earlierRecords(kept, "f");
    report.earlier += kept.length;
    report.rows += page.length;
    onPage(page.length, report);
  }
  for (const id of earlierIds) report.deleted.add(id);
  await earlierRecords([...earlierIds], "t");
  return report;
}

/** @returns the record, or an empty text for a row that is left out */
function exportRow({ table, voiceIds }: TableExport, row: Row, report: ExportReport): string {
  const { id, voice_id: voiceId } = row;
  const isUnlinked = typeof voiceId === "string" && !voiceIds.has(voiceId);
  const exported = toPostgresRow(table, isUnlinked ? { ...row, voice_id: null } : row);
  switch (exported.kind) {
    case "without-audio":
      report.withoutAudio.add(id);
      return "";
    case "rejected":
      report.rejected.add(`${id}: ${exported.reason}`);
      return "";
    case "row":
      break;
  }
  report.exported += 1;
  if (table.name === "voices") voiceIds.add(id);
  else if (row.r2_object_key === null) report.silent += 1;
  if (isUnlinked) report.unlinked.add(`${id}: its voice ${voiceId}`);
  return formatRecord(exported.fields);
}
