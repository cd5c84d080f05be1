// The reader of dumps against what Postgres itself made of its rows, and against what it must not take.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCsv } from "../../scripts/migrate-postgres/csv-rows.ts";
import { judgeRow, type Row } from "../../scripts/migrate-postgres/row.ts";
import type { Ignored, SourceRow } from "../../scripts/migrate-postgres/source.ts";
import { readDump } from "../../scripts/migrate-postgres/sql-rows.ts";
import { readPieces } from "../../scripts/migrate-postgres/text.ts";
import { dump, generation, voice } from "./postgres-rows.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/postgres");
const fixture = (name: string) => readFileSync(join(FIXTURES, name), "utf8");
const nothing = (): Ignored => ({ tables: new Set(), columns: new Set() });

const rowOf = (sourceRow: SourceRow): Row => {
  const judged = judgeRow(sourceRow);
  if (judged.kind !== "row") throw new Error(JSON.stringify(judged));
  return judged.row;
};

/** The rows by table, as D1 would have them, sorted by id. */
function sorted(rows: SourceRow[]) {
  const of = (name: string) =>
    rows
      .filter(({ table }) => table.name === name)
      .map(rowOf)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { voices: of("voices"), generations: of("generations") };
}

const read = (text: string, pieceLength = text.length): SourceRow[] => {
  const count = Math.ceil(text.length / Math.max(1, pieceLength));
  const pieces = Array.from({ length: count }, (_, index) =>
    text.slice(index * pieceLength, (index + 1) * pieceLength),
  );
  return [...readDump("dump.sql", pieces, nothing())];
};

const truth = {
  voices: jsonLines("voices.jsonl"),
  generations: jsonLines("generations.jsonl"),
};

function jsonLines(name: string): unknown[] {
  return fixture(name)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

describe("what a real Postgres wrote", () => {
  it.each(["dump.sql", "dump-tuples.sql"])("is read from %s as Postgres understands it", (name) => {
    const ignored = nothing();
    const rows = [
      ...readDump(
        name,
        readPieces(join(FIXTURES, name), () => undefined),
        ignored,
      ),
    ];
    expect(sorted(rows)).toEqual(truth);
    expect(truth.voices).toHaveLength(4);
    expect(truth.generations).toHaveLength(5);
    expect([...ignored.tables]).toEqual(["public.Counter", "public._prisma_migrations"]);
    expect([...ignored.columns]).toEqual(["voices.isFeatured", "voices.tags"]);
  });

  it("is read from CSV exports as Postgres understands it", async () => {
    const rows: SourceRow[] = [];
    for (const name of ["voice.csv", "generation.csv"]) {
      for await (const row of readCsv(name, [fixture(name)], nothing())) rows.push(row);
    }
    expect(sorted(rows)).toEqual(truth);
    expect(rows.map(({ place }) => place.line)).toEqual([2, 3, 4, 6, 2, 3, 7, 11, 12]);
  });

  it.each([1, 2, 3, 7, 64])("is read the same in pieces of %d characters", (length) => {
    expect(sorted(read(fixture("dump.sql"), length))).toEqual(truth);
    expect(sorted(read(fixture("dump-tuples.sql"), length))).toEqual(truth);
  });

  it("has its rows' lines", () => {
    expect(read(fixture("dump.sql")).map(({ place }) => place.line)).toEqual([
      ...[34, 35, 36, 38],
      ...[45, 46, 50, 54, 55],
    ]);
  });
});

const COLUMNS =
  '(id, "orgId", "voiceId", text, "voiceName", "r2ObjectKey", temperature, "topP", "topK", "repetitionPenalty", "createdAt", "updatedAt")';
const insert = (text: string, more = "'2025-01-01 00:00:00', '2025-01-01 00:00:00'") =>
  `INSERT INTO "Generation" ${COLUMNS} VALUES ('g', 'o', NULL, ${text}, 'v', NULL, 1, 1, 1, 1, ${more});\n`;

describe("a literal", () => {
  it.each([
    [String.raw`'it''s \n no newline'`, String.raw`it's \n no newline`],
    [String.raw`E'it\'s''\n\t\\\x41\101\u00e9\U0001F399\q'`, "it's'\n\t\\AA\u00e9\u{1F399}q"],
    [String.raw`e'\xe5\xa3\xb0\303\251'`, "声é"],
    ["'x'::public.\"VoiceVariant\"", "x"],
    ["'x'::character varying(20)", "x"],
    ["'x'::text[]", "x"],
    ["'a\r\n--b\n/* c */\n'", "a\r\n--b\n/* c */\n"],
    ["/* a /* nested */ comment ' */ 'x' -- and '\n", "x"],
  ])("%s is read as Postgres reads it", (literal, expected) => {
    for (const length of [1, 1000]) {
      expect(read(insert(literal), length).map((row) => row.texts.get("text"))).toEqual([expected]);
    }
  });

  it.each([
    ["2025-02-03 04:05:06", Date.UTC(2025, 1, 3, 4, 5, 6)],
    ["2025-02-03 04:05:06.7", Date.UTC(2025, 1, 3, 4, 5, 6, 700)],
    ["2025-02-03 04:05:06.789123", Date.UTC(2025, 1, 3, 4, 5, 6, 789)],
    ["2025-02-03 04:05:06+00", Date.UTC(2025, 1, 3, 4, 5, 6)],
    ["2025-02-03 04:05:06.5+05:30", Date.UTC(2025, 1, 2, 22, 35, 6, 500)],
  ])("of time %s is that moment", (text, expected) => {
    const [row] = read(insert("'x'", `'${text}', '${text}'::timestamp(3) without time zone`)).map(rowOf);
    expect(row).toMatchObject({ created_at: expected, updated_at: expected });
  });

  it("of mapped names and tables is read alike", () => {
    const snake = dump([voice("v")], [generation("g")])
      .replaceAll('public."Voice"', "app.voices")
      .replaceAll('public."Generation"', '"generations"')
      .replaceAll(/"([a-z]\w+)"(?=[,)])/g, (_, name: string) =>
        name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      );
    expect(snake).toContain("org_id");
    expect(sorted(read(snake))).toEqual({ voices: [voice("v")], generations: [generation("g")] });
  });
});

