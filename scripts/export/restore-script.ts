// The psql script that restores an export into the app's tables. Pure.
import { type MigratedTable, TABLES } from "../migrate-postgres/tables.ts";

const quote = (name: string) => `"${name}"`;

/** The columns of the CSV file, for its header and for SQL. */
export const columnNames = ({ columns }: MigratedTable): string[] =>
  columns.map(({ postgresName }) => postgresName);

const columnsOf = (table: MigratedTable) => columnNames(table).map(quote).join(", ");

export const csvFileName = ({ name }: MigratedTable): string => `${name}.csv`;

/** The ids of earlier files, and whether D1 has lost them since. */
export const earlierFileName = ({ name }: MigratedTable): string => `earlier-${name}.csv`;

export const RESTORE_SCRIPT = "restore.sql";
/** What the script writes beside itself when it has succeeded. */
export const RESTORED_MARK = "restored.csv";

const INTRODUCTION = `-- Restores exported voices and generations into the app's tables, in one transaction. In this folder:
--   psql "$DATABASE_URL" -f ${RESTORE_SCRIPT}
-- It adds the rows that Postgres does not have, and changes those that are not newer in Postgres. Of the rows that the
-- earlier files had (--since), it deletes those that were deleted in D1, and adds none that was deleted in Postgres.
-- Rows that were never in D1 are kept. It can be repeated as long as the app does not delete.
\\set ON_ERROR_STOP on
\\encoding UTF8
BEGIN;
SET LOCAL TIME ZONE 'UTC';`;

export const restoreScript = (): string =>
  [
    INTRODUCTION,
    ...TABLES.map(load),
    ...TABLES.toReversed().map(deleteDeleted),
    ...TABLES.map(merge),
    ...TABLES.map(report),
    "COMMIT;",
    `\\copy (SELECT now() AS "restoredAt") TO '${RESTORED_MARK}' WITH (FORMAT csv, HEADER)`,
    "",
  ].join("\n");

const load = (table: MigratedTable) => `
CREATE TEMPORARY TABLE exported_${table.name} ON COMMIT DROP
  AS SELECT ${columnsOf(table)} FROM ${quote(table.postgresName)} WITH NO DATA;
\\copy exported_${table.name} (${columnsOf(table)}) FROM '${csvFileName(table)}' WITH (FORMAT csv, HEADER)
CREATE TEMPORARY TABLE earlier_${table.name} ("id" TEXT PRIMARY KEY, "isDeleted" BOOLEAN NOT NULL) ON COMMIT DROP;
\\copy earlier_${table.name} FROM '${earlierFileName(table)}' WITH (FORMAT csv, HEADER)`;

const deleteDeleted = (table: MigratedTable) => `
DELETE FROM ${quote(table.postgresName)} p USING earlier_${table.name} e WHERE e."id" = p."id" AND e."isDeleted";`;

/** Two statements: one INSERT … ON CONFLICT DO UPDATE would add again a row that the app deletes at the same time. */
function merge(table: MigratedTable): string {
  const target = quote(table.postgresName);
  const ofRow = (row: string) =>
    columnNames(table)
      .map((name) => `${row}.${quote(name)}`)
      .join(", ");
  return `${table.name === "generations" ? UNLINK : ""}
INSERT INTO ${target} (${columnsOf(table)}) SELECT ${columnsOf(table)} FROM exported_${table.name} e
  WHERE NOT EXISTS (SELECT FROM earlier_${table.name} WHERE "id" = e."id") ON CONFLICT ("id") DO NOTHING;
UPDATE ${target} p SET (${columnsOf(table)}) = ROW (${ofRow("e")}) FROM exported_${table.name} e
  WHERE e."id" = p."id" AND e."updatedAt" >= p."updatedAt" AND (${ofRow("p")}) IS DISTINCT FROM (${ofRow("e")});`;
}

/** Postgres's foreign key would fail for a voice that was deleted there. */
const UNLINK = `
UPDATE exported_generations e SET "voiceId" = NULL
  WHERE "voiceId" IS NOT NULL AND NOT EXISTS (SELECT FROM "Voice" WHERE "id" = e."voiceId");`;

const report = (table: MigratedTable) => `
SELECT '${table.name}' AS "table", count(*) AS "in the export",
  count(*) FILTER (WHERE p."updatedAt" > e."updatedAt") AS "newer in Postgres, kept",
  count(*) FILTER (WHERE p."id" IS NULL) AS "deleted in Postgres, not added",
  (SELECT count(*) FROM ${quote(table.postgresName)} p
    WHERE NOT EXISTS (SELECT FROM exported_${table.name} e WHERE e."id" = p."id")) AS "only in Postgres"
  FROM exported_${table.name} e LEFT JOIN ${quote(table.postgresName)} p USING ("id");`;
