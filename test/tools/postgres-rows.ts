// Rows as Resonance has them in Postgres, and how pg_dump and \copy would write them.
import type { Row } from "../../scripts/migrate-postgres/row.ts";

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

const AT = Date.UTC(2025, 0, 1, 12, 30, 0, 125);

export const voice = (id: string, more: Partial<Row> = {}): Row => ({
  id,
  org_id: "org_a",
  name: `Voice ${id}`,
  description: null,
  category: "GENERAL",
  language: "en-US",
  variant: "CUSTOM",
  r2_object_key: `voices/orgs/org_a/${id}`,
  created_at: AT,
  updated_at: AT,
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
  created_at: AT,
  updated_at: AT,
  ...more,
});

const timestamp = (milliseconds: number) =>
  new Date(milliseconds).toISOString().replace("T", " ").slice(0, -1);

/** A value in Postgres's text form. */
const plain = (column: string, value: Row[string]): string | null => {
  if (value === null) return null;
  return /_at$/.test(column) && typeof value === "number" ? timestamp(value) : String(value);
};

type Columns = Record<string, string>;
const SQL_NAMES = new Map<Columns, string>([
  [VOICE_COLUMNS, "Voice"],
  [GENERATION_COLUMNS, "Generation"],
]);

function sqlLiteral(column: string, value: Row[string]): string {
  const text = plain(column, value);
  if (text === null) return "NULL";
  const isNumber = typeof value === "number" && Number.isFinite(value) && !/_at$/.test(column);
  return isNumber ? text : `'${text.replaceAll("'", "''")}'`;
}

const quotedNames = (columns: Columns) =>
  Object.keys(columns)
    .map((name) => (/[A-Z]/.test(name) ? `"${name}"` : name))
    .join(", ");

const tuple = (columns: Columns, row: Row) =>
  `(${Object.values(columns)
    .map((column) => sqlLiteral(column, row[column] ?? null))
    .join(", ")})`;

/** One INSERT for each row, as --column-inserts writes it. */
export const inserts = (columns: Columns, rows: readonly Row[]): string =>
  rows
    .map(
      (row) =>
        `INSERT INTO public."${SQL_NAMES.get(columns)}" (${quotedNames(columns)}) VALUES ${tuple(columns, row)};\n`,
    )
    .join("");

export const dump = (voices: readonly Row[], generations: readonly Row[]): string =>
  `--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\n` +
  `${inserts(VOICE_COLUMNS, voices)}\n${inserts(GENERATION_COLUMNS, generations)}`;

export const csv = (columns: Columns, rows: readonly Row[]): string => {
  const field = (text: string | null) => {
    if (text === null) return "";
    return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = rows.map((row) =>
    Object.values(columns)
      .map((column) => field(plain(column, row[column] ?? null)))
      .join(","),
  );
  return [Object.keys(columns).join(","), ...lines, ""].join("\n");
};

/** What D1 has of these columns. */
export async function rowsInD1(database: D1Database, table: string, columns: Columns): Promise<Row[]> {
  const names = Object.values(columns).join(", ");
  const { results } = await database.prepare(`select ${names} from ${table} order by id`).all<Row>();
  return results;
}
