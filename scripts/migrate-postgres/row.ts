// A row as D1 will have it, made of the source's texts, or the reason why D1 can't have it.
import type { SourceRow } from "./source.ts";
import type { MigratedColumn, MigratedTable } from "./tables.ts";

type Value = string | number | null;

/** By D1's column names, in the types that D1 stores. */
export type Row = { id: string; updated_at: number } & Record<string, Value>;

export type Judged =
  | { kind: "row"; row: Row }
  | { kind: "rejected"; reason: string }
  /** A custom voice whose audio never came: this service's sweep would take it back. */
  | { kind: "left-out" };

/** D1's limit on a row. */
const MAX_ROW_BYTES = 2_000_000;

export function judgeRow({ table, texts }: SourceRow): Judged {
  const row: Record<string, Value> = {};
  for (const column of table.columns) {
    const value = d1Value(column, texts.get(column.name) ?? null);
    if (typeof value === "object" && value !== null) return { kind: "rejected", ...value };
    row[column.name] = value;
  }
  if (table.name === "voices") {
    if ((row.variant === "SYSTEM") !== (row.org_id === null)) {
      const reason = row.org_id === null ? "a CUSTOM voice without an orgId" : "a SYSTEM voice with an orgId";
      return { kind: "rejected", reason };
    }
    if (row.variant === "CUSTOM" && row.r2_object_key === null) return { kind: "left-out" };
  }
  return bytesOf(row) > MAX_ROW_BYTES
    ? { kind: "rejected", reason: `larger than D1's ${MAX_ROW_BYTES} bytes` }
    : { kind: "row", row: row as Row };
}

const bytesOf = (row: Record<string, Value>): number =>
  Object.values(row).reduce<number>(
    (bytes, value) => bytes + (typeof value === "string" ? Buffer.byteLength(value) : 8),
    0,
  );

function d1Value(column: MigratedColumn, text: string | null): Value | { reason: string } {
  if (text === null) return column.isNullable ? null : { reason: `${column.name} is NULL` };
  const value = parsers[column.kind](text);
  const isTaken = value !== null && (!column.texts || column.texts.includes(text));
  return isTaken ? value : { reason: `${column.name} can't be ${JSON.stringify(text.slice(0, 80))}` };
}

const parsers: Record<MigratedColumn["kind"], (text: string) => Value> = {
  text: (text) => text,
  real: (text) => (/^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? finite(Number(text)) : null),
  integer: (text) => (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null),
  time: toMilliseconds,
};

const finite = (number: number) => (Number.isFinite(number) ? number : null);

/** Milliseconds since 1970 of a timestamp, UTC where it has no zone; what is finer is cut off, as Prisma does. */
function toMilliseconds(text: string): number | null {
  const [, date, time, offset = "Z"] =
    /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d(?::\d\d)?)?$/.exec(text) ?? [];
  if (date === undefined) return null;
  const zone = offset.length === 3 ? `${offset}:00` : offset;
  const milliseconds = Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}

/** The columns of `row` that D1's row has otherwise. */
export const differingColumns = ({ columns }: MigratedTable, row: Row, other: Row): string[] =>
  columns.map(({ name }) => name).filter((name) => row[name] !== other[name]);
