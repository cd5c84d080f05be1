// Files that are not the two CSV exports are rejected with what to do instead.
import { mkdir, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { migratePostgres } from "../../scripts/migrate-postgres/command.ts";
import { openSourceFiles } from "../../scripts/migrate-postgres/source-files.ts";
import { csv, GENERATION_COLUMNS, generation, VOICE_COLUMNS, voice } from "./postgres-rows.ts";
import { runCommand } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = temporaryFolder();
const VOICES_CSV = csv(VOICE_COLUMNS, [voice("v")]);
const GENERATIONS_CSV = csv(GENERATION_COLUMNS, [generation("g")]);
const { orgId: _, ...VOICE_COLUMNS_WITHOUT_ORG } = VOICE_COLUMNS;
const COPY_COMMAND = `\\copy \\"Voice\\" to 'voices.csv' csv header`;

beforeAll(async () => {
  await writeFile(path("voices.csv"), VOICES_CSV);
  await writeFile(path("generations.csv"), GENERATIONS_CSV);
});

/** What the command prints when the file is used as the voices export. */
async function messageFor(content: string | Uint8Array, name = "given.csv"): Promise<string> {
  await writeFile(path(name), content);
  const { code, output } = await runCommand(migratePostgres, [path(name), path("generations.csv")]);
  expect(code).toBe(1);
  expect(output).not.toContain("npm run migrate-postgres");
  return output;
}

describe("the two files", () => {
  it("are recognised by their columns, in any order and under any name", async () => {
    await writeFile(path("a"), GENERATIONS_CSV);
    const files = await openSourceFiles([path("a"), path("voices.csv")]);
    expect(files.map((file) => [file.table.name, file.path])).toEqual([
      ["voices", path("voices.csv")],
      ["generations", path("a")],
    ]);
    expect(files[0]?.sizeBytes).toBe(Buffer.byteLength(VOICES_CSV));
  });

  it("may start with a UTF-8 byte order mark and have CRLF line ends", async () => {
    const edited = `\ufeff${VOICES_CSV.replaceAll("\n", "\r\n")}`;
    await writeFile(path("bom.csv"), edited);
    const [file] = await openSourceFiles([path("bom.csv"), path("generations.csv")]);
    expect(file?.columns[0]).toBe("id");
  });

  it("may have a header and no rows", async () => {
    await writeFile(path("no-rows.csv"), csv(VOICE_COLUMNS, []));
    expect(await openSourceFiles([path("no-rows.csv"), path("generations.csv")])).toHaveLength(2);
  });

  it("must not contain the same table", async () => {
    await writeFile(path("voices-2.csv"), VOICES_CSV);
    const { code, output } = await runCommand(migratePostgres, [path("voices.csv"), path("voices-2.csv")]);
    expect(code).toBe(1);
    expect(output).toMatch(
      /voices\.csv and .*voices-2\.csv both contain the table of voices: replace one with generations/,
    );
  });

  it("must not be one file given twice", async () => {
    const { code, output } = await runCommand(migratePostgres, [path("voices.csv"), path("voices.csv")]);
    expect(code).toBe(1);
    expect(output).toContain("both contain the table of voices");
  });
});

describe("a dump is rejected with the commands that export CSV:", () => {
  it.each<[string, string | Uint8Array]>([
    ["the plain format of pg_dump", "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n"],
    ["the fence of newer pg_dump versions", "\\restrict abc\n\nSET statement_timeout = 0;\n"],
    ["settings", "SET statement_timeout = 0;\nSET lock_timeout = 0;\n"],
    ["INSERT statements", `INSERT INTO public."Voice" (id, "orgId") VALUES ('a', NULL);\n`],
    ["COPY with its data", `COPY public."Voice" (id, "orgId", name) FROM stdin;\na\t\\N\tAaron\n\\.\n`],
    ["COPY after other lines", `\nx y\n\nCOPY public."Voice" (id, "orgId", name) FROM stdin;\n`],
    ["a byte order mark before it", "\ufeff-- PostgreSQL database dump\n"],
    ["another encoding than UTF-8", Buffer.from("-- PostgreSQL database dump\n-- caf\xe9\n", "latin1")],
  ])("%s", async (_, text) => {
    const message = await messageFor(text, "resonance.sql");
    expect(message).toMatch(/resonance\.sql is an SQL dump, not CSV\. Export the two tables as CSV:/);
    expect(message).toContain(COPY_COMMAND);
  });

  it("the archive format of pg_dump", async () => {
    const message = await messageFor(Buffer.from("PGDMP\x01\x0e\x00\x04\xff", "latin1"), "resonance.dump");
    expect(message).toContain("resonance.dump is a pg_dump archive, not CSV");
    expect(message).toContain(COPY_COMMAND);
  });

  it("but not a CSV export whose texts contain SQL", async () => {
    const text = '--\nINSERT INTO "Voice" VALUES (1);\nCOPY x FROM stdin;\n';
    await writeFile(path("sql-texts.csv"), csv(GENERATION_COLUMNS, [generation("g", { text })]));
    expect(await openSourceFiles([path("sql-texts.csv"), path("voices.csv")])).toHaveLength(2);
  });
});

describe("a file that is not a complete CSV export is rejected:", () => {
  const firstRow = VOICES_CSV.slice(VOICES_CSV.indexOf("\n") + 1);

  it.each<[string, string | Uint8Array, RegExp]>([
    ["no header line", firstRow, /given\.csv: the first line is not a header: .*csv header/s],
    ["only empty lines", "\n\n", /given\.csv: the first line is not a header/],
    ["no bytes", "", /given\.csv is empty: even a table without rows has a header line.*csv header/s],
    [
      "a missing column",
      csv(VOICE_COLUMNS_WITHOUT_ORG, [voice("v")]),
      /given\.csv:1: columns of the table of voices are missing: org_id\. Export all columns/,
    ],
    [
      "two columns of one name",
      csv({ ...VOICE_COLUMNS, org_id: "org_id" }, [voice("v")]),
      /given\.csv:1: two columns are named org_id: export only one of them/,
    ],
    [
      "a missing column, even if the records are invalid too",
      VOICES_CSV.replace("orgId,", ""),
      /given\.csv:1: columns of the table of voices are missing: org_id\. Export all columns/,
    ],
    [
      "another table",
      "id,email,createdAt\na,b,c\n",
      /given\.csv contains neither the table Voice nor Generation: its columns are id, email, createdAt.*csv header/s,
    ],
    [
      "fields separated by semicolons",
      VOICES_CSV.replaceAll(",", ";"),
      /the fields are not separated by commas/,
    ],
    ["fields separated by tabs", VOICES_CSV.replaceAll(",", "\t"), /the fields are not separated by commas/],
    [
      "Latin-1",
      Buffer.from(VOICES_CSV.replace("Voice v", "Café"), "latin1"),
      /given\.csv is not UTF-8 between its bytes 0 and \d+: set PGCLIENTENCODING=UTF8 and export the table again/,
    ],
    [
      "UTF-16",
      Buffer.from(`\ufeff${VOICES_CSV}`, "utf16le"),
      /given\.csv is UTF-16, not UTF-8\. Let psql write the file itself/,
    ],
  ])("%s", async (_, content, message) => {
    expect(await messageFor(content)).toMatch(message);
  });

  it("a path that does not exist", async () => {
    const { code, output } = await runCommand(migratePostgres, [path("none.csv"), path("generations.csv")]);
    expect(code).toBe(1);
    expect(output).toMatch(/none\.csv does not exist: check the path, or export the table first/);
  });

  it("a folder", async () => {
    await mkdir(path("folder"));
    const { code, output } = await runCommand(migratePostgres, [path("folder"), path("generations.csv")]);
    expect(code).toBe(1);
    expect(output).toMatch(/folder is not a file: name a CSV file/);
  });
});
