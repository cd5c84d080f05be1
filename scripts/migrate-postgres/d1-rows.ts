// Reads and writes rows of the two tables in D1 by id.
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

/**
 * Writes all rows in one transaction. A row that is newer in D1 is kept; the measured columns are kept unless the row's
 * object key changes.
 */
export async function writeRows(
  database: D1Database,
  { name, columns, measured }: MigratedTable,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const names = columns.map((column) => column.name);
  const updates = [
    ...names.filter((column) => column !== "id").map((column) => `${column} = excluded.${column}`),
    ...measured.map(
      (column) => `${column} = case when r2_object_key is excluded.r2_object_key then ${column} end`,
    ),
  ];
  const tuple = `(${names.map(() => "?").join(", ")})`;
  await database.batch([
    ...chunk(rows, Math.floor(MAX_PARAMETERS / names.length)).map((part) =>
      database
        .prepare(
          `insert into ${name} (${names.join(", ")}) values ${part.map(() => tuple).join(", ")} ` +
            `on conflict (id) do update set ${updates.join(", ")} where excluded.updated_at >= ${name}.updated_at`,
        )
        .bind(...part.flatMap((row) => names.map((column) => row[column]))),
    ),
    searchChanges(database, name, rows),
  ]);
}

/** Records that the search index must read `rows` again. */
const searchChanges = (database: D1Database, table: MigratedTable["name"], rows: readonly Row[]) =>
  database
    .prepare(
      `insert into search_changes (kind, object_id, org_id)
       select ?, id, org_id from ${table} where id in (select value from json_each(?)) order by created_at, id`,
    )
    .bind(table === "voices" ? "voice" : "generation", JSON.stringify(rows.map(({ id }) => id)));

export async function countRows(database: D1Database, { name }: MigratedTable): Promise<number> {
  const row = await database.prepare(`select count(*) as count from ${name}`).first<{ count: number }>();
  return row?.count ?? 0;
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
