// The two tables in D1: found by id, and written without touching what this service knows better.
import type { Row } from "./row.ts";
import type { MigratedTable } from "./tables.ts";

/** D1's limit in a statement. */
const MAX_PARAMETERS = 100;

/** D1's rows of those ids, by id. */
export async function findRows(
  database: D1Database,
  { name, columns }: MigratedTable,
  ids: readonly string[],
): Promise<Map<string, Row>> {
  const names = columns.map((column) => column.name).join(", ");
  const rows = await selectByIds<Row>(database, `select ${names} from ${name}`, ids);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Those of the ids that are voices in D1. */
export async function findVoiceIds(database: D1Database, ids: readonly string[]): Promise<Set<string>> {
  const rows = await selectByIds<{ id: string }>(database, "select id from voices", ids);
  return new Set(rows.map(({ id }) => id));
}

async function selectByIds<T>(database: D1Database, select: string, ids: readonly string[]): Promise<T[]> {
  if (ids.length === 0) return [];
  const results = await database.batch<T>(
    portions(ids, MAX_PARAMETERS).map((some) =>
      database.prepare(`${select} where id in (${some.map(() => "?").join(", ")})`).bind(...some),
    ),
  );
  return results.flatMap((result) => result.results);
}

/**
 * Writes the rows, all or none. A row that is newer in D1 stays; what was measured of an object stays as long as the
 * row names that object.
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
  await database.batch(
    portions(rows, Math.floor(MAX_PARAMETERS / names.length)).map((some) =>
      database
        .prepare(
          `insert into ${name} (${names.join(", ")}) values ${some.map(() => tuple).join(", ")} ` +
            `on conflict (id) do update set ${updates.join(", ")} where excluded.updated_at >= ${name}.updated_at`,
        )
        .bind(...some.flatMap((row) => names.map((column) => row[column]))),
    ),
  );
}

export async function countRows(database: D1Database, { name }: MigratedTable): Promise<number> {
  const row = await database.prepare(`select count(*) as count from ${name}`).first<{ count: number }>();
  return row?.count ?? 0;
}

function portions<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
