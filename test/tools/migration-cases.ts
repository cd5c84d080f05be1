// What a migration writes and prints: the same cases for a D1 in memory and for a real local D1.
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { migratePostgres } from "../../scripts/migrate-postgres/command.ts";
import type { Row } from "../../scripts/migrate-postgres/row.ts";
import { csv, GENERATION_COLUMNS, generation, rowsInD1, VOICE_COLUMNS, voice } from "./postgres-rows.ts";
import { runCommand, type Stores } from "./run-command.ts";

interface Given {
  /** An empty state. */
  stores: () => Promise<Stores>;
  path: (...parts: string[]) => string;
}

const later = (row: Row, changes: Partial<Row>): Row => ({
  ...{ ...row, updated_at: row.updated_at + 1000 },
  ...changes,
});

export const describeMigration = (title: string, given: Given) =>
  describe(title, () => {
    async function givenState() {
      const stores = await given.stores();
      const files = [given.path("voices.csv"), given.path("generations.csv")] as const;
      return {
        ...stores,
        files,
        run: (...args: string[]) => runCommand(migratePostgres, args, stores),
        migrate: async (voices: Row[], generations: Row[], ...options: string[]) => {
          await writeFile(files[0], csv(VOICE_COLUMNS, voices));
          await writeFile(files[1], csv(GENERATION_COLUMNS, generations));
          return runCommand(migratePostgres, [...files, ...options], stores);
        },
        stored: async () => ({
          voices: await rowsInD1(stores.database, "voices", VOICE_COLUMNS),
          generations: await rowsInD1(stores.database, "generations", GENERATION_COLUMNS),
        }),
      };
    }

    it("writes nothing without --apply, and prints what it would write", async () => {
      const { migrate, stored } = await givenState();
      const { code, output } = await migrate([voice("a")], [generation("g"), generation("h")]);
      expect(code).toBe(0);
      expect(output).toContain("voices: 1 in the source\n  1 would be added");
      expect(output).toContain("generations: 2 in the source\n  2 would be added");
      expect(output).toContain("Nothing was written: add --apply");
      expect(await stored()).toEqual({ voices: [], generations: [] });
    });

    it("prints a line for each batch and each table", async () => {
      const { migrate } = await givenState();
      const voices = Array.from({ length: 401 }, (_, index) => voice(`v${index}`));
      const { output } = await migrate(voices, [generation("g")], "--apply");
      expect(output).toMatch(
        /^Checking the files\nChecking the files: 401 voices\nChecking the files: 1 generations\nWriting to D1\n/,
      );
      expect(output).toContain(
        "Writing to D1: 400 voices\nWriting to D1: 401 voices\nWriting to D1: 1 generations\n",
      );
      expect(output).toContain("Verifying D1: 401 voices\nVerifying D1: 1 generations\n");
    });

    it("writes nothing when it is repeated", async () => {
      const { migrate, stored } = await givenState();
      const voices = [voice("a"), voice("b", { description: "", name: 'two\nlines, "quoted"' })];
      const generations = [generation("g", { voice_id: "a" }), generation("h", { text: "NULL" })];
      expect((await migrate(voices, generations, "--apply")).code).toBe(0);
      expect(await stored()).toEqual({ voices, generations });
      const { code, output } = await migrate(voices, generations, "--apply");
      expect(code).toBe(0);
      expect(output).toContain("voices: 2 in the source\n  0 added\n  0 changed\n  2 unchanged\n");
      expect(output).toContain("generations: 2 in the source\n  0 added\n  0 changed\n  2 unchanged\n");
      expect(await stored()).toEqual({ voices, generations });
    });

    it("writes rows that changed, and keeps rows that are newer in D1", async () => {
      const { migrate, stored } = await givenState();
      const voices = [voice("a"), voice("b"), voice("c")];
      const generations = [generation("g", { voice_id: "a" })];
      expect((await migrate(voices, generations, "--apply")).code).toBe(0);
      const [a, b, c] = voices as [Row, Row, Row];
      const newer = later(b, { name: "Newer" });
      expect((await migrate([a, newer, c], generations, "--apply")).output).toContain(
        'b: name "Voice b" → "Newer", updated_at',
      );
      const changed = later(c, { description: "new" });
      const { code, output } = await migrate([a, b, changed], generations, "--apply");
      expect(code).toBe(0);
      expect(output).toMatch(/ {2}1 changed\n.*voices\.csv:4: c: description null → "new", updated_at/);
      expect(output).toMatch(
        / {2}1 kept, because the row in D1 is newer\n.*voices\.csv:3: b: name, updated_at/,
      );
      expect(output).toMatch(
        /voices: 3 in the source, 3 in D1\n {2}0 missing\n {2}0 differ\n {2}1 differ, because/,
      );
      expect(await stored()).toEqual({ voices: [a, newer, changed], generations });
    });

    it("keeps the measured columns until the row names another object", async () => {
      const { database, migrate } = await givenState();
      await migrate([voice("a"), voice("b")], [], "--apply");
      const measured = {
        ...{ content_type: "audio/mpeg", duration_seconds: 12.5, size_bytes: 99 },
        ...{ codec: "MP3", sample_rate_hz: 44_100, channels: 2, bits_per_sample: 16 },
        ...{ peak_level: 0.5, clipped_share: 0.25, silence_share: 0.125, peaks: "points" },
      };
      const columns = Object.keys(measured);
      await database
        .prepare(`update voices set ${columns.map((column) => `${column} = ?`).join(", ")}`)
        .bind(...Object.values(measured))
        .run();
      const renamed = later(voice("a"), { name: "Renamed" });
      const moved = later(voice("b"), { r2_object_key: "voices/orgs/org_a/elsewhere" });
      expect((await migrate([renamed, moved], [], "--apply")).code).toBe(0);
      const { results } = await database
        .prepare(`select name, r2_object_key, ${columns} from voices order by id`)
        .all();
      expect(results).toEqual([
        { name: "Renamed", r2_object_key: "voices/orgs/org_a/a", ...measured },
        {
          ...{ name: "Voice b", r2_object_key: "voices/orgs/org_a/elsewhere" },
          ...Object.fromEntries(columns.map((column) => [column, null])),
        },
      ]);
    });

    it("rejects rows that D1 cannot store with reason and line, and writes the others", async () => {
      const { migrate, stored } = await givenState();
      const voices = [
        voice("a"),
        voice("bad_category", { category: "SPEECH" }),
        voice("bad_owner", { org_id: null }),
        voice("bad_system", { variant: "SYSTEM" }),
        voice("unfinished", { r2_object_key: null }),
        voice("a", { name: "Again" }),
        voice("system", { variant: "SYSTEM", org_id: null, r2_object_key: null }),
      ];
      const generations = [
        generation("of_bad", { voice_id: "bad_owner" }),
        generation("of_a", { voice_id: "a" }),
        generation("huge", { text: "x".repeat(2_000_001) }),
        generation("infinite", { temperature: Number.POSITIVE_INFINITY }),
        generation("half", { top_k: 0.5 }),
      ];
      const { code, output } = await migrate(voices, generations, "--apply");
      expect(code).toBe(1);
      for (const line of [
        'voices.csv:3: bad_category: category cannot be "SPEECH"',
        "voices.csv:4: bad_owner: a CUSTOM voice without an orgId",
        "voices.csv:5: bad_system: a SYSTEM voice with an orgId",
        "voices.csv:6: unfinished",
        "voices.csv:7: a: line 2 has the same id; delete one of the two rows",
        "generations.csv:2: of_bad: its voice bad_owner",
        "generations.csv:4: huge: larger than D1's limit of 2000000 bytes",
        'generations.csv:5: infinite: temperature cannot be "Infinity"',
        'generations.csv:6: half: top_k cannot be "0.5"',
      ]) {
        expect(output).toContain(line);
      }
      expect(output).toContain("4 rejected");
      expect(output).toContain("1 skipped: custom voices whose audio was never stored");
      expect(await stored()).toEqual({
        voices: [voice("a"), voices[6]],
        generations: [generation("of_a", { voice_id: "a" }), generation("of_bad")],
      });
    });

    it("keeps voices that this service would not create, and lists them", async () => {
      const { migrate, stored } = await givenState();
      const voices = [
        voice("a"),
        voice("blank", { name: "\u3164" }),
        voice("reversed", { name: "Ann\u202egpj", language: "english (US)" }),
      ];
      const { code, output } = await migrate(voices, [], "--apply");
      expect(code).toBe(0);
      expect(output).toContain("2 kept, although a new voice could not be like this");
      expect(output).toContain("voices.csv:3: blank: Voice name must contain a visible character\n");
      expect(output).toMatch(
        /voices\.csv:4: reversed: Voice name must not .*; Language must be a BCP 47 tag/,
      );
      expect(await stored()).toEqual({ voices, generations: [] });
      expect((await migrate([voice("a")], [])).output).not.toContain("a new voice could not");
    });

    it("writes a language as a new voice would have it, and finds nothing to change afterwards", async () => {
      const { migrate, stored } = await givenState();
      const voices = [voice("a", { language: "ca-ES-" })];
      expect((await migrate(voices, [], "--apply")).code).toBe(0);
      expect((await stored()).voices).toEqual([voice("a", { language: "ca-ES" })]);
      expect((await migrate(voices, [])).output).toContain("  0 would be changed\n  1 unchanged\n");
    });

    it("links a generation to a voice that only D1 has", async () => {
      const { migrate, stored } = await givenState();
      await migrate([voice("a")], [], "--apply");
      expect((await migrate([], [generation("g", { voice_id: "a" })], "--apply")).code).toBe(0);
      expect((await stored()).generations).toEqual([generation("g", { voice_id: "a" })]);
    });

    it("writes nothing when a file is invalid at its end", async () => {
      const { files, run, stored } = await givenState();
      await writeFile(files[0], csv(VOICE_COLUMNS, [voice("a")]));
      await writeFile(files[1], `${csv(GENERATION_COLUMNS, [generation("g")])}one field\n`);
      const { code, output } = await run(...files, "--apply");
      expect(code).toBe(1);
      expect(output).toMatch(/generations\.csv:3: Invalid Record Length/);
      expect(await stored()).toEqual({ voices: [], generations: [] });
    });

    it("names the columns that it does not migrate", async () => {
      const { files, run, stored } = await givenState();
      await writeFile(files[0], csv({ ...VOICE_COLUMNS, isFeatured: "is_featured" }, [voice("a")]));
      await writeFile(files[1], csv(GENERATION_COLUMNS, []));
      const { code, output } = await run(...files, "--apply");
      expect(code).toBe(0);
      expect(output).toContain("Columns that are not migrated: voices.isFeatured\n");
      expect((await stored()).voices).toEqual([voice("a")]);
    });
  });
