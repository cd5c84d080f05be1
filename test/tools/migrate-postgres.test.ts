// What `npm run migrate-postgres` does to a real local D1, and what it says.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Row } from "../../scripts/migrate-postgres/row.ts";
import { givenFolder, inState, runScript } from "./local-state.ts";
import { dump, GENERATION_COLUMNS, generation, rowsInD1, VOICE_COLUMNS, voice } from "./postgres-rows.ts";

const folder = givenFolder();

/** A state, and a way to migrate rows into it. */
async function givenState() {
  const state = await folder.state();
  const file = join(state, "dump.sql");
  return {
    state,
    migrate: async (voices: Row[], generations: Row[], ...more: string[]) => {
      await writeFile(file, dump(voices, generations));
      return runScript("migrate-postgres", [file, "--state", state, ...more]);
    },
    stored: () =>
      inState(state, async ({ database }) => ({
        voices: await rowsInD1(database, "voices", VOICE_COLUMNS),
        generations: await rowsInD1(database, "generations", GENERATION_COLUMNS),
      })),
  };
}

const later = (row: Row, more: Partial<Row>): Row => ({ ...row, updated_at: row.updated_at + 1000, ...more });

describe("a migration", () => {
  it("writes nothing without --apply, and says what it would write", async () => {
    const { migrate, stored } = await givenState();
    const { code, output } = await migrate([voice("a")], [generation("g"), generation("h")]);
    expect(code).toBe(0);
    expect(output).toContain("voices: 1 in the source\n  1 would be added");
    expect(output).toContain("generations: 2 in the source\n  2 would be added");
    expect(output).toContain("Nothing was written: add --apply");
    expect(await stored()).toEqual({ voices: [], generations: [] });
  });

  it("changes what has changed, and keeps what is newer in D1", async () => {
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
    expect(output).toMatch(/ {2}1 changed\n.*dump\.sql:10: c: description null → "new", updated_at/);
    expect(output).toMatch(/ {2}1 kept, because D1's row is newer\n.*dump\.sql:9: b: name, updated_at/);
    expect(output).toMatch(
      /voices: 3 in the source, 3 in D1\n {2}0 missing\n {2}0 differ\n {2}1 differ, because/,
    );
    expect(await stored()).toEqual({ voices: [a, newer, changed], generations });
  });

  it("keeps what was measured of an object until the row names another one", async () => {
    const { state, migrate } = await givenState();
    await migrate([voice("a"), voice("b")], [], "--apply");
    const measure = "update voices set content_type = 'audio/mpeg', duration_seconds = 12.5, size_bytes = 99";
    await inState(state, ({ database }) => database.prepare(measure).run());
    const renamed = later(voice("a"), { name: "Renamed" });
    const moved = later(voice("b"), { r2_object_key: "voices/orgs/org_a/elsewhere" });
    expect((await migrate([renamed, moved], [], "--apply")).code).toBe(0);
    const { results } = await inState(state, ({ database }) =>
      database
        .prepare(
          "select name, r2_object_key, content_type, duration_seconds, size_bytes from voices order by id",
        )
        .all(),
    );
    expect(results).toEqual([
      {
        ...{ name: "Renamed", r2_object_key: "voices/orgs/org_a/a" },
        ...{ content_type: "audio/mpeg", duration_seconds: 12.5, size_bytes: 99 },
      },
      {
        ...{ name: "Voice b", r2_object_key: "voices/orgs/org_a/elsewhere" },
        ...{ content_type: null, duration_seconds: null, size_bytes: null },
      },
    ]);
  });

  it("rejects what D1 can't have, says why and where, and writes the rest", async () => {
    const { migrate, stored } = await givenState();
    const huge = "x".repeat(2_000_001);
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
      generation("huge", { text: huge }),
      generation("infinite", { temperature: Number.POSITIVE_INFINITY }),
      generation("half", { top_k: 0.5 }),
    ];
    const { code, output } = await migrate(voices, generations, "--apply");
    expect(code).toBe(1);
    for (const line of [
      'dump.sql:9: bad_category: category can\'t be "SPEECH"',
      "dump.sql:10: bad_owner: a CUSTOM voice without an orgId",
      "dump.sql:11: bad_system: a SYSTEM voice with an orgId",
      "dump.sql:12: unfinished",
      "dump.sql:13: a: the source has a row of this id before",
      "dump.sql:16: of_bad: its voice bad_owner",
      "dump.sql:18: huge: larger than D1's 2000000 bytes",
      'dump.sql:19: infinite: temperature can\'t be "Infinity"',
      'dump.sql:20: half: top_k can\'t be "0.5"',
    ]) {
      expect(output).toContain(line);
    }
    expect(output).toContain("4 rejected");
    expect(output).toContain("1 left out: custom voices whose audio was never stored");
    expect(await stored()).toEqual({
      voices: [voice("a"), voices[6]],
      generations: [generation("of_a", { voice_id: "a" }), generation("of_bad")],
    });
  });

  it("links generations to voices that only D1 has", async () => {
    const { migrate, stored } = await givenState();
    await migrate([voice("a")], [], "--apply");
    expect((await migrate([], [generation("g", { voice_id: "a" })], "--apply")).code).toBe(0);
    expect((await stored()).generations).toEqual([generation("g", { voice_id: "a" })]);
  });

  it("writes nothing of a source that is not understood to its end", async () => {
    const { state, stored } = await givenState();
    const file = join(state, "broken.sql");
    await writeFile(file, `${dump([voice("a")], [])}INSERT INTO "Generation" (id) VALUES (now());\n`);
    const { code, output } = await runScript("migrate-postgres", [file, "--state", state, "--apply"]);
    expect(code).toBe(1);
    expect(output).toMatch(/broken\.sql:10: the table of generations lacks the columns/);
    expect((await stored()).voices).toEqual([]);
  });
});

describe("npm run migrate-postgres", () => {
  let latin: string;
  beforeAll(async () => {
    latin = folder.path("latin.sql");
    await writeFile(latin, Buffer.from("-- caf\xe9\n", "latin1"));
  });

  it.each([
    [[], 2, "Which files?"],
    [["x.sql", "--force"], 2, "Unknown option '--force'"],
    [["x.sql", "--remote", "--state", "y"], 2, "--remote and --state exclude each other"],
    [["nothing.sql"], 1, "nothing.sql can't be read: ENOENT"],
  ])("called with %j ends with %d: %s", async (args, expected, message) => {
    const { code, output } = await runScript("migrate-postgres", args);
    expect(output).toContain(message);
    expect(code).toBe(expected);
    expect(output.includes("npm run migrate-postgres -- FILE…")).toBe(expected === 2);
  });

  it("refuses a file that is not UTF-8", async () => {
    const { code, output } = await runScript("migrate-postgres", [latin, "--state", folder.path("empty")]);
    expect(code).toBe(1);
    expect(output).toContain("latin.sql is not UTF-8 between its bytes 0 and 8");
  });
});
