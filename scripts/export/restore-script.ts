// The psql script that restores an export into the app's tables. Pure.
import { type MigratedTable, TABLES } from "../migrate-postgres/tables.ts";

const quote = (name: string) => `"${name}"`;

/** The columns of the CSV file, for its header and for SQL. */
export const columnNames = ({ columns }: MigratedTable): string[] =>
  columns.map(({ postgresName }) => postgresName);

export const csvFileName = ({ name }: MigratedTable): string => `${name}.csv`;

const INTRODUCTION = `-- Restores exported voices and generations into the app's tables, in one transaction. In this folder:
--   psql "$DATABASE_URL" -f restore.sql
-- It adds the rows that Postgres does not have, and changes those that are not newer in Postgres. It can be repeated.
-- Rows that are not in the export are kept; -v delete_missing=1 deletes them.
\\set ON_ERROR_STOP on
\\encoding UTF8
BEGIN;
SET LOCAL TIME ZONE 'UTC';`;

export const restoreScript = (): string =>
  [
    INTRODUCTION,
    ...TABLES.map(upsert),
    "\\if :{?delete_missing}",
    ...TABLES.toReversed().map(deleteMissing),
    "\\endif",
    ...TABLES.map(report),
    "COMMIT;",
    "",
  ].join("\n");

function upsert(table: MigratedTable): string {
  const names = columnNames(table);
  const columns = names.map(quote).join(", ");
  const target = quote(table.postgresName);
  const ofRow = (row: string) => names.map((name) => `${row}.${quote(name)}`).join(", ");
  return `
CREATE TEMPORARY TABLE exported_${table.name} ON COMMIT DROP AS SELECT ${columns} FROM ${target} WITH NO DATA;
\\copy exported_${table.name} (${columns}) FROM '${csvFileName(table)}' WITH (FORMAT csv, HEADER)
INSERT INTO ${target} (${columns}) SELECT ${columns} FROM exported_${table.name}
  ON CONFLICT ("id") DO UPDATE SET (${columns}) = ROW (${ofRow("EXCLUDED")})
  WHERE EXCLUDED."updatedAt" >= ${target}."updatedAt"
    AND (${ofRow(target)}) IS DISTINCT FROM (${ofRow("EXCLUDED")});`;
}

const isMissing = ({ name, postgresName }: MigratedTable) =>
  `NOT EXISTS (SELECT FROM exported_${name} e WHERE e."id" = ${quote(postgresName)}."id")`;

const deleteMissing = (table: MigratedTable) =>
  `DELETE FROM ${quote(table.postgresName)} WHERE ${isMissing(table)};`;

const report = (table: MigratedTable) => `
SELECT '${table.name}' AS "table", count(*) AS "in the export",
  count(*) FILTER (WHERE p."updatedAt" > e."updatedAt") AS "newer in Postgres, kept",
  (SELECT count(*) FROM ${quote(table.postgresName)} WHERE ${isMissing(table)}) AS "only in Postgres"
  FROM exported_${table.name} e JOIN ${quote(table.postgresName)} p USING ("id");`;
