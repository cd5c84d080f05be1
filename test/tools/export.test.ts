// `npm run export` in the test process: its arguments, and exports of a D1 in memory.
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { exportRows } from "../../scripts/export/command.ts";
import type { Row } from "../../scripts/migrate-postgres/row.ts";
import { createMemoryD1 } from "./memory-d1.ts";
import { GENERATION_COLUMNS, generation, insertRows, VOICE_COLUMNS, voice } from "./postgres-rows.ts";
import { runCommand } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = temporaryFolder();

async function givenRows(voices: Row[], generations: Row[]) {
  const database = createMemoryD1();
  await insertRows(database, "voices", VOICE_COLUMNS, voices);
  await insertRows(database, "generations", GENERATION_COLUMNS, generations);
  return database;
}

const exportFrom = (database: D1Database, ...args: string[]) =>
  runCommand(
    (given, { output }) => exportRows(given, { output, open: openAs(database), wait: async () => {} }),
    args,
  );

const openAs = (database: D1Database) => async () => ({
  ...{ database, bucket: {} as R2Bucket, close: async () => undefined },
});

/** `database`, with `onPage` called before each page of a table is read, counted from 1. */
const observed = (database: D1Database, onPage: (count: number, sql: string) => Promise<void> | void) => {
  let count = 0;
  const wrap = (statement: D1PreparedStatement, sql: string): D1PreparedStatement =>
    ({
      bind: (...values: unknown[]) => wrap(statement.bind(...values), sql),
      first: () => statement.first(),
      all: async () => {
        count += 1;
        await onPage(count, sql);
        return statement.all();
      },
    }) as unknown as D1PreparedStatement;
  return { prepare: (sql: string) => wrap(database.prepare(sql), sql) } as unknown as D1Database;
};

const idsIn = async (file: string) =>
  [...(await readFile(file, "utf8")).matchAll(/^"(\w+)",/gm)].map(([, id]) => id);

const FILES = [
  ...["earlier-generations.csv", "earlier-voices.csv", "generations.csv", "restore.sql", "voices.csv"],
];

const padded = (index: number) => String(index).padStart(5, "0");

