// Rows of Resonance's tables, and the CSV that Postgres writes of them.
import type { Row } from "../../scripts/migrate-postgres/row.ts";

/** The columns' names in D1, by their names in Postgres. */
export const VOICE_COLUMNS = {
  ...{ id: "id", orgId: "org_id", name: "name", description: "description", category: "category" },
  ...{ language: "language", variant: "variant", r2ObjectKey: "r2_object_key" },
  ...{ createdAt: "created_at", updatedAt: "updated_at" },
};
export const GENERATION_COLUMNS = {
  ...{ id: "id", orgId: "org_id", voiceId: "voice_id", text: "text", voiceName: "voice_name" },
  ...{ r2ObjectKey: "r2_object_key", temperature: "temperature", topP: "top_p", topK: "top_k" },
  ...{ repetitionPenalty: "repetition_penalty", createdAt: "created_at", updatedAt: "updated_at" },
};

const CREATED_AT = Date.UTC(2025, 0, 1, 12, 30, 0, 125);

export const voice = (id: string, more: Partial<Row> = {}): Row => ({
  id,
  org_id: "org_a",
  name: `Voice ${id}`,
  description: null,
  category: "GENERAL",
  language: "en-US",
  variant: "CUSTOM",
  r2_object_key: `voices/orgs/org_a/${id}`,
  created_at: CREATED_AT,
  updated_at: CREATED_AT,
  ...more,
});

export const generation = (id: string, more: Partial<Row> = {}): Row => ({
  id,
  org_id: "org_a",
  voice_id: null,
  text: "Some words.",
  voice_name: "Aaron",
  r2_object_key: `generations/orgs/org_a/${id}`,
  temperature: 0.8,
  top_p: 0.95,
  top_k: 1000,
  repetition_penalty: 1.2,
  created_at: CREATED_AT,
  updated_at: CREATED_AT,
  ...more,
});

const timestamp = (milliseconds: number) =>
  new Date(milliseconds).toISOString().replace("T", " ").slice(0, -1);

/** A value in Postgres's text form. */
const textOf = (column: string, value: Row[string]): string | null => {
  if (value === null) return null;
  return /_at$/.test(column) && typeof value === "number" ? timestamp(value) : String(value);
};

type Columns = Record<string, string>;

/** The texts of a row by the columns' names in D1. */
export const sourceTexts = (columns: Columns, row: Row): Record<string, string | null> =>
  Object.fromEntries(Object.values(columns).map((column) => [column, textOf(column, row[column] ?? null)]));

/** As `\copy … csv header` writes it. */
export const csv = (columns: Columns, rows: readonly Row[]): string => {
  const field = (text: string | null) => {
    if (text === null) return "";
    return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = rows.map((row) =>
    Object.values(columns)
      .map((column) => field(textOf(column, row[column] ?? null)))
      .join(","),
  );
  return [Object.keys(columns).join(","), ...lines, ""].join("\n");
};

/** The rows in D1 with these columns, by id. */
export async function rowsInD1(database: D1Database, table: string, columns: Columns): Promise<Row[]> {
  const names = Object.values(columns).join(", ");
  const { results } = await database.prepare(`select ${names} from ${table} order by id`).all<Row>();
  return results;
}

/** Stores rows with these columns in D1. */
export async function insertRows(
  database: D1Database,
  table: string,
  columns: Columns,
  rows: readonly Row[],
): Promise<void> {
  const names = Object.values(columns);
  const insert = database.prepare(
    `insert into ${table} (${names.join(", ")}) values (${names.map(() => "?").join(", ")})`,
  );
  if (rows.length > 0)
    await database.batch(rows.map((row) => insert.bind(...names.map((name) => row[name]))));
}
