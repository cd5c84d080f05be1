// Parses a row of the source into the values that D1 stores, or says why D1 cannot store it. Pure.
import { isWellFormedLanguageTag, normalizeLanguageTag } from "../../src/platform/language-tag.ts";
import type { SourceRow } from "./source.ts";
import type { MigratedColumn, MigratedTable } from "./tables.ts";

type Value = string | number | null;

/** By the columns' names in D1, in the types that D1 stores. */
export type Row = { id: string; updated_at: number } & Record<string, Value>;

type ParsedRow =
  | { kind: "row"; row: Row }
  | { kind: "rejected"; reason: string }
  /** A custom voice without audio: the cleanup job would delete it as an abandoned upload. */
  | { kind: "without-audio" };

/** How a row in D1 relates to the row of the same id in the source. */
type RowComparison =
  | { kind: "missing" }
  | { kind: "same" }
  /** The row in D1 has the later `updated_at`. */
  | { kind: "newer"; columns: string[] }
  | { kind: "differing"; columns: string[] };

/** D1's limit for a row. */
const MAX_ROW_BYTES = 2_000_000;
const NUMBER_BYTES = 8;
const MAX_SHOWN_CHARACTERS = 80;

export function parseRow({ table, values }: SourceRow): ParsedRow {
  const row: Record<string, Value> = {};
  for (const column of table.columns) {
    const value = parseValue(column, values.get(column.name) ?? null);
    if (typeof value === "object" && value !== null) return { kind: "rejected", ...value };
    row[column.name] = value;
  }
  if (table.name === "voices") {
    if ((row.variant === "SYSTEM") !== (row.org_id === null)) {
      const reason = row.org_id === null ? "a CUSTOM voice without an orgId" : "a SYSTEM voice with an orgId";
      return { kind: "rejected", reason };
    }
    if (row.variant === "CUSTOM" && row.r2_object_key === null) return { kind: "without-audio" };
    row.language = languageOf(String(row.language));
  }
  return rowBytes(row) > MAX_ROW_BYTES
    ? { kind: "rejected", reason: `larger than D1's limit of ${MAX_ROW_BYTES} bytes` }
    : { kind: "row", row: row as Row };
}

/** The tag as a new voice would store it. What is no tag is kept: the app accepted any text. */
function languageOf(text: string): string {
  const tag = normalizeLanguageTag(text);
  return isWellFormedLanguageTag(tag) ? tag : text;
}

/** Compares only the columns that Postgres provides. */
export function compareRow({ columns }: MigratedTable, row: Row, inD1: Row | undefined): RowComparison {
  if (!inD1) return { kind: "missing" };
  const differing = columns.map(({ name }) => name).filter((name) => row[name] !== inD1[name]);
  if (differing.length === 0) return { kind: "same" };
  return { kind: inD1.updated_at > row.updated_at ? "newer" : "differing", columns: differing };
}

const rowBytes = (row: Record<string, Value>): number =>
  Object.values(row).reduce<number>(
    (bytes, value) => bytes + (typeof value === "string" ? Buffer.byteLength(value) : NUMBER_BYTES),
    0,
  );

function parseValue(column: MigratedColumn, text: string | null): Value | { reason: string } {
  if (text === null) return column.isNullable ? null : { reason: `${column.name} is NULL` };
  const value = parsers[column.kind](text);
  const isValid = value !== null && (!column.enumValues || column.enumValues.includes(text));
  return isValid
    ? value
    : { reason: `${column.name} cannot be ${JSON.stringify(text.slice(0, MAX_SHOWN_CHARACTERS))}` };
}

/** Each returns null for a text that is no value of its kind. */
const parsers: Record<MigratedColumn["kind"], (text: string) => Value> = {
  text: (text) => text,
  real: (text) => (/^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? finiteOrNull(Number(text)) : null),
  integer: (text) => (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null),
  time: toMilliseconds,
};

const finiteOrNull = (number: number) => (Number.isFinite(number) ? number : null);

/** Milliseconds since 1970; UTC where the timestamp has no zone. Truncates microseconds, as Prisma does. */
function toMilliseconds(text: string): number | null {
  const [, date, time, offset = "Z"] =
    /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d(?::\d\d)?)?$/.exec(text) ?? [];
  if (date === undefined) return null;
  const zone = offset.length === 3 ? `${offset}:00` : offset;
  const milliseconds = Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}