describe("npm run export", () => {
  it.each([
    [["x", "y"], "One folder is needed"],
    [["--format", "sql"], "Unknown format sql: only csv can be written"],
    [["--force"], "Unknown option '--force'"],
    [["--remote", "--state", "z"], "--remote and --state exclude each other"],
    [["--env", "staging"], "--env and --config need --remote"],
    [
      ["out", "--since", "in", "--since", "./out"],
      "--since needs another folder than the one that is written",
    ],
  ])("called with %j exits with 2 and prints its usage: %s", async (args, message) => {
    const { code, output } = await runCommand(exportRows, args);
    expect(code).toBe(2);
    expect(output).toContain(message);
    expect(output).toContain("npm run export -- [DIR]");
  });

  it("writes the two tables and the script that restores them, and prints how to run it", async () => {
    const database = await givenRows(
      [voice("a", { description: "" }), voice("s", { variant: "SYSTEM", org_id: null })],
      [
        generation("g", { voice_id: "a", text: 'two\nlines, "quoted"' }),
        generation("h", { r2_object_key: null }),
      ],
    );
    const folder = path("it's complete");
    const { code, output } = await exportFrom(database, folder, "--format", "csv");
    expect(code, output).toBe(0);
    expect((await readdir(folder)).toSorted()).toEqual(FILES);
    for (const name of ["earlier-generations.csv", "earlier-voices.csv"]) {
      expect(await readFile(`${folder}/${name}`, "utf8")).toBe("id,isDeleted\n");
    }
    expect(await readFile(`${folder}/voices.csv`, "utf8")).toBe(
      "id,orgId,name,description,category,language,variant,r2ObjectKey,createdAt,updatedAt\n" +
        '"a","org_a","Voice a","","GENERAL","en-US","CUSTOM","voices/orgs/org_a/a","2025-01-01 12:30:00.125","2025-01-01 12:30:00.125"\n' +
        '"s",,"Voice s",,"GENERAL","en-US","SYSTEM","voices/orgs/org_a/s","2025-01-01 12:30:00.125","2025-01-01 12:30:00.125"\n',
    );
    expect(await readFile(`${folder}/generations.csv`, "utf8")).toBe(
      "id,orgId,voiceId,voiceName,text,r2ObjectKey,temperature,topP,topK,repetitionPenalty,createdAt,updatedAt\n" +
        '"g","org_a","a","Aaron","two\nlines, ""quoted""","generations/orgs/org_a/g","0.8","0.95","1000","1.2","2025-01-01 12:30:00.125","2025-01-01 12:30:00.125"\n' +
        '"h","org_a",,"Aaron","Some words.",,"0.8","0.95","1000","1.2","2025-01-01 12:30:00.125","2025-01-01 12:30:00.125"\n',
    );
    expect(output).toContain("voices: 2 in D1\n  2 exported\n");
    expect(output).toContain("generations: 2 in D1\n  2 exported\n");
    expect(output).toContain("  1 of the exported have no audio\n");
    expect(output).toContain(`cd '${path("it'\\''s complete")}' && psql "$DATABASE_URL" -f restore.sql`);
  });

  it("writes files and a folder that only their owner can read", async () => {
    await exportFrom(await givenRows([], []), path("private"));
    const modes = await Promise.all(
      ["", ...FILES].map(async (name) => ((await stat(path("private", name))).mode & 0o777).toString(8)),
    );
    expect(modes).toEqual(["700", ...FILES.map(() => "600")]);
  });

  it("exports every row once, in pages of a thousand rows and about four megabytes", async () => {
    const voices = Array.from({ length: 2500 }, (_, index) => voice(padded(index)));
    const long = "x".repeat(1_500_000);
    const generations = Array.from({ length: 7 }, (_, index) => generation(`g${index}`, { text: long }));
    const counts: string[] = [];
    const database = observed(await givenRows(voices, generations), (_, sql) => {
      counts.push(/from (\w+) /.exec(sql)?.[1] ?? sql);
    });
    const { code, output } = await exportFrom(database, path("pages"));
    expect(code, output).toBe(0);
    expect(output).toMatch(/Exporting: 1000 voices\nExporting: 2000 voices\nExporting: 2500 voices\n/);
    expect(output).toMatch(/Exporting: 3 generations\nExporting: 6 generations\nExporting: 7 generations\n/);
    expect(await idsIn(path("pages/voices.csv"))).toEqual(voices.map(({ id }) => id));
    expect(await idsIn(path("pages/generations.csv"))).toEqual(generations.map(({ id }) => id));
    expect(counts).toHaveLength(8);
  });

  it("leaves out custom voices without audio, and their generations name no voice", async () => {
    const database = await givenRows(
      [voice("ready"), voice("unready", { r2_object_key: null })],
      [generation("g", { voice_id: "unready" }), generation("h", { voice_id: "ready" })],
    );
    const { code, output } = await exportFrom(database, path("unready"));
    expect(code).toBe(0);
    expect(output).toContain("  1 left out: custom voices whose audio is not stored\n    unready\n");
    expect(output).toContain(
      "  1 with voiceId set to null: the voice is not exported\n    g: its voice unready\n",
    );
    expect(await idsIn(path("unready/voices.csv"))).toEqual(["ready"]);
    expect(await readFile(path("unready/generations.csv"), "utf8")).toMatch(
      /^"g","org_a",,.*\n"h","org_a","ready",/m,
    );
  });

  it("exits with 1 and names the rows that Postgres cannot store; the others are exported", async () => {
    const database = await givenRows([], [generation("bad", { top_k: 2 ** 31 }), generation("good")]);
    const { code, output } = await exportFrom(database, path("rejected"));
    expect(code).toBe(1);
    expect(output).toContain(
      "  1 not exported, because Postgres cannot store them\n    bad: Postgres cannot store its topK\n",
    );
    expect(await idsIn(path("rejected/generations.csv"))).toEqual(["good"]);
  });

  it("exits with 1 when rows are added or deleted meanwhile, and still writes each row at most once", async () => {
    const voices = Array.from({ length: 1500 }, (_, index) => voice(padded(index)));
    const rows = await givenRows(voices, []);
    const database = observed(rows, async (count) => {
      if (count !== 2) return;
      await rows.prepare("delete from voices where id in ('00010', '00999', '01200')").all();
    });
    const { code, output } = await exportFrom(database, path("changing"));
    expect(code).toBe(1);
    expect(output).toContain("voices: 1497 in D1\n  1499 exported\n");
    expect(output).toContain(
      "  1499 were read: D1 changed meanwhile. Stop what writes to it, and export again.\n",
    );
    expect(await idsIn(path("changing/voices.csv"))).toEqual(
      voices.map(({ id }) => id).filter((id) => id !== "01200"),
    );
  });

  it("reads a page again when D1 fails, and leaves nothing when it keeps failing", async () => {
    const voices = Array.from({ length: 1500 }, (_, index) => voice(padded(index)));
    const failing = async (failures: number) =>
      observed(await givenRows(voices, []), (count) => {
        if (count >= 2 && count < 2 + failures) throw new Error("Network connection lost");
      });
    const { code } = await exportFrom(await failing(4), path("retried"));
    expect(code).toBe(0);
    expect(await idsIn(path("retried/voices.csv"))).toEqual(voices.map(({ id }) => id));

    const failed = await exportFrom(await failing(5), path("failed"));
    expect(failed.code).toBe(1);
    expect(failed.output).toContain(
      "D1 could not be read in 5 attempts: Network connection lost\nNothing was exported",
    );
    expect(await readdir(path())).not.toEqual(expect.arrayContaining([expect.stringMatching(/^failed/)]));
  });
});

