// Exports of a local D1 that psql restores into the app's own tables, where both sides have changed since the migration.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { Client } from "pg";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { day, generationRow, givenAppPostgres, idsOf, voiceRow } from "./app-postgres.ts";
import { givenFolder, givenLocalStores } from "./local-state.ts";
import { GENERATION_COLUMNS, generation, insertRows, VOICE_COLUMNS, voice } from "./postgres-rows.ts";
import type { Stores } from "./run-command.ts";

const folder = givenFolder();
const givenStores = givenLocalStores(folder);
const app = givenAppPostgres(folder);

const atDay = (number: number) => Date.parse(`${day(number)}Z`);

let stores: Stores;

/** Runs statements on D1. */
const inD1 = (...statements: string[]) =>
  stores.database.batch(statements.map((sql) => stores.database.prepare(sql)));
const madeInD1 = async (voices: string[], generations: [id: string, voiceId: string][]) => {
  const times = { created_at: atDay(2), updated_at: atDay(2) };
  const { database } = stores;
  await insertRows(
    database,
    "voices",
    VOICE_COLUMNS,
    voices.map((id) => voice(id, times)),
  );
  const rows = generations.map(([id, voiceId]) => generation(id, { voice_id: voiceId, ...times }));
  await insertRows(database, "generations", GENERATION_COLUMNS, rows);
};

