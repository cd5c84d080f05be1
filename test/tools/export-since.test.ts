// `npm run export -- --since`: which rows were there before, and what D1 has lost of them.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { exportRows } from "../../scripts/export/command.ts";
import type { Row } from "../../scripts/migrate-postgres/row.ts";
import { createMemoryD1 } from "./memory-d1.ts";
import { csv, GENERATION_COLUMNS, generation, insertRows, VOICE_COLUMNS, voice } from "./postgres-rows.ts";
import { runCommand } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = temporaryFolder();

async function givenRows(voices: Row[], generations: Row[]): Promise<D1Database> {
  const database = createMemoryD1();
  await insertRows(database, "voices", VOICE_COLUMNS, voices);
  await insertRows(database, "generations", GENERATION_COLUMNS, generations);
  return database;
}

/** The files that were migrated, as psql exports them. */
async function givenMigrated(name: string, voices: Row[], generations: Row[]): Promise<void> {
  await mkdir(path(name));
  await writeFile(path(name, "voices.csv"), csv(VOICE_COLUMNS, voices));
  await writeFile(path(name, "generations.csv"), csv(GENERATION_COLUMNS, generations));
}

const exportSince = (database: D1Database, name: string, ...since: string[]) =>
  runCommand(exportRows, [path(name), ...since.flatMap((earlier) => ["--since", path(earlier)])], {
    database,
    bucket: {} as R2Bucket,
  });

const earlierIn = async (name: string, table: string) =>
  (await readFile(path(name, `earlier-${table}.csv`), "utf8")).split("\n").slice(1, -1).toSorted();

describe("npm run export --since", () => {
  it("lists the rows of all earlier folders, and reports those that D1 has lost", async () => {
    await givenMigrated("first", [voice("kept"), voice("lost")], [generation("g")]);
    await givenMigrated("second", [voice("kept"), voice("later")], [generation("gone")]);
    const database = await givenRows([voice("kept"), voice("new")], [generation("g")]);
    const { code, output } = await exportSince(database, "all", "first", "second");
    expect(code, output).toBe(0);
    expect(await earlierIn("all", "voices")).toEqual(['"kept","f"', '"later","t"', '"lost","t"']);
    expect(await earlierIn("all", "generations")).toEqual(['"g","f"', '"gone","t"']);
    expect(output).toContain(
      "  2 deleted in D1: restore.sql deletes them in Postgres\n    lost\n    later\n",
    );
    expect(output).toContain("  1 deleted in D1: restore.sql deletes them in Postgres\n    gone\n");
  });

  it("takes no row for deleted that the migration rejects or skips, or that D1 has and Postgres cannot store", async () => {
    await givenMigrated(
      "partly",
      [...[voice("a"), voice("silent", { r2_object_key: null })], voice("owned", { variant: "SYSTEM" })],
      [generation("big"), generation("infinite", { temperature: "Infinity" })],
    );
    const database = await givenRows([voice("a")], [generation("big", { top_k: 2 ** 31 })]);
    const { output } = await exportSince(database, "partly-out", "partly");
    expect(output).toContain("big: Postgres cannot store its topK");
    expect(await earlierIn("partly-out", "voices")).toEqual(['"a","f"']);
    expect(await earlierIn("partly-out", "generations")).toEqual(['"big","f"']);
  });

  it("refuses an export that was not restored: its rows are not in Postgres", async () => {
    const database = await givenRows([voice("a")], []);
    await exportSince(database, "unrestored");
    const refused = await exportSince(database, "after-unrestored", "unrestored");
    expect(refused.code).toBe(1);
    expect(refused.output).toContain(
      "unrestored is an export that was not restored (it has no restored.csv)",
    );
    expect(await readdir(path())).not.toContain("after-unrestored");
    // What restore.sql writes at its end.
    await writeFile(path("unrestored/restored.csv"), "restoredAt\n2026-01-01\n");
    expect((await exportSince(database, "after-unrestored", "unrestored")).code).toBe(0);
    expect(await earlierIn("after-unrestored", "voices")).toEqual(['"a","f"']);
  });

  it("writes nothing when D1 has none of the earlier rows, as another database", async () => {
    await givenMigrated("production", [voice("a"), voice("b")], [generation("g")]);
    const { code, output } = await exportSince(await givenRows([voice("demo")], []), "demo", "production");
    expect(code).toBe(1);
    expect(output).toContain("D1 has none of the 3 rows of --since. Is it the database");
    expect((await readdir(path())).filter((name) => name.startsWith("demo"))).toEqual([]);
  });

  it("may be given folders without a row", async () => {
    await givenMigrated("nothing", [], []);
    expect((await exportSince(await givenRows([voice("a")], []), "since-nothing", "nothing")).code).toBe(0);
  });

  it("is refused when a file is missing, before D1 is opened", async () => {
    await mkdir(path("half"));
    await writeFile(path("half/voices.csv"), csv(VOICE_COLUMNS, []));
    const open = () => Promise.reject(new Error("opened"));
    const { code, output } = await runCommand(
      (args, dependencies) => exportRows(args, { ...dependencies, open }),
      [path("half-out"), "--since", path("half")],
    );
    expect(code).toBe(1);
    expect(output).toContain("half/generations.csv does not exist");
  });
});
