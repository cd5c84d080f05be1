// One pass over the source that compares it with D1: to plan, to write, or to verify afterwards.
import { type LocatedRow, validBatches } from "./batches.ts";
import { findQueuedDeletions, findRows, findVoiceIds, type OutdatedRows, writeRows } from "./d1-rows.ts";
import { compareGoneRows, type FormerRows, type FormerRun } from "./former-run.ts";
import { compareRow, type Row } from "./row.ts";
import type { SourceRow } from "./source.ts";
import { readRows, type SourceFile } from "./source-files.ts";
import { TableReport } from "./table-report.ts";
import type { MigratedTable } from "./tables.ts";

interface Pass {
  database: D1Database;
  /** Voices first, then generations. */
  files: readonly SourceFile[];
  /** What was copied before, if its files were given. */
  former: FormerRun | null;
  /** Whether to write rows that are missing, or differ and are not newer in D1. */
  apply: boolean;
  /** Whether `apply` also deletes the rows of the former run that are gone from the files. */
  deleteMissing: boolean;
  /** Called after each batch with the bytes read since the last call. */
  onBatch: (bytes: number, table: MigratedTable, report: TableReport) => void;
}

/** @returns a report for each file: what was found before anything was written */
export async function comparePass(pass: Pass): Promise<TableReport[]> {
  const { database, files, former, apply, deleteMissing, onBatch } = pass;
  let voiceLines: ReadonlyMap<string, number> = new Map();
  const deletedVoices = new Set<string>();
  const isVoice = (id: string) => voiceLines.has(id) && !deletedVoices.has(id);
  const reports: TableReport[] = [];
  for (const file of files) {
    const { table } = file;
    const report = new TableReport();
    const formerRows: FormerRows = former?.get(table.name) ?? new Map();
    const gone = new Map(formerRows);
    const linesById = new Map<string, number>();
    let bytes = 0;
    const rows = readRows(file, (length) => {
      bytes += length;
    });
    for await (const batch of validBatches(removeFrom(gone, rows), linesById, report)) {
      if (table.name === "generations") await unlinkUnknownVoices(database, batch, isVoice, report);
      const { outdated, deletedIds } = await compareBatch({ database, table, batch, formerRows }, report);
      if (table.name === "voices") for (const id of deletedIds) deletedVoices.add(id);
      if (apply) await writeRows(database, table, outdated);
      onBatch(bytes, table, report);
      bytes = 0;
    }
    await compareGoneRows({ database, table, gone, isDeleted: apply && deleteMissing }, report);
    if (table.name === "voices") voiceLines = linesById;
    reports.push(report);
  }
  return reports;
}

/** The same rows, each of which is removed from `gone`, whether or not it is valid. */
async function* removeFrom(
  gone: Map<string, number>,
  rows: AsyncIterable<SourceRow>,
): AsyncGenerator<SourceRow> {
  for await (const row of rows) {
    gone.delete(row.values.get("id") ?? "");
    yield row;
  }
}

/** Sets `voice_id` to null where the voice is neither in the source nor in D1: D1's foreign key would fail. */
async function unlinkUnknownVoices(
  database: D1Database,
  batch: LocatedRow[],
  isVoice: (id: string) => boolean,
  { unlinked }: TableReport,
): Promise<void> {
  const others = batch.flatMap(({ row }) =>
    typeof row.voice_id === "string" && !isVoice(row.voice_id) ? [row.voice_id] : [],
  );
  const inD1 = await findVoiceIds(database, [...new Set(others)]);
  for (const { row, location } of batch) {
    const { voice_id } = row;
    if (typeof voice_id !== "string" || isVoice(voice_id) || inD1.has(voice_id)) continue;
    row.voice_id = null;
    unlinked.add(`${location}: ${row.id}: its voice ${voice_id}`);
  }
}

interface Batch {
  database: D1Database;
  table: MigratedTable;
  batch: LocatedRow[];
  formerRows: FormerRows;
}

/** @returns the rows to write, and the ids of those that were deleted in D1 */
async function compareBatch(
  { database, table, batch, formerRows }: Batch,
  report: TableReport,
): Promise<{ outdated: OutdatedRows; deletedIds: string[] }> {
  const ids = batch.map(({ row }) => row.id);
  const rowsInD1 = await findRows(database, table, ids);
  const absent = batch.flatMap(({ row }) => (rowsInD1.has(row.id) ? [] : [row]));
  const queued = await findQueuedDeletions(database, table, absent);
  const [missing, differing, deletedIds]: [Row[], Row[], string[]] = [[], [], []];
  for (const { row, location } of batch) {
    const inD1 = rowsInD1.get(row.id);
    const comparison = compareRow(table, row, inD1);
    const subject = `${location}: ${row.id}`;
    switch (comparison.kind) {
      case "missing":
        if (formerRows.has(row.id) || queued.has(row.id)) {
          report.deletedInD1.add(subject);
          deletedIds.push(row.id);
        } else {
          report.missing.add(subject);
          missing.push(row);
        }
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
        differing.push(row);
        break;
      }
    }
  }
  return { outdated: { missing, differing }, deletedIds };
}

const formatChange = (column: string, from: Row[string] | undefined, to: Row[string] | undefined) =>
  `${column} ${formatValue(from)} → ${formatValue(to)}`;

const MAX_VALUE_CHARACTERS = 40;

function formatValue(value: Row[string] | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length > MAX_VALUE_CHARACTERS ? `${text.slice(0, MAX_VALUE_CHARACTERS)}…` : text;
}