/** Another connection to Postgres, as the app has one. */
async function connect(): Promise<Client> {
  const client = new Client({ connectionString: app.url() });
  client.on("error", () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Waits until the restore waits for a lock of the other connection; returns its process id and statement. */
async function waitingRestore() {
  const find = () =>
    app.rows<{ pid: number; query: string }>(
      "select pid, query from pg_stat_activity where wait_event_type = 'Lock'",
    );
  await expect.poll(async () => (await find()).length).toBe(1);
  const [waiting] = await find();
  if (!waiting) throw new Error("nothing waits");
  return waiting;
}

beforeEach(async () => {
  await app.reset();
  stores = await givenStores();
});

describe("an export that is restored without the files of the migration", () => {
  it("adds, changes and keeps rows; a second time it changes nothing", async () => {
    await app.sql(`alter table "Voice" add "tags" text not null default 'none'`);
    const unready = voiceRow("unready", { r2ObjectKey: null });
    const voices = [voiceRow("kept"), voiceRow("renamed"), voiceRow("deleted"), unready];
    await app.insert(
      "Voice",
      voices.map((row) => ({ ...row, tags: "app" })),
    );
    await app.insert("Generation", [generationRow("old", "kept"), generationRow("orphaned", "deleted")]);
    await app.migrate(stores, "own-in");

    // What happens while D1 is the record: voices are created, renamed and deleted, a generation is made.
    await madeInD1(["new"], [["made", "new"]]);
    await inD1(
      `update voices set name = 'Renamed', updated_at = ${atDay(2)} where id = 'renamed'`,
      "delete from voices where id = 'deleted'",
    );
    // And in the app, afterwards.
    await app.sql(`update "Voice" set "name" = 'Later', "updatedAt" = '${day(3)}' where "id" = 'kept'`);
    await app.insert("Generation", [generationRow("app", null, { r2ObjectKey: null })]);

    const { restore, output } = await app.export(stores, "own-out");
    expect(output).not.toContain("deletes them");
    const printed = await restore();
    expect(printed).toMatch(/voices *\| *3 \| *1 \| *0 \| *2\n/);
    expect(printed).toMatch(/generations *\| *3 \| *0 \| *0 \| *1\n/);
    const restored = await app.tables();
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
      app.rows('select "id", ctid::text from "Voice" union all select "id", ctid::text from "Generation"');
    const before = await places();
    await restore();
    expect(await app.tables()).toEqual(restored);
    expect(await places()).toEqual(before);
  });

  it("changes nothing when a file is cut off, and leaves no mark that it was restored", async () => {
    await madeInD1(["a"], [["g", "a"]]);
    const { restore } = await app.export(stores, "cut-off");
    const file = folder.path("cut-off/generations.csv");
    await writeFile(file, (await readFile(file, "utf8")).slice(0, -30));
    await expect(restore()).rejects.toThrow(/exported_generations/);
    expect(await app.tables()).toEqual({ voices: [], generations: [] });
    expect(existsSync(folder.path("cut-off/restored.csv"))).toBe(false);
  });
});

describe("an export since the migration, or since an earlier export", () => {
  beforeEach(async () => {
    // "unready" is not migrated: it has no audio yet.
    await app.insert("Voice", [
      ...["kept", "renamed", "deleted", "dropped"].map((id) => voiceRow(id)),
      voiceRow("unready", { r2ObjectKey: null }),
    ]);
    await app.insert("Generation", [
      ...["old", "removed", "dropped-too"].map((id) => generationRow(id, null)),
      ...[generationRow("of-deleted", "deleted"), generationRow("of-dropped", "dropped")],
    ]);
  });

  /** Migrates, then changes rows on both sides. */
  async function givenChanges(name: string): Promise<void> {
    await app.migrate(stores, name);
    await madeInD1(["new"], [["made", "new"]]);
    await inD1(
      `update voices set name = 'Renamed', updated_at = ${atDay(2)} where id = 'renamed'`,
      `update generations set text = 'Retold', updated_at = ${atDay(2)} where id = 'old'`,
      "delete from voices where id = 'deleted'",
      "delete from generations where id = 'removed'",
    );
    await app.insert("Voice", [voiceRow("app-voice")]);
    await app.insert("Generation", [generationRow("app-made", "app-voice")]);
    await app.sql(
      `delete from "Voice" where "id" = 'dropped'`,
      `delete from "Generation" where "id" = 'dropped-too'`,
    );
  }

  it("deletes what was deleted in D1, adds nothing that was deleted in Postgres, and keeps what only the app had", async () => {
    await givenChanges("both-in");
    const { restore, output } = await app.export(stores, "both-out", "both-in");
    expect(output).toContain(
      "  1 deleted in D1: restore.sql deletes them in Postgres\n    deleted\ngenerations",
    );
    expect(output).toContain("  1 deleted in D1: restore.sql deletes them in Postgres\n    removed\n");
    const printed = await restore();
    expect(printed).toMatch(/voices *\| *4 \| *0 \| *1 \| *2\n/);
    expect(printed).toMatch(/generations *\| *5 \| *0 \| *1 \| *1\n/);
    const restored = await app.tables();
    expect(restored.voices.map(({ id, name }) => [id, name])).toEqual([
      ["app-voice", "Voice app-voice"],
      ["kept", "Voice kept"],
      ["new", "Voice new"],
      ["renamed", "Renamed"],
      ["unready", "Voice unready"],
    ]);
    expect(restored.generations.map(({ id, voiceId }) => [id, voiceId])).toEqual([
      ["app-made", "app-voice"],
      ["made", "new"],
      ["of-deleted", null],
      // Its voice is in D1 and was deleted in Postgres.
      ["of-dropped", null],
      ["old", null],
    ]);
    await restore();
    expect(await app.tables()).toEqual(restored);
  });

  it("catches up after the switch: what was deleted on either side in between stays deleted, what was made is there", async () => {
    await app.migrate(stores, "switch-in");
    await madeInD1(["d1-voice", "d1-kept"], [["d1-made", "d1-voice"]]);
    await (await app.export(stores, "switch-1", "switch-in")).restore();
    const all = ["d1-kept", "d1-voice", "deleted", "dropped", "kept", "renamed", "unready"];
    expect((await app.tables()).voices.map(({ id }) => id)).toEqual(all);

    // Until the routes are taken back, D1 goes on; from then on the app does.
    await madeInD1(["d1-late"], [["late-made", "d1-kept"]]);
    await inD1("delete from voices where id in ('deleted', 'd1-voice')");
    await app.sql(`delete from "Voice" where "id" in ('dropped', 'd1-kept')`);
    await app.insert("Voice", [voiceRow("app-voice")]);
    const { restore } = await app.export(stores, "switch-2", "switch-1");
    await app.sql(`delete from "Voice" where "id" = 'kept'`);
    for (const _time of [1, 2]) {
      await restore();
      const { voices, generations } = await app.tables();
      expect(voices.map(({ id }) => id)).toEqual(["app-voice", "d1-late", "renamed", "unready"]);
      expect(generations.find(({ id }) => id === "late-made")).toMatchObject({ voiceId: null });
      expect(generations.find(({ id }) => id === "d1-made")).toMatchObject({ voiceId: null });
    }
  });

  it("does not add again a row that the app deletes while the export is restored", async () => {
    await givenChanges("racing-in");
    const { restore } = await app.export(stores, "racing-out", "racing-in");
    const client = await connect();
    await client.query("begin");
    await client.query(`delete from "Voice" where "id" = 'renamed'`);
    const restoring = restore();
    const { query } = await waitingRestore();
    expect(query).toMatch(/^UPDATE "Voice"/);
    await client.query("commit");
    await restoring;
    expect(idsOf(await app.tables())).not.toContain("renamed");
  });

  it("changes nothing when it is interrupted in the middle, and everything when it is repeated", async () => {
    await givenChanges("interrupted-in");
    const { restore } = await app.export(stores, "interrupted-out", "interrupted-in");
    const before = await app.tables();
    const client = await connect();
    await client.query("begin");
    await client.query(`select from "Generation" where "id" = 'old' for update`);
    const interrupted = expect(restore()).rejects.toThrow("terminating connection");
    const { pid, query } = await waitingRestore();
    // Rows were deleted, and the voices merged.
    expect(query).toMatch(/^UPDATE "Generation"/);
    await app.sql(`select pg_terminate_backend(${pid})`);
    await interrupted;
    await client.query("rollback");
    expect(await app.tables()).toEqual(before);
    expect(existsSync(folder.path("interrupted-out/restored.csv"))).toBe(false);

    await restore();
    expect(idsOf(await app.tables())).toEqual([
      ...["app-voice", "kept", "new", "renamed", "unready"],
      ...["app-made", "made", "of-deleted", "of-dropped", "old"],
    ]);
    expect(existsSync(folder.path("interrupted-out/restored.csv"))).toBe(true);
  });
});
