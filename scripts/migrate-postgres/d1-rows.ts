// Reads, writes and deletes rows of the two tables in D1 by id. A row that was deleted in D1 is not written again.
import { generationKey } from "../../src/platform/audio-store.ts";
import { deletionDueAt, deletionKeptUntil } from "../../src/platform/object-deletions.ts";
import type { Row } from "./row.ts";
import type { MigratedTable } from "./tables.ts";

/** D1's limit of bound parameters in a statement. */
const MAX_PARAMETERS = 100;

/** The rows that exist, by id, with the columns that Postgres provides. */
export async function findRows(
  database: D1Database,
  { name, columns }: MigratedTable,
  ids: readonly string[],
): Promise<Map<string, Row>> {
  const names = columns.map((column) => column.name).join(", ");
  const rows = await selectByIds<Row>(database, `select ${names} from ${name}`, ids);
  return new Map(rows.map((row) => [row.id, row]));
}

/** The ids that are voices in D1. */
export async function findVoiceIds(database: D1Database, ids: readonly string[]): Promise<Set<string>> {
  const rows = await selectByIds<{ id: string }>(database, "select id from voices", ids);
  return new Set(rows.map(({ id }) => id));
}

async function selectByIds<T>(database: D1Database, select: string, ids: readonly string[]): Promise<T[]> {
  if (ids.length === 0) return [];
  const results = await database.batch<T>(
    chunk(ids, MAX_PARAMETERS).map((part) =>
      database.prepare(`${select} where id in (${part.map(() => "?").join(", ")})`).bind(...part),
    ),
  );
  return results.flatMap((result) => result.results);
}

/** The key under which D1 queues the deletion of a row, whatever key the row of a generation names. */
const deletionKey = ({ name }: MigratedTable, { id, org_id, r2_object_key }: Row): string | null =>
  name === "generations" ? generationKey(String(org_id), id) : (r2_object_key as string | null);

/** The ids of those rows that were deleted in D1, and whose deletion is still queued. */
export async function findQueuedDeletions(
  database: D1Database,
  table: MigratedTable,
  rows: readonly Row[],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const keys = rows.map((row) => deletionKey(table, row));
  const { results } = await database
    .prepare(
      "select r2_object_key as key from pending_object_deletions where r2_object_key in (select value from json_each(?))",
    )
    .bind(JSON.stringify(keys))
    .all<{ key: string }>();
  const queued = new Set<string | null>(results.map(({ key }) => key));
  return new Set(rows.filter((row) => queued.has(deletionKey(table, row))).map(({ id }) => id));
}

/** Rows to write, by how they were found in D1. */
export interface OutdatedRows {
  missing: readonly Row[];
  differing: readonly Row[];
}

/**
 * Writes all rows in one transaction. A row that is newer in D1 is kept, and one that was deleted in D1 since it was read
 * is not written; the measured columns are kept unless the row's object key changes.
 */
export async function writeRows(
  database: D1Database,
  table: MigratedTable,
  { missing, differing }: OutdatedRows,
): Promise<void> {
  const { name, columns, measured } = table;
  const names = columns.map((column) => column.name);
  const updates = [
    ...names.filter((column) => column !== "id").map((column) => `${column} = excluded.${column}`),
    ...measured.map(
      (column) => `${column} = case when r2_object_key is excluded.r2_object_key then ${column} end`,
    ),
  ];
  // SQLite names the columns of VALUES column1, column2 and so on; the last one here is the key of a deletion.
  const valuesPerRow = names.length + 1;
  const selected = names.map((_, index) => `column${index + 1}`);
  const tuple = `(${Array.from({ length: valuesPerRow }, () => "?").join(", ")})`;
  const statements = (rows: readonly Row[], condition: string) =>
    chunk(rows, Math.floor(MAX_PARAMETERS / valuesPerRow)).map((part) =>
      database
        .prepare(
          `insert into ${name} (${names.join(", ")}) ` +
            `select ${selected.join(", ")} from (values ${part.map(() => tuple).join(", ")}) where ${condition} ` +
            `on conflict (id) do update set ${updates.join(", ")} where excluded.updated_at >= ${name}.updated_at`,
        )
        .bind(...part.flatMap((row) => [...names.map((column) => row[column]), deletionKey(table, row)])),
    );
  const isNotQueued = `not exists (select 1 from pending_object_deletions where r2_object_key = column${valuesPerRow})`;
  const isInD1 = `exists (select 1 from ${name} where id = ${selected[names.indexOf("id")]})`;
  const all = [...statements(missing, isNotQueued), ...statements(differing, isInD1)];
  if (all.length > 0) await database.batch(all);
}

/** Deletes those rows that are still as they were read, and queues their objects, in one transaction, like the service. */
export async function deleteRows(
  database: D1Database,
  table: MigratedTable,
  rows: readonly Row[],
  now: Date,
): Promise<void> {
  const { name } = table;
  const keptUntil = name === "generations" ? deletionKeptUntil(now).getTime() : null;
  const entries = rows.flatMap((row) =>
    [...new Set([row.r2_object_key, deletionKey(table, row)])].map((key) => ({
      key,
      id: row.id,
      updatedAt: row.updated_at,
    })),
  );
  const json = JSON.stringify(entries);
  await database.batch([
    database
      .prepare(
        `insert into pending_object_deletions (r2_object_key, due_at, kept_until)
         select value ->> 'key', ?, ? from json_each(?)
         where value ->> 'key' is not null and exists (
           select 1 from ${name} where id = value ->> 'id' and updated_at = value ->> 'updatedAt')
         on conflict (r2_object_key) do update set due_at = excluded.due_at, kept_until = excluded.kept_until`,
      )
      .bind(deletionDueAt(now).getTime(), keptUntil, json),
    database
      .prepare(
        `delete from ${name} where (id, updated_at) in
           (select value ->> 'id', value ->> 'updatedAt' from json_each(?))`,
      )
      .bind(json),
  ]);
}

export async function countRows(database: D1Database, { name }: MigratedTable): Promise<number> {
  const row = await database.prepare(`select count(*) as count from ${name}`).first<{ count: number }>();
  return row?.count ?? 0;
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
