// The source's rows of one table that D1 can have, in batches; of the others it is noted why not.
import type { Findings } from "./findings.ts";
import { judgeRow, type Row } from "./row.ts";
import { type SourceRow, told } from "./source.ts";
import type { MigratedTable } from "./tables.ts";

/** A row and, in words, where it stands. */
export interface PlacedRow {
  row: Row;
  place: string;
}

const MAX_ROWS = 400;
const MAX_CHARACTERS = 1_000_000;

/**
 * `seen` takes the ids of the rows that pass. It alone grows with the source: by some hundred bytes a row.
 * The batches hold 400 rows at most, and about a million characters of text.
 */
export async function* inBatches(
  source: AsyncIterable<SourceRow>,
  table: MigratedTable,
  seen: Set<string>,
  findings: Findings,
): AsyncGenerator<PlacedRow[]> {
  let batch: PlacedRow[] = [];
  let characters = 0;
  for await (const sourceRow of source) {
    if (sourceRow.table !== table) continue;
    const row = passing(sourceRow, seen, findings);
    if (!row) continue;
    batch.push({ row, place: told(sourceRow.place) });
    characters += charactersOf(row);
    if (batch.length < MAX_ROWS && characters < MAX_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

function passing(sourceRow: SourceRow, seen: Set<string>, findings: Findings): Row | null {
  const { texts, place } = sourceRow;
  const judged = judgeRow(sourceRow);
  const subject = `${told(place)}: ${texts.get("id") ?? "a row without an id"}`;
  findings.source += 1;
  if (judged.kind === "rejected") {
    findings.rejected.add(`${subject}: ${judged.reason}`);
  } else if (seen.has(texts.get("id") ?? "")) {
    findings.rejected.add(`${subject}: the source has a row of this id before`);
  } else if (judged.kind === "left-out") {
    findings.leftOut.add(subject);
  } else {
    seen.add(detached(judged.row.id));
    return judged.row;
  }
  return null;
}

// A piece of a string keeps the whole of it in memory.
const detached = (text: string) => Buffer.from(text).toString();

const charactersOf = (row: Row): number =>
  Object.values(row).reduce<number>((sum, value) => sum + (typeof value === "string" ? value.length : 0), 0);
