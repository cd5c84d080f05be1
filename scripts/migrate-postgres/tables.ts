// The two tables that move: what they are called on either side, and which of D1's columns Postgres fills.
import { type Column, getTableColumns } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { generations, voices } from "../../src/platform/schema.ts";

export interface MigratedColumn {
  name: string;
  kind: "text" | "real" | "integer" | "time";
  isNullable: boolean;
  /** The only texts that D1 takes, where it is choosy. */
  texts: readonly string[] | undefined;
}

export interface MigratedTable {
  name: "voices" | "generations";
  /** What Prisma may have called it, in lower case. */
  sourceNames: readonly string[];
  columns: readonly MigratedColumn[];
  /** What this service has found out about the object: it holds as long as the row names the same object. */
  measured: readonly string[];
}

const MEASURED = ["contentType", "durationSeconds", "sizeBytes", "audioMd5"];

export const VOICES = describe("voices", voices, ["voice", "voices"], {
  ...{ id: true, orgId: true, name: true, description: true, category: true, language: true },
  ...{ variant: true, r2ObjectKey: true, createdAt: true, updatedAt: true },
});

export const GENERATIONS = describe("generations", generations, ["generation", "generations"], {
  ...{ id: true, orgId: true, voiceId: true, voiceName: true, text: true, r2ObjectKey: true },
  ...{ temperature: true, topP: true, topK: true, repetitionPenalty: true, createdAt: true, updatedAt: true },
});

/** Voices before generations, which refer to them. */
export const TABLES = [VOICES, GENERATIONS] as const;

function describe<T extends SQLiteTable>(
  name: MigratedTable["name"],
  table: T,
  sourceNames: string[],
  fromPostgres: { [K in keyof T["_"]["columns"]]?: true },
): MigratedTable {
  const columns = Object.entries<Column>(getTableColumns(table));
  return {
    name,
    sourceNames,
    columns: columns.filter(([key]) => key in fromPostgres).map(([, column]) => columnOf(column)),
    measured: columns.filter(([key]) => MEASURED.includes(key)).map(([, column]) => column.name),
  };
}

function columnOf(column: Column): MigratedColumn {
  const sqlType = column.getSQLType();
  if (sqlType !== "text" && sqlType !== "real" && sqlType !== "integer") {
    throw new Error(`no way to bring a ${sqlType} over`);
  }
  return {
    name: column.name,
    kind: column.dataType === "date" ? "time" : sqlType,
    isNullable: !column.notNull,
    texts: column.enumValues,
  };
}
