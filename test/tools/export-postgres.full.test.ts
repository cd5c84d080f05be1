// Rows go from a real Postgres to a local D1 with `npm run migrate-postgres`, and back with `npm run export` and psql.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/operator/paths.ts";
import { givenAppPostgres, type Tables } from "./app-postgres.ts";
import { GENERATIONS, VOICES } from "./difficult-rows.ts";
import { givenFolder, givenLocalStores } from "./local-state.ts";
import type { Stores } from "./run-command.ts";

/** Thousands of rows, on a machine that runs other tests. */
const LOADED_TIMEOUT_MS = 300_000;

const folder = givenFolder();
const givenStores = givenLocalStores(folder);
const app = givenAppPostgres(folder);

describe("rows that went from Postgres to D1", () => {
  let stores: Stores;
  let before: Tables;
  let restore: string;

  beforeAll(async () => {
    await app.reset();
    await app.insert("Voice", VOICES);
    await app.insert("Generation", GENERATIONS);
    before = await app.tables();
    stores = await givenStores();
    await app.migrate(stores, "way-in");
    ({ command: restore } = await app.export(stores, "way-out"));
  }, LOADED_TIMEOUT_MS);

  it("come back into empty tables equal in every field, by \\copy alone", async () => {
    expect(before.voices).toHaveLength(1200);
    expect(before.generations).toHaveLength(3300);
    await app.reset();
    const commands = /```bash\n(psql .*from 'voices\.csv'.*\npsql .*from 'generations\.csv'.*\n)```/.exec(
      await readFile(join(ROOT, "docs/migration.md"), "utf8"),
    )?.[1];
    await app.shell(commands ?? "false", folder.path("way-out"));
    expect(await app.tables()).toEqual(before);
    // A second time, Postgres refuses the ids that it has, and changes nothing.
    await expect(app.shell(commands ?? "", folder.path("way-out"))).rejects.toThrow("duplicate key");
    expect(await app.tables()).toEqual(before);
  });

  it("come back equal by restore.sql, whatever the encoding, time zone and date style of the session", async () => {
    await app.reset();
    await app.shell(`export PGCLIENTENCODING=LATIN1 PGTZ=Asia/Tokyo PGDATESTYLE="SQL, DMY"; ${restore}`, "/");
    expect(await app.tables()).toEqual(before);
  });

  it("are the earlier rows of the next export, as they went in and as they came back", async () => {
    await writeFile(folder.path("way-out/restored.csv"), "");
    await app.export(stores, "since-both", "way-in", "way-out");
    for (const [table, rows] of Object.entries(before)) {
      const text = await readFile(folder.path(`since-both/earlier-${table}.csv`), "utf8");
      expect(text).toBe(`id,isDeleted\n${rows.map(({ id }: { id: string }) => `"${id}","f"\n`).join("")}`);
    }
  });
});
