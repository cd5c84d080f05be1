// Rows go from a real Postgres to a local D1 with `npm run migrate-postgres`, and back with `npm run export` and psql.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportRows } from "../../scripts/export/command.ts";
import { migratePostgres } from "../../scripts/migrate-postgres/command.ts";
import { EXPORT_COMMANDS } from "../../scripts/migrate-postgres/source.ts";
import { ROOT } from "../../scripts/operator/paths.ts";
import { APP_SCHEMA } from "../support/app-schema.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { GENERATIONS, VOICES } from "./difficult-rows.ts";
import { givenFolder, givenLocalStores } from "./local-state.ts";
import { GENERATION_COLUMNS, generation, insertRows, VOICE_COLUMNS, voice } from "./postgres-rows.ts";
import { runCommand, type Stores } from "./run-command.ts";

type Row = Record<string, unknown> & { id: string };

interface Tables {
  voices: Row[];
  generations: Row[];
}

/** Thousands of rows, on a machine that runs other tests. */
const LOADED_TIMEOUT_MS = 300_000;

const folder = givenFolder();
const givenStores = givenLocalStores(folder);
let postgres: Postgres;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const tablesIn = async (): Promise<Tables> => ({
  voices: await postgres.rows('select * from "Voice" order by "id" collate "C"'),
  generations: await postgres.rows('select * from "Generation" order by "id" collate "C"'),
});

/** Empty tables of the app. */
async function givenTables(): Promise<void> {
  await postgres.psql("-c", "drop schema public cascade; create schema public", "-c", APP_SCHEMA);
}

async function insertIntoPostgres(table: string, rows: readonly object[]): Promise<void> {
  const file = folder.path("rows.sql");
  const json = JSON.stringify(rows);
  await writeFile(
    file,
    `insert into "${table}" select * from json_populate_recordset(null::"${table}", $rows_of_test$${json}$rows_of_test$)`,
  );
  await postgres.psql("-f", file);
}

/** Exports the tables with the commands of docs/migration.md, and migrates them to D1. */
async function migrateToD1(name: string): Promise<Stores> {
  const stores = await givenStores();
  const directory = folder.path(name);
  await mkdir(directory);
  await postgres.shell(EXPORT_COMMANDS, directory);
  const files = ["voices.csv", "generations.csv"].map((file) => join(directory, file));
  const { code, output } = await runCommand(migratePostgres, [...files, "--apply"], stores);
  expect(code, output).toBe(0);
  return stores;
}

/** Exports D1; returns the command that the tool prints for restoring. */
async function exportFrom(stores: Stores, name: string): Promise<string> {
  const { code, output } = await runCommand(exportRows, [folder.path(name)], stores);
  expect(code, output).toBe(0);
  return /^ {2}(cd .*)$/m.exec(output)?.[1] ?? output;
}

describe("rows that went from Postgres to D1", () => {
  let before: Tables;
  let restore: string;

  beforeAll(async () => {
    await givenTables();
    await insertIntoPostgres("Voice", VOICES);
    await insertIntoPostgres("Generation", GENERATIONS);
    before = await tablesIn();
    restore = await exportFrom(await migrateToD1("way-in"), "way-out");
  }, LOADED_TIMEOUT_MS);

  it("come back into empty tables equal in every field, by \\copy alone", async () => {
    expect(before.voices).toHaveLength(1200);
    expect(before.generations).toHaveLength(3300);
    await givenTables();
    const commands = /```bash\n(psql .*from 'voices\.csv'.*\npsql .*from 'generations\.csv'.*\n)```/.exec(
      await readFile(join(ROOT, "docs/migration.md"), "utf8"),
    )?.[1];
    await postgres.shell(commands ?? "false", folder.path("way-out"));
    expect(await tablesIn()).toEqual(before);
    // A second time, Postgres refuses the ids that it has, and changes nothing.
    await expect(postgres.shell(commands ?? "", folder.path("way-out"))).rejects.toThrow("duplicate key");
    expect(await tablesIn()).toEqual(before);
  });

  it("come back equal by restore.sql, whatever the encoding, time zone and date style of the session", async () => {
    await givenTables();
    await postgres.shell(
      `export PGCLIENTENCODING=LATIN1 PGTZ=Asia/Tokyo PGDATESTYLE="SQL, DMY"; ${restore}`,
      "/",
    );
    expect(await tablesIn()).toEqual(before);
  });
});

