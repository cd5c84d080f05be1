// Passes over the source, each comparing it with D1: to plan, to write, and to see afterwards whether all is there.
import { inBatches, type PlacedRow } from "./batches.ts";
import { findRows, findVoiceIds, writeRows } from "./d1-rows.ts";
import { Comparison, type Findings } from "./findings.ts";
import { differingColumns, type Row } from "./row.ts";
import type { SourceRow } from "./source.ts";
import { type MigratedTable, TABLES } from "./tables.ts";

export interface Pass {
  database: D1Database;
  /** Reads the source from its beginning. */
  read: () => AsyncIterable<SourceRow>;
  /** Writes what is missing or differs and is not newer in D1. */
  apply: boolean;
  /** Hears of each batch that is done. */
  onBatch: (table: MigratedTable, comparison: Comparison) => void;
}

/** Voices first, then generations; the counts are of what was found before anything was written. */
export async function comparePass({ database, read, apply, onBatch }: Pass): Promise<Comparison[]> {
  const voiceIds = new Set<string>();
  const comparisons: Comparison[] = [];
  for (const table of TABLES) {
    const comparison = new Comparison();
    const seen = table.name === "voices" ? voiceIds : new Set<string>();
    for await (const batch of inBatches(read(), table, seen, comparison)) {
      if (table.name === "generations") await unlinkLostVoices(database, batch, voiceIds, comparison);
      const stale = await compareBatch(database, table, batch, comparison);
      if (apply) await writeRows(database, table, stale);
      onBatch(table, comparison);
    }
    comparisons.push(comparison);
  }
  return comparisons;
}

/** A generation may only name a voice that is there: the source's foreign key said so, and D1's does. */
async function unlinkLostVoices(
  database: D1Database,
  batch: PlacedRow[],
  voiceIds: ReadonlySet<string>,
  { unlinked }: Findings,
): Promise<void> {
  const others = batch.flatMap(({ row }) =>
    typeof row.voice_id === "string" && !voiceIds.has(row.voice_id) ? [row.voice_id] : [],
  );
  const inD1 = await findVoiceIds(database, [...new Set(others)]);
  for (const { row, place } of batch) {
    const { voice_id } = row;
    if (typeof voice_id !== "string" || voiceIds.has(voice_id) || inD1.has(voice_id)) continue;
    row.voice_id = null;
    unlinked.add(`${place}: ${row.id}: its voice ${voice_id}`);
  }
}

/** Answers with the rows that D1 lacks, or has otherwise and not newer. */
async function compareBatch(
  database: D1Database,
  table: MigratedTable,
  batch: PlacedRow[],
  comparison: Comparison,
): Promise<Row[]> {
  const inD1 = await findRows(
    database,
    table,
    batch.map(({ row }) => row.id),
  );
  return batch.flatMap(({ row, place }) => {
    const other = inD1.get(row.id);
    const columns = other ? differingColumns(table, row, other) : [];
    const subject = `${place}: ${row.id}`;
    if (!other) {
      comparison.missing.add(subject);
    } else if (columns.length === 0) {
      comparison.same += 1;
      return [];
    } else if (other.updated_at > row.updated_at) {
      comparison.newer.add(`${subject}: ${columns.join(", ")}`);
      return [];
    } else {
      comparison.differing.add(`${subject}: ${columns.map((name) => change(name, row, other)).join(", ")}`);
    }
    return [row];
  });
}

const change = (name: string, row: Row, other: Row) => `${name} ${shown(other[name])} → ${shown(row[name])}`;

function shown(value: Row[string] | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
