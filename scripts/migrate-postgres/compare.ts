// One pass over the source that compares it with D1: to plan, to write, or to verify afterwards.
import { type LocatedRow, validBatches } from "./batches.ts";
import { findRows, findVoiceIds, writeRows } from "./d1-rows.ts";
import { compareRow, type Row } from "./row.ts";
import { readRows, type SourceFile } from "./source-files.ts";
import { TableReport } from "./table-report.ts";
import type { MigratedTable } from "./tables.ts";

interface Pass {
  database: D1Database;
  /** Voices first, then generations. */
  files: readonly SourceFile[];
  /** Whether to write rows that are missing, or differ and are not newer in D1. */
  apply: boolean;
  /** Called after each batch with the bytes read since the last call. */
  onBatch: (bytes: number, table: MigratedTable, report: TableReport) => void;
}

/** @returns a report for each file: what was found before anything was written */
export async function comparePass({ database, files, apply, onBatch }: Pass): Promise<TableReport[]> {
  let voiceLines: ReadonlyMap<string, number> = new Map();
  const reports: TableReport[] = [];
  for (const file of files) {
    const { table } = file;
    const report = new TableReport();
    const linesById = new Map<string, number>();
    let bytes = 0;
    const rows = readRows(file, (length) => {
      bytes += length;
    });
    for await (const batch of validBatches(rows, linesById, report)) {
      if (table.name === "generations") await unlinkUnknownVoices(database, batch, voiceLines, report);
      const outdated = await compareBatch(database, table, batch, report);
      if (apply) await writeRows(database, table, outdated);
      onBatch(bytes, table, report);
      bytes = 0;
    }
    if (table.name === "voices") voiceLines = linesById;
    reports.push(report);
  }
  return reports;
}

/** Sets `voice_id` to null where the voice is neither in the source nor in D1. */
async function unlinkUnknownVoices(
  database: D1Database,
  batch: LocatedRow[],
  sourceVoices: ReadonlyMap<string, unknown>,
  { unlinked }: TableReport,
): Promise<void> {
  const others = batch.flatMap(({ row }) =>
    typeof row.voice_id === "string" && !sourceVoices.has(row.voice_id) ? [row.voice_id] : [],
  );
  const inD1 = await findVoiceIds(database, [...new Set(others)]);
  for (const { row, location } of batch) {
    const { voice_id } = row;
    if (typeof voice_id !== "string" || sourceVoices.has(voice_id) || inD1.has(voice_id)) continue;
    row.voice_id = null;
    unlinked.add(`${location}: ${row.id}: its voice ${voice_id}`);
  }
}

/** @returns the rows to write: missing in D1, or different and not newer there */
async function compareBatch(
  database: D1Database,
  table: MigratedTable,
  batch: LocatedRow[],
  report: TableReport,
): Promise<Row[]> {
  const ids = batch.map(({ row }) => row.id);
  const rowsInD1 = await findRows(database, table, ids);
  const outdated: Row[] = [];
  for (const { row, location } of batch) {
    const inD1 = rowsInD1.get(row.id);
    const comparison = compareRow(table, row, inD1);
    const subject = `${location}: ${row.id}`;
    switch (comparison.kind) {
      case "missing":
        report.missing.add(subject);
        outdated.push(row);
        break;
      case "same":
        report.same += 1;
        break;
      case "newer":
        report.newer.add(`${subject}: ${comparison.columns.join(", ")}`);
        break;
      case "differing": {
        const changes = comparison.columns.map((name) => formatChange(name, inD1?.[name], row[name]));
        report.differing.add(`${subject}: ${changes.join(", ")}`);
        outdated.push(row);
        break;
      }
    }
  }
  return outdated;
}

const formatChange = (column: string, from: Row[string] | undefined, to: Row[string] | undefined) =>
  `${column} ${formatValue(from)} → ${formatValue(to)}`;

const MAX_VALUE_CHARACTERS = 40;

function formatValue(value: Row[string] | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length > MAX_VALUE_CHARACTERS ? `${text.slice(0, MAX_VALUE_CHARACTERS)}…` : text;
}
