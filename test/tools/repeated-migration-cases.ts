// What a repeated migration does about rows that were deleted in between: the same cases for a D1 in memory and for a
// real local D1.
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { migratePostgres } from "../../scripts/migrate-postgres/command.ts";
import type { Row } from "../../scripts/migrate-postgres/row.ts";
import { deleteGenerationRows } from "../../src/generations/queries.ts";
import { deletePendingObjects } from "../../src/platform/object-deletions.ts";
import { deleteVoiceRow } from "../../src/voices/queries.ts";
import { csv, GENERATION_COLUMNS, generation, rowsInD1, VOICE_COLUMNS, voice } from "./postgres-rows.ts";
import { runCommand, type Stores } from "./run-command.ts";

interface Given {
  /** An empty state. */
  stores: () => Promise<Stores>;
  path: (...parts: string[]) => string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export const describeRepeatedMigration = (title: string, given: Given) =>
  describe(title, () => {
    async function givenState() {
      const stores = await given.stores();
      const { database, bucket } = stores;
      let exports = 0;
      /** The two files of an export. */
      const exported = async (voices: Row[], generations: Row[]) => {
        exports += 1;
        const files = [given.path(`voices-${exports}.csv`), given.path(`generations-${exports}.csv`)];
        await writeFile(String(files[0]), csv(VOICE_COLUMNS, voices));
        await writeFile(String(files[1]), csv(GENERATION_COLUMNS, generations));
        return files;
      };
      return {
        ...stores,
        exported,
        run: (...args: string[]) => runCommand(migratePostgres, args, stores),
        /** Deletes rows as the service does for its users. */
        deleteHere: async (voices: string[], generations: string[], now = new Date()) => {
          for (const id of voices) await deleteVoiceRow(database, id, "org_a", now, null);
          const deletion = { ids: generations, orgId: "org_a", includesUnbegun: false };
          await deleteGenerationRows(database, deletion, now, null);
        },
        /** Runs the cron's job for queued deletions. */
        runQueue: (now: Date) => deletePendingObjects(database, bucket, now),
        stored: async () => ({
          voices: (await rowsInD1(database, "voices", VOICE_COLUMNS)).map(({ id }) => id),
          generations: (await rowsInD1(database, "generations", GENERATION_COLUMNS)).map(({ id }) => id),
        }),
        queued: async () =>
          (
            await database
              .prepare("select r2_object_key as key, kept_until from pending_object_deletions order by key")
              .all<{ key: string; kept_until: number | null }>()
          ).results,
      };
    }

    const former = (files: string[]) => files.flatMap((file) => ["--former", file]);
    const [voices, generations] = [
      [voice("a"), voice("b")],
      [generation("g", { voice_id: "a" }), generation("h")],
    ];

    it("does not add what was deleted in D1 a moment before", async () => {
      const { exported, run, deleteHere, stored } = await givenState();
      const files = await exported(voices, generations);
      expect((await run(...files, "--apply")).code).toBe(0);
      await deleteHere(["a"], ["h"]);
      const { code, output } = await run(...files, "--apply");
      expect(code).toBe(0);
      expect(output).toMatch(/1 not added: deleted in D1, and still in the source\n.*voices-1\.csv:2: a\n/);
      expect(output).toMatch(/1 not added: deleted in D1, .*\n.*generations-1\.csv:3: h\n/);
      expect(output).toMatch(/with voice_id set to null: .*\n.*generations-1\.csv:2: g: its voice a\n/);
      expect(await stored()).toEqual({ voices: ["b"], generations: ["g"] });
    });

    it("does not add a generation that was deleted in D1 under the key of another layout", async () => {
      const { exported, run, deleteHere, runQueue, stored } = await givenState();
      const other = generation("g", { r2_object_key: "clips/g.wav" });
      const files = await exported([], [other]);
      await run(...files, "--apply");
      await deleteHere([], ["g"]);
      await runQueue(new Date(Date.now() + 2 * MINUTE_MS));
      // The app has moved the object since.
      const moved = await exported([], [generation("g", { r2_object_key: "clips/moved.wav" })]);
      expect((await run(...moved, "--apply")).output).toContain("1 not added: deleted in D1");
      expect(await stored()).toEqual({ voices: [], generations: [] });
    });

    it("does not add what the former run had copied and D1 lacks, however long ago it was deleted", async () => {
      const { exported, run, deleteHere, runQueue, stored, queued } = await givenState();
      const files = await exported(voices, generations);
      await run(...files, "--apply");
      await deleteHere(["a"], ["h"], new Date(Date.now() - 2 * DAY_MS));
      await runQueue(new Date());
      await runQueue(new Date());
      expect(await queued()).toEqual([]);
      const next = await exported([...voices, voice("c")], [...generations, generation("i")]);
      const { code, output } = await run(...next, ...former(files), "--apply");
      expect(code).toBe(0);
      expect(output).toContain("1 added");
      expect(output).toContain("1 not added: deleted in D1");
      expect(await stored()).toEqual({ voices: ["b", "c"], generations: ["g", "i"] });
      const third = await run(...next, ...former(next), "--apply");
      expect(third.output).toContain("1 not added: deleted in D1");
      expect(await stored()).toEqual({ voices: ["b", "c"], generations: ["g", "i"] });
    });

    it("warns that rows may come back when the former run is not named, and only then", async () => {
      const { exported, run, database } = await givenState();
      const files = await exported(voices, generations);
      const warning = "name the files of that run with --former";
      for (const options of [[], ["--apply"], ["--apply"]]) {
        expect((await run(...files, ...options)).output).not.toContain(warning);
      }
      await database.prepare("delete from voices where id = 'b'").run();
      expect((await run(...files)).output).toContain(warning);
      expect((await run(...files, ...former(files))).output).not.toContain(warning);
    });

    it("adds a row that the former run had rejected", async () => {
      const { exported, run, stored } = await givenState();
      const files = await exported([voice("a", { category: "SPEECH" }), voice("b")], []);
      expect((await run(...files, "--apply")).code).toBe(1);
      const next = await exported(voices, []);
      expect((await run(...next, ...former(files), "--apply")).code).toBe(0);
      expect((await stored()).voices).toEqual(["a", "b"]);
    });

    it("lists what is gone from the source, and deletes it with --delete-missing as the service would", async () => {
      const { exported, run, stored, queued, database } = await givenState();
      const system = voice("s", { variant: "SYSTEM", org_id: null, r2_object_key: "voices/system/s" });
      const files = await exported(
        [...voices, system, voice("renamed")],
        [...generations, generation("other", { r2_object_key: "clips/o.wav" }), generation("kept")],
      );
      await run(...files, "--apply");
      const made = voice("made-here");
      await database
        .prepare(
          `insert into voices (${Object.values(VOICE_COLUMNS)}) values (${Object.keys(VOICE_COLUMNS).map(() => "?")})`,
        )
        .bind(...Object.values(VOICE_COLUMNS).map((column) => made[column]))
        .run();
      await database.prepare("update voices set updated_at = updated_at + 1 where id = 'renamed'").run();
      const before = await stored();
      const next = await exported([voice("b")], [generation("kept"), generation("g")]);

      for (const options of [[], ["--apply"], ["--delete-missing"]]) {
        const { code, output } = await run(...next, ...former(files), ...options);
        expect(code).toBe(0);
        expect(output).toMatch(
          options[0] === "--delete-missing"
            ? / {2}1 would be deleted: gone from the source since the former run\n {4}a\n/
            : / {2}1 gone from the source .*, and kept: --delete-missing deletes them\n {4}a\n/,
        );
        expect(output).toMatch(
          / {2}2 gone from the source, but kept: .*\n {4}(renamed\n {4}s|s\n {4}renamed)\n/,
        );
        expect(await stored()).toEqual(before);
      }
      const start = Date.now();
      const { code, output } = await run(...next, ...former(files), "--apply", "--delete-missing");
      expect(code).toBe(0);
      expect(output).toMatch(/ {2}1 deleted: gone from the source since the former run\n {4}a\n/);
      expect(output).toMatch(/ {2}2 deleted: gone from the source since the former run\n/);
      expect(await stored()).toEqual({
        voices: ["b", "made-here", "renamed", "s"],
        generations: ["g", "kept"],
      });
      const entries = await queued();
      expect(entries.map(({ key }) => key)).toEqual([
        "clips/o.wav",
        "generations/orgs/org_a/h",
        "generations/orgs/org_a/other",
        "voices/orgs/org_a/a",
      ]);
      for (const { key, kept_until } of entries) {
        if (key.startsWith("voices/")) expect(kept_until).toBeNull();
        else expect(kept_until).toBeGreaterThanOrEqual(start + DAY_MS);
      }
    });

    it("takes a row that the new files have, but that is rejected there, for no deletion", async () => {
      const { exported, run, stored } = await givenState();
      const files = await exported(voices, generations);
      await run(...files, "--apply");
      const next = await exported(
        [voice("a", { category: "SPEECH" }), voice("b", { r2_object_key: null })],
        generations,
      );
      const { code, output } = await run(...next, ...former(files), "--apply", "--delete-missing");
      expect([code, output.includes("1 rejected")]).toEqual([1, true]);
      expect(output).not.toContain("gone from the source");
      expect(await stored()).toEqual({ voices: ["a", "b"], generations: ["g", "h"] });
    });

    it("neither adds nor revives what is deleted in D1 while it runs", async () => {
      const { exported, database, bucket, deleteHere, stored } = await givenState();
      const files = await exported(voices, [generation("g"), generation("h")]);
      await runCommand(migratePostgres, [...files, "--apply"], { database, bucket });
      const changed = { updated_at: Number(voices[0]?.updated_at) + 1000 };
      const next = await exported(
        [voice("a", changed), voice("b")],
        [generation("g", changed), generation("h"), generation("new")],
      );
      let batches = 0;
      // The rows are read by one batch for each table, and written by the next.
      const meddling = new Proxy(database, {
        get: (target, name) => {
          if (name !== "batch") return Reflect.get(target, name).bind(target);
          return async (statements: D1PreparedStatement[]) => {
            batches += 1;
            if (batches === 2) await deleteHere(["a"], []);
            if (batches === 4) {
              const deletion = { ids: ["g", "new"], orgId: "org_a", includesUnbegun: true };
              await deleteGenerationRows(database, deletion, new Date(), null);
            }
            return target.batch(statements);
          };
        },
      });
      await runCommand(migratePostgres, [...next, "--apply"], { database: meddling, bucket });
      expect(batches).toBeGreaterThanOrEqual(4);
      expect(await stored()).toEqual({ voices: ["b"], generations: ["h"] });
    });
  });
