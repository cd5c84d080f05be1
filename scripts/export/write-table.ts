// Writes one table of D1 as CSV and counts what was left out or changed.
import type { Row } from "../migrate-postgres/row.ts";
import type { MigratedTable } from "../migrate-postgres/tables.ts";
import { Samples } from "../operator/samples.ts";
import { formatRecord } from "./csv.ts";
import { readPages, type Wait } from "./pages.ts";
import { toPostgresRow } from "./postgres-row.ts";
import { columnNames } from "./restore-script.ts";

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
}

interface TableExport {
  database: D1Database;
  table: MigratedTable;
  /** Ids of the exported voices: this table's are added, and generations may only name these. */
  voiceIds: Set<string>;
  append: (text: string) => Promise<void>;
  /** Called after each page with its number of rows. */
  onPage: (rows: number, report: ExportReport) => void;
  wait?: Wait | undefined;
}

export async function writeTable(options: TableExport): Promise<ExportReport> {
  const { database, table, append, onPage, wait } = options;
  const report = new ExportReport();
  await append(`${columnNames(table).join(",")}\n`);
  for await (const page of readPages(database, table, wait)) {
    let text = "";
    for (const row of page) text += exportRow(options, row, report);
    await append(text);
    report.rows += page.length;
    onPage(page.length, report);
  }
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
