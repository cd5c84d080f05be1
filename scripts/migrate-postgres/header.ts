// Matches the header line of a CSV export with the columns of a table. Pure.
import { type MigratedTable, TABLES } from "./tables.ts";

type HeaderMatch =
  | {
      kind: "matched";
      table: MigratedTable;
      /** The column's name in D1 for each field of the file; undefined for one that is not migrated. */
      columns: (string | undefined)[];
    }
  /** The line names no column of either table. */
  | { kind: "no-header" }
  /** The line has less than half of the columns of either table. */
  | { kind: "other-table" }
  | { kind: "missing-columns"; table: MigratedTable; missing: string[] }
  | { kind: "duplicate-column"; column: string };

/** Prisma's `r2ObjectKey` and a mapped `r2_object_key` are the same column. */
const normalizeName = (name: string): string => name.replaceAll("_", "").toLowerCase();

/** Decides by the columns alone which table a file contains; its name is not used. */
export function matchHeader(names: readonly string[]): HeaderMatch {
  const normalized = names.map(normalizeName);
  const [closest] = TABLES.map((table) => {
    const missing = table.columns.filter(({ name }) => !normalized.includes(normalizeName(name)));
    return {
      table,
      missing: missing.map(({ name }) => name),
      share: 1 - missing.length / table.columns.length,
    };
  }).toSorted((a, b) => b.share - a.share);
  if (!closest || closest.share === 0) return { kind: "no-header" };
  const { table, missing, share } = closest;
  if (share < 0.5) return { kind: "other-table" };
  if (missing.length > 0) return { kind: "missing-columns", table, missing };
  const columns = normalized.map(
    (name) => table.columns.find((column) => normalizeName(column.name) === name)?.name,
  );
  const duplicate = columns.find((name, index) => name !== undefined && columns.indexOf(name) !== index);
  return duplicate === undefined
    ? { kind: "matched", table, columns }
    : { kind: "duplicate-column", column: duplicate };
}
