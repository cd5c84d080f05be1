// The CSV that a real Postgres wrote, compared with the JSON that it wrote of the same rows, and invalid CSV.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseCsv } from "../../scripts/migrate-postgres/csv-records.ts";
import { parseRow, type Row } from "../../scripts/migrate-postgres/row.ts";
import { EXPORT_COMMANDS } from "../../scripts/migrate-postgres/source.ts";
import { openSourceFiles, readRows, type SourceFile } from "../../scripts/migrate-postgres/source-files.ts";
import { ROOT } from "../../scripts/operator/paths.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/postgres");
const FILES = [join(FIXTURES, "voices.csv"), join(FIXTURES, "generations.csv")];
const fixture = (name: string) => readFileSync(join(FIXTURES, name), "utf8");

const postgresRows = (name: string): unknown[] =>
  fixture(name)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);

async function readAll(file: SourceFile): Promise<{ rows: Row[]; lines: number[] }> {
  const rows: Row[] = [];
  const lines: number[] = [];
  for await (const sourceRow of readRows(file)) {
    const parsed = parseRow(sourceRow);
    if (parsed.kind !== "row") throw new Error(JSON.stringify(parsed));
    rows.push(parsed.row);
    lines.push(sourceRow.location.line);
  }
  return { rows: rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)), lines };
}

/** Parses `text` in chunks of some characters; a chunk never ends within a character, as `readTextChunks` ensures. */
async function parseAll(file: string, text: string, chunkLength = text.length) {
  const characters = [...text];
  const count = Math.ceil(characters.length / Math.max(1, chunkLength));
  const chunks = Array.from({ length: count }, (_, index) =>
    characters.slice(index * chunkLength, (index + 1) * chunkLength).join(""),
  );
  const records = [];
  for await (const record of parseCsv(file, chunks)) records.push(record);
  return records;
}

describe("CSV written by Postgres", () => {
  it("gives the rows that Postgres itself writes as JSON, with the line of each", async () => {
    const [voices, generations] = (await openSourceFiles(FILES)) as [SourceFile, SourceFile];
    expect(await readAll(voices)).toEqual({ rows: postgresRows("voices.jsonl"), lines: [2, 3, 4, 6] });
    expect(await readAll(generations)).toEqual({
      rows: postgresRows("generations.jsonl"),
      lines: [2, 3, 7, 11, 12],
    });
    expect(postgresRows("voices.jsonl")).toHaveLength(4);
    expect(postgresRows("generations.jsonl")).toHaveLength(5);
    expect(voices.ignoredColumns).toEqual(["isFeatured", "tags"]);
    expect(generations.ignoredColumns).toEqual([]);
  });

  it.each([1, 2, 3, 7, 64])(
    "gives the same records when it is read in chunks of %d characters",
    async (length) => {
      for (const name of ["voices.csv", "generations.csv"]) {
        const whole = await parseAll(name, fixture(name));
        expect(await parseAll(name, fixture(name), length)).toEqual(whole);
        expect(whole.length).toBeGreaterThan(4);
      }
    },
  );

  it("distinguishes NULL from the empty text, and keeps line breaks, quotes and backslashes of a text", async () => {
    const text = 'a,b\n,""\n"it\'s ""x"", \\n\r\n--c\n",NULL\n';
    expect((await parseAll("x.csv", text)).map(({ values }) => values)).toEqual([
      ["a", "b"],
      [null, ""],
      ['it\'s "x", \\n\r\n--c\n', "NULL"],
    ]);
  });

  it("is exported by the same commands in the usage, docs/migration.md and the fixture script", () => {
    for (const file of ["docs/migration.md", "scripts/make-postgres-fixture.sh"]) {
      expect(readFileSync(join(ROOT, file), "utf8"), file).toContain(EXPORT_COMMANDS);
    }
  });
});

describe("invalid CSV is rejected with its line:", () => {
  it.each([
    [
      "a record with too few fields",
      "a,b\n",
      /^generations\.csv:13: Invalid Record Length.*Export the table again/,
    ],
    ["a quote that is not closed", '"a\n', /^generations\.csv:13: Quote Not Closed.*Export the table again/],
  ])("%s", async (_, text, message) => {
    await expect(parseAll("generations.csv", `${fixture("generations.csv")}${text}`)).rejects.toThrow(
      message,
    );
    await expect(parseAll("generations.csv", `${fixture("generations.csv")}${text}`, 1)).rejects.toThrow(
      message,
    );
  });
});
