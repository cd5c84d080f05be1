// A fake D1 on SQLite in memory, with the migrations applied and D1's limits: statements have at most 100 parameters
// and 100 kB, and a value at most 2 MB.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { ROOT } from "../../scripts/operator/paths.ts";

const MAX_PARAMETERS = 100;
const MAX_STATEMENT_BYTES = 100_000;
const MAX_VALUE_BYTES = 2_000_000;

export function createMemoryD1(folder: "migrations" | "migrations-search" = "migrations"): D1Database {
  const sqlite = new DatabaseSync(":memory:");
  for (const file of globSync(`${folder}/*.sql`, { cwd: ROOT }).sort()) {
    sqlite.exec(readFileSync(join(ROOT, file), "utf8"));
  }
  return {
    prepare: (sql: string) => createStatement(sqlite, sql, []),
    batch: async (statements: ReturnType<typeof createStatement>[]) => {
      sqlite.exec("begin");
      try {
        const results = statements.map((statement) => statement.execute());
        sqlite.exec("commit");
        return results;
      } catch (error) {
        sqlite.exec("rollback");
        throw error;
      }
    },
  } as unknown as D1Database;
}

function createStatement(sqlite: DatabaseSync, sql: string, parameters: SQLInputValue[]) {
  const select = (returnArrays: boolean): unknown[] => {
    if (Buffer.byteLength(sql) > MAX_STATEMENT_BYTES) throw new Error("D1_ERROR: statement too long");
    try {
      const statement = sqlite.prepare(sql);
      statement.setReturnArrays(returnArrays);
      return statement.all(...parameters);
    } catch (error) {
      throw new Error(`D1_ERROR: ${error instanceof Error ? error.message : error}`);
    }
  };
  const execute = () => ({
    success: true,
    results: select(false).map((row) => ({ ...(row as Record<string, unknown>) })),
    meta: {},
  });
  return {
    bind: (...values: unknown[]) => createStatement(sqlite, sql, toParameters(values)),
    execute,
    all: async () => execute(),
    run: async () => execute(),
    raw: async () => select(true),
    first: async () => execute().results[0] ?? null,
  };
}

function toParameters(values: unknown[]): SQLInputValue[] {
  if (values.length > MAX_PARAMETERS) throw new Error("D1_ERROR: too many SQL variables");
  return values.map((value) => {
    if (typeof value === "boolean") return Number(value);
    if (value !== null && typeof value !== "string" && typeof value !== "number") {
      throw new Error(`D1_TYPE_ERROR: Type '${typeof value}' not supported for value '${String(value)}'`);
    }
    if (typeof value === "string" && Buffer.byteLength(value) > MAX_VALUE_BYTES) {
      throw new Error("D1_ERROR: string or blob too big: SQLITE_TOOBIG");
    }
    return value;
  });
}