describe("the folder of an export", () => {
  const textOf = (name: string) => readFile(path(name, "voices.csv"), "utf8");

  it("is not replaced without --overwrite, and whole with it", async () => {
    expect((await exportFrom(await givenRows([voice("first")], []), path("twice"))).code).toBe(0);
    const later = await givenRows([voice("later")], []);
    const refused = await exportFrom(later, path("twice"));
    expect(refused.code).toBe(1);
    expect(refused.output).toContain(
      "contains an export: name another folder, or add --overwrite to replace it",
    );
    expect(await textOf("twice")).toContain("first");
    expect((await exportFrom(later, path("twice"), "--overwrite")).code).toBe(0);
    expect(await textOf("twice")).toContain("later");
    expect(await textOf("twice")).not.toContain("first");
  });

  it("keeps the earlier export when the later one fails", async () => {
    const database = await givenRows([voice("first")], []);
    await exportFrom(database, path("kept"));
    const broken = observed(database, () => {
      throw new Error("D1_ERROR");
    });
    expect((await exportFrom(broken, path("kept"), "--overwrite")).code).toBe(1);
    expect(await textOf("kept")).toContain("first");
    expect(await readdir(path())).not.toContain("kept.partial");
  });

  it("may exist empty, and is refused when it holds other files, also with --overwrite", async () => {
    const database = await givenRows([], []);
    await mkdir(path("empty"));
    expect((await exportFrom(database, path("empty"))).code).toBe(0);
    await mkdir(path("foreign"));
    await writeFile(path("foreign/notes.txt"), "mine");
    const { code, output } = await exportFrom(database, path("foreign"), "--overwrite");
    expect(code).toBe(1);
    expect(output).toContain("contains notes.txt, which is no part of an export");
    expect(await readdir(path("foreign"))).toEqual(["notes.txt"]);
    await writeFile(path("file"), "");
    expect((await exportFrom(database, path("file"), "--overwrite")).output).toContain(
      "file cannot be used: ENOTDIR",
    );
  });

  it("is refused while another export writes it, or after one was killed", async () => {
    await mkdir(path("killed.partial"));
    const { code, output } = await exportFrom(await givenRows([], []), path("killed"));
    expect(code).toBe(1);
    expect(output).toContain("killed.partial is of an export that is running, or was killed");
    expect(await readdir(path())).toContain("killed.partial");
  });
});
