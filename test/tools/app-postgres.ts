// A real Postgres with the app's tables, and the two ways between it and a local D1: the documented commands.
import { mkdir, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect } from "vitest";
import { exportRows } from "../../scripts/export/command.ts";
import { migratePostgres } from "../../scripts/migrate-postgres/command.ts";
import { EXPORT_COMMANDS } from "../../scripts/migrate-postgres/source.ts";
import { APP_SCHEMA } from "../support/app-schema.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import type { givenFolder } from "./local-state.ts";
import { runCommand, type Stores } from "./run-command.ts";

type Row = Record<string, unknown> & { id: string };

export interface Tables {
  voices: Row[];
  generations: Row[];
}

export const idsOf = ({ voices, generations }: Tables): string[] =>
  [...voices, ...generations].map(({ id }) => id);

/** A time of the app's tables. */
export const day = (number: number) => `2026-01-${String(number).padStart(2, "0")}T00:00:00`;

/** Rows of the app's tables. */
export const voiceRow = (id: string, more: object = {}) => ({
  ...{ id, orgId: "org_a", name: `Voice ${id}`, description: null, category: "GENERAL", language: "en-US" },
  ...{ variant: "CUSTOM", r2ObjectKey: `voices/orgs/org_a/${id}`, createdAt: day(1), updatedAt: day(1) },
  ...more,
});
export const generationRow = (id: string, voiceId: string | null, more: object = {}) => ({
  ...{ id, orgId: "org_a", voiceId, text: "Words", voiceName: "Ann" },
  ...{ r2ObjectKey: `generations/orgs/org_a/${id}`, temperature: 0.8, topP: 0.95, topK: 1000 },
  ...{ repetitionPenalty: 1.2, createdAt: day(1), updatedAt: day(1) },
  ...more,
});

/** Starts Postgres for the test file; `folder` holds the files between the two databases. */
export function givenAppPostgres(folder: ReturnType<typeof givenFolder>) {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  return {
    /** For a connection of the test's own. */
    url: () => postgres.url,
    /** Runs SQL statements. */
    sql: (...statements: string[]) => postgres.psql(...statements.flatMap((text) => ["-c", text])),
    rows: <T>(query: string) => postgres.rows<T>(query),
    /** Runs a documented shell command in a folder. */
    shell: (command: string, directory: string) => postgres.shell(command, directory),

    tables: async (): Promise<Tables> => ({
      voices: await postgres.rows('select * from "Voice" order by "id" collate "C"'),
      generations: await postgres.rows('select * from "Generation" order by "id" collate "C"'),
    }),

    /** Makes the app's tables, empty. */
    async reset(): Promise<void> {
      await postgres.psql("-c", "drop schema public cascade; create schema public", "-c", APP_SCHEMA);
    },

    async insert(table: "Voice" | "Generation", rows: readonly object[]): Promise<void> {
      const file = folder.path("rows.sql");
      const json = JSON.stringify(rows);
      await writeFile(
        file,
        `insert into "${table}" select * from json_populate_recordset(null::"${table}", $rows_of_test$${json}$rows_of_test$)`,
      );
      await postgres.psql("-f", file);
    },

    /** Exports the tables into a folder of this name with the commands of docs/migration.md, and migrates them. */
    async migrate(stores: Stores, name: string): Promise<void> {
      const directory = folder.path(name);
      await mkdir(directory);
      await postgres.shell(EXPORT_COMMANDS, directory);
      const files = ["voices.csv", "generations.csv"].map((file) => `${directory}/${file}`);
      const { code, output } = await runCommand(migratePostgres, [...files, "--apply"], stores);
      expect(code, output).toBe(0);
    },

    /** Exports D1 into a folder of this name; `restore` runs the command that the tool prints. */
    async export(stores: Stores, name: string, ...since: string[]) {
      const options = since.flatMap((earlier) => ["--since", folder.path(earlier)]);
      const { code, output } = await runCommand(exportRows, [folder.path(name), ...options], stores);
      expect(code, output).toBe(0);
      const command = /^ {2}(cd .*)$/m.exec(output)?.[1] ?? output;
      return { output, command, restore: () => postgres.shell(command, "/") };
    },
  };
}
