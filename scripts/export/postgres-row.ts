// Turns a row of D1 into the texts that Postgres stores, or says why Postgres cannot store it. Pure.
import type { Row } from "../migrate-postgres/row.ts";
import type { MigratedColumn, MigratedTable } from "../migrate-postgres/tables.ts";

type PostgresRow =
  | { kind: "row"; fields: (string | null)[] }
  | { kind: "rejected"; reason: string }
  /** A custom voice without audio: an upload that has not ended, or was abandoned. The cron deletes those. */
  | { kind: "without-audio" };

const MAX_INTEGER = 2 ** 31 - 1;

/** The fields are in the order of the table's columns. */
export function toPostgresRow({ name, columns }: MigratedTable, row: Row): PostgresRow {
  if (name === "voices" && row.variant === "CUSTOM" && row.r2_object_key === null) {
    return { kind: "without-audio" };
  }
  const fields: (string | null)[] = [];
  for (const column of columns) {
    const value = row[column.name] ?? null;
    if (value === null && column.isNullable) {
      fields.push(null);
      continue;
    }
    const field = formatters[column.kind](value);
    if (field === null) {
      return { kind: "rejected", reason: `Postgres cannot store its ${column.postgresName}` };
    }
    fields.push(field);
  }
  return { kind: "row", fields };
}

/** Each returns null for what is no value of its kind in Postgres. */
const formatters: Record<MigratedColumn["kind"], (value: unknown) => string | null> = {
  text: (value) => (typeof value === "string" && !value.includes("\0") ? value : null),
  // JavaScript writes the shortest text that is read as the same float.
  real: (value) => (typeof value === "number" && Number.isFinite(value) ? String(value) : null),
  integer: (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= -MAX_INTEGER - 1 && value <= MAX_INTEGER
      ? String(value)
      : null,
  time: formatTime,
};

/** UTC without a zone, as Prisma's `timestamp(3)` holds it. Outside of the years 1 to 9999 the texts differ. */
function formatTime(milliseconds: unknown): string | null {
  const time = new Date(typeof milliseconds === "number" ? milliseconds : Number.NaN);
  if (Number.isNaN(time.valueOf())) return null;
  const text = time.toISOString();
  return /^(?!0000)\d{4}-/.test(text) ? text.slice(0, -1).replace("T", " ") : null;
}