describe("an export that is restored into the app's own tables", () => {
  const day = (number: number) => `2026-01-${String(number).padStart(2, "0")}T00:00:00`;
  const voiceRow = (id: string, more: object = {}) => ({
    ...{ id, orgId: "org_a", name: `Voice ${id}`, description: null, category: "GENERAL", language: "en-US" },
    ...{
      variant: "CUSTOM",
      r2ObjectKey: `voices/orgs/org_a/${id}`,
      createdAt: day(1),
      updatedAt: day(1),
      ...more,
    },
  });
  const generationRow = (id: string, voiceId: string | null, more: object = {}) => ({
    ...{
      id,
      orgId: "org_a",
      voiceId,
      text: "Words",
      voiceName: "Ann",
      r2ObjectKey: `generations/orgs/org_a/${id}`,
    },
    ...{
      temperature: 0.8,
      topP: 0.95,
      topK: 1000,
      repetitionPenalty: 1.2,
      createdAt: day(1),
      updatedAt: day(1),
    },
    ...more,
  });

  it("adds, changes, keeps and, when asked to, deletes rows; a second time it changes nothing", async () => {
    await givenTables();
    await postgres.psql("-c", `alter table "Voice" add "tags" text not null default 'none'`);
    const unready = voiceRow("unready", { r2ObjectKey: null });
    await insertIntoPostgres(
      "Voice",
      [voiceRow("kept"), voiceRow("renamed"), voiceRow("deleted"), unready].map((row) => ({
        ...row,
        tags: "app",
      })),
    );
    await insertIntoPostgres("Generation", [
      generationRow("old", "kept"),
      generationRow("orphaned", "deleted"),
    ]);
    const stores = await migrateToD1("own-in");

    // What happens while D1 is the record: voices are created, renamed and deleted, a generation is made.
    const { database } = stores;
    const now = Date.parse(`${day(2)}Z`);
    await insertRows(database, "voices", VOICE_COLUMNS, [voice("new", { created_at: now, updated_at: now })]);
    await insertRows(database, "generations", GENERATION_COLUMNS, [
      generation("made", { voice_id: "new", created_at: now, updated_at: now }),
    ]);
    await database.batch([
      database.prepare("update voices set name = 'Renamed', updated_at = ? where id = 'renamed'").bind(now),
      database.prepare("delete from voices where id = 'deleted'"),
    ]);
    // And in the app, afterwards.
    await postgres.psql(
      "-c",
      `update "Voice" set "name" = 'Later', "updatedAt" = '${day(3)}' where "id" = 'kept'`,
      "-c",
      `insert into "Generation" select 'app', "orgId", null, "text", "voiceName", null, 1, 1, 1, 1, "createdAt",
       "updatedAt" from "Generation" where "id" = 'old'`,
    );

    const restore = await exportFrom(stores, "own-out");
    const printed = await postgres.shell(restore, "/");
    expect(printed).toMatch(/voices *\| *3 \| *1 \| *2\n/);
    expect(printed).toMatch(/generations *\| *3 \| *0 \| *1\n/);
    const restored = await tablesIn();
    const ofTest = { createdAt: day(2), updatedAt: day(2), tags: "none" };
    expect(restored.voices).toEqual([
      { ...voiceRow("deleted"), tags: "app" },
      { ...voiceRow("kept"), name: "Later", updatedAt: day(3), tags: "app" },
      { ...voiceRow("new"), ...ofTest },
      { ...voiceRow("renamed"), name: "Renamed", updatedAt: day(2), tags: "app" },
      { ...unready, tags: "app" },
    ]);
    expect(restored.generations.map(({ id, voiceId }) => [id, voiceId])).toEqual([
      ["app", null],
      ["made", "new"],
      ["old", "kept"],
      // Its voice was deleted in D1, which unlinks it without changing updated_at.
      ["orphaned", null],
    ]);

    // Postgres moves a row that is written, even when its values stay the same.
    const places = () =>
      postgres.rows(
        'select "id", ctid::text from "Voice" union all select "id", ctid::text from "Generation"',
      );
    const before = await places();
    await postgres.shell(restore, "/");
    expect(await tablesIn()).toEqual(restored);
    expect(await places()).toEqual(before);

    const deleting = await postgres.shell(`${restore} -v delete_missing=1`, "/");
    expect(deleting).toMatch(/voices *\| *3 \| *1 \| *0\n/);
    const ids = ({ voices, generations }: Tables) => [...voices, ...generations].map(({ id }) => id);
    expect(ids(await tablesIn())).toEqual(["kept", "new", "renamed", "made", "old", "orphaned"]);
  });

  it("changes nothing when a file is cut off", async () => {
    await givenTables();
    const stores = await givenStores();
    await insertRows(stores.database, "voices", VOICE_COLUMNS, [voice("a")]);
    await insertRows(stores.database, "generations", GENERATION_COLUMNS, [
      generation("g", { voice_id: "a" }),
    ]);
    const restore = await exportFrom(stores, "cut-off");
    const file = folder.path("cut-off/generations.csv");
    await writeFile(file, (await readFile(file, "utf8")).slice(0, -30));
    await expect(postgres.shell(restore, "/")).rejects.toThrow(/exported_generations/);
    expect(await tablesIn()).toEqual({ voices: [], generations: [] });
  });
});
