// Validates the rows of one table and groups the valid ones into batches. The report receives the others.
import { voiceInput } from "../../src/voice-creation/schema.ts";
import { parseRow, type Row } from "./row.ts";
import { formatLocation, type SourceRow } from "./source.ts";
import type { TableReport } from "./table-report.ts";

export interface LocatedRow {
  row: Row;
  /** As {@link formatLocation} writes it. */
  location: string;
}

const MAX_ROWS = 400;
const MAX_CHARACTERS = 1_000_000;

/**
 * Batches of at most 400 rows and about a million characters of text.
 * @param linesById receives the id and the line of each valid row. It is the only thing that grows with the source, by
 * some hundred bytes a row.
 */
export async function* validBatches(
  rows: AsyncIterable<SourceRow>,
  linesById: Map<string, number>,
  report: TableReport,
): AsyncGenerator<LocatedRow[]> {
  let batch: LocatedRow[] = [];
  let characters = 0;
  for await (const sourceRow of rows) {
    const row = validateRow(sourceRow, linesById, report);
    if (!row) continue;
    batch.push({ row, location: formatLocation(sourceRow.location) });
    characters += countCharacters(row);
    if (batch.length < MAX_ROWS && characters < MAX_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

function validateRow(sourceRow: SourceRow, linesById: Map<string, number>, report: TableReport): Row | null {
  const { table, values, location } = sourceRow;
  const parsed = parseRow(sourceRow);
  const id = values.get("id") ?? null;
  const subject = `${formatLocation(location)}: ${id ?? "a row without an id"}`;
  const earlierLine = linesById.get(id ?? "");
  report.sourceRows += 1;
  if (parsed.kind === "rejected") {
    report.rejected.add(`${subject}: ${parsed.reason}`);
  } else if (earlierLine !== undefined) {
    report.rejected.add(`${subject}: line ${earlierLine} has the same id; delete one of the two rows`);
  } else if (parsed.kind === "without-audio") {
    report.withoutAudio.add(subject);
  } else {
    linesById.set(copyOf(parsed.row.id), location.line);
    if (table.name === "voices") {
      const { error } = voiceInput.safeParse(parsed.row);
      if (error) report.irregular.add(`${subject}: ${error.issues.map(({ message }) => message).join("; ")}`);
    }
    return parsed.row;
  }
  return null;
}

/** V8 keeps the whole chunk in memory as long as a substring of it is referenced. */
export const copyOf = (text: string) => Buffer.from(text).toString();

const countCharacters = (row: Row): number =>
  Object.values(row).reduce<number>((sum, value) => sum + (typeof value === "string" ? value.length : 0), 0);
