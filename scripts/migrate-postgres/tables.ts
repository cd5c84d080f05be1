// The two tables to migrate: their columns in D1, and which of them Postgres provides.
import { type Column, getTableColumns } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { generations, NO_LEVELS, voices } from "../../src/platform/schema.ts";

export interface MigratedColumn {
  name: string;
  /** The name in the app's Prisma schema, which the drizzle schema uses too. */
  postgresName: string;
  kind: "text" | "real" | "integer" | "time";
  isNullable: boolean;
  /** The only values allowed, for a column that is an enum. */
  enumValues: readonly string[] | undefined;
}

export interface MigratedTable {
  name: "voices" | "generations";
  postgresName: "Voice" | "Generation";
  /** The columns that Postgres provides. */
  columns: readonly MigratedColumn[];
  /** The columns that this service measures of the stored object: valid as long as the row keeps its object key. */
  measured: readonly string[];
}

/** What is known of an object, and would be wrong of another. */
const FACTS = ["durationSeconds", "sizeBytes", "codec", "sampleRateHz", "channels", "bitsPerSample"] as const;
const LEVELS = Object.keys(NO_LEVELS) as (keyof typeof NO_LEVELS)[];

type ColumnKey<T extends SQLiteTable> = keyof T["_"]["columns"] & string;

export const VOICES = migratedTable("voices", "Voice", voices, {
  columns: [
    ...(["id", "orgId", "name", "description", "category", "language", "variant", "r2ObjectKey"] as const),
    ...(["createdAt", "updatedAt"] as const),
  ],
  measured: ["contentType", ...FACTS, ...LEVELS],
});

export const GENERATIONS = migratedTable("generations", "Generation", generations, {
  columns: [
    ...(["id", "orgId", "voiceId", "voiceName", "text", "r2ObjectKey"] as const),
    ...(["temperature", "topP", "topK", "repetitionPenalty", "createdAt", "updatedAt"] as const),
  ],
  measured: ["audioMd5", ...FACTS, ...LEVELS],
});

/** Voices first, because generations reference them. */
export const TABLES = [VOICES, GENERATIONS] as const;

function migratedTable<T extends SQLiteTable>(
  name: MigratedTable["name"],
  postgresName: MigratedTable["postgresName"],
  table: T,
  keys: { columns: ColumnKey<T>[]; measured: ColumnKey<T>[] },
): MigratedTable {
  const columns: Record<string, Column> = getTableColumns(table);
  const pick = (some: string[]) => Object.entries(columns).filter(([key]) => some.includes(key));
  return {
    name,
    postgresName,
    columns: pick(keys.columns).map(([key, column]) => toMigratedColumn(key, column)),
    measured: pick(keys.measured).map(([, column]) => column.name),
  };
}

function toMigratedColumn(key: string, column: Column): MigratedColumn {
  const sqlType = column.getSQLType();
  if (sqlType !== "text" && sqlType !== "real" && sqlType !== "integer") {
    throw new Error(`columns of type ${sqlType} cannot be migrated`);
  }
  return {
    name: column.name,
    postgresName: key,
    kind: column.dataType === "date" ? "time" : sqlType,
    isNullable: !column.notNull,
    enumValues: column.enumValues,
  };
}