describe("a dump that is not understood is refused with its place:", () => {
  const second = (statement: string) => `-- first line\n${statement}`;
  it.each([
    ["an open string", second("INSERT INTO x VALUES ('abc\n\n"), /^dump\.sql:2: a ' is not closed/],
    ["an open comment", second("/* abc\n"), /^dump\.sql:2: a comment is not closed/],
    ["an end in a statement", second("INSERT INTO x VALUES (1"), /^dump\.sql:2: the file breaks off/],
    ["COPY", second("COPY x FROM stdin;"), /^dump\.sql:2: copy is not understood.*--column-inserts/],
    ["a schema", second("CREATE TABLE x ();"), /^dump\.sql:2: create is not understood/],
    ["UPDATE", second("UPDATE x SET y = 1;"), /^dump\.sql:2: update is not understood/],
    ["a psql command", second("\\connect other\n"), /^dump\.sql:2: \\connect other is not understood/],
    [
      "another encoding",
      second("SET client_encoding = 'LATIN1';"),
      /^dump\.sql:2: .*client_encoding to LATIN1/,
    ],
    ["old strings", second("SET standard_conforming_strings = off;"), /^dump\.sql:2: .*_strings to off/],
    [
      "no column names",
      second(`INSERT INTO "Voice" VALUES ('a');`),
      /^dump\.sql:2: values is not understood/,
    ],
    [
      "lacking columns",
      second(`INSERT INTO "Voice" (id) VALUES ('a');`),
      /^dump\.sql:2: .*lacks the columns org_id,/,
    ],
    [
      "too few values",
      insert("'x'").replace("('g', 'o',", "('g',"),
      /^dump\.sql:1: 11 values for 12 columns/,
    ],
    ["an expression", second(insert("'a' || 'b'")), /^dump\.sql:2: \| is not understood/],
    ["a function", second(insert("now()")), /^dump\.sql:2: now is not understood where a value/],
    ["DEFAULT", second(insert("DEFAULT")), /^dump\.sql:2: default is not understood where a value/],
    ["bytes", second(insert("B'101'")), /^dump\.sql:2: b is not understood where a value/],
    ["a unicode string", second(insert("U&'x'")), /^dump\.sql:2: u is not understood where a value/],
    ["a bad escape", second(insert(String.raw`E'\uD83D'`)), /^dump\.sql:2: an escape in this string/],
    ["half a character", second(insert(String.raw`E'\xe5'`)), /^dump\.sql:2: an escape in this string/],
    [
      "an upsert",
      second(insert("'x'").replace(";", " ON CONFLICT (id) DO UPDATE SET id = 1;")),
      /^dump\.sql:2: \(/,
    ],
    [
      "two tables of one kind",
      `${insert("'x'")}${insert("'x'").replace('"Generation"', "old.generations")}`,
      /^dump\.sql:2: Generation and old\.generations both look like the table of generations/,
    ],
  ])("%s", (_, text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text, 1)).toThrow(message);
  });

  it.each([
    ["voice.csv", "", /^voice\.csv:1: is empty/],
    ["voice.csv", "id,name\na,b\n", /^voice\.csv:1: the table of voices lacks the columns org_id,/],
    [
      "users.csv",
      "id,name\na,b\n",
      /^users\.csv:1: these are the columns neither of voices nor of generations/,
    ],
    ["generation.csv", `${fixture("generation.csv")}a,b\n`, /^generation\.csv:13: Invalid Record Length/],
    ["generation.csv", `${fixture("generation.csv")}"a\n`, /^generation\.csv:13: Quote Not Closed/],
  ])("a %s", async (name, text, message) => {
    const readAll = async () => {
      for await (const row of readCsv(name, [text], nothing())) rowOf(row);
    };
    await expect(readAll()).rejects.toThrow(message);
  });
});
