// The records that the export writes: read by csv-parse as they were, and refused where Postgres cannot store them.
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatRecord, withoutPsqlEscapes } from "../../scripts/export/csv.ts";
import { toPostgresRow } from "../../scripts/export/postgres-row.ts";
import { parseRow } from "../../scripts/migrate-postgres/row.ts";
import { GENERATIONS, VOICES } from "../../scripts/migrate-postgres/tables.ts";
import { generation, voice } from "./postgres-rows.ts";

/** As Postgres reads CSV: an unquoted empty field is NULL. */
const read = (csv: string): (string | null)[][] =>
  parse(csv, {
    relax_column_count: false,
    cast: (value, { quoting }) => (value === "" && !quoting ? null : value),
  });

describe("a record", () => {
  it("is read as it was: quotes, commas, line breaks, NULL, the empty text, any Unicode", () => {
    const difficult = fc.constantFrom(
      '"',
      '""',
      ",",
      "\n",
      "\r\n",
      "\r",
      "\\",
      "\\.",
      " ",
      "=1+1",
      "@",
      "\ufeff",
      "\u2028",
    );
    const text = fc
      .array(fc.oneof(difficult, fc.string({ unit: "binary" })), { maxLength: 8 })
      .map((parts) => parts.join(""));
    const record = fc.array(fc.option(text), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(record, record, (a, b) => {
        // The line that only Postgres reads is below.
        fc.pre(![...a, ...b].some((field) => /\n\\\.\r?\n/.test(field ?? "")));
        expect(read(formatRecord(a))).toEqual([a]);
        if (a.length === b.length) expect(read(formatRecord(a) + formatRecord(b))).toEqual([a, b]);
      }),
      { numRuns: 500 },
    );
  });

  it("is read as it was, that line too, after the escapes are removed, wherever a chunk of the file ends", () => {
    const text = fc
      .array(fc.constantFrom('"', "\\.", "\n", "\r\n", "\n\\.\n", '"\\."', ",", "a"), { maxLength: 8 })
      .map((parts) => parts.join(""));
    const records = fc.array(fc.tuple(text, fc.option(text), text), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 20 }), (written, size) => {
        const csv = written.map((record) => formatRecord(record)).join("");
        const chunks = csv.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
        expect(read([...withoutPsqlEscapes(chunks)].join(""))).toEqual(written);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["a\n\\.\nb", '"a\n"\\."\nb"'],
    ["\n\\.\n\\.\r\n", '"\n"\\."\n"\\."\r\n"'],
    ['"\n\\.\n"', '"""\n"\\."\n"""'],
    // Alone in the text, or in its last line, it is beside a quote already.
    ["\\.", '"\\."'],
    ["\\.\na", '"\\.\na"'],
    ["a\n\\.", '"a\n\\."'],
    ["a\n\\. \n\\..\nb", '"a\n\\. \n\\..\nb"'],
  ])("of %j has no line that psql before 18 takes for the end of the data", (text, expected) => {
    const csv = formatRecord(["id", text]);
    expect(csv).toBe(`"id",${expected}\n`);
    expect(csv.split("\n").map((line) => line.replace(/\r$/, ""))).not.toContain("\\.");
  });
});

describe("a row for Postgres", () => {
  const fieldsOf = (row: Parameters<typeof toPostgresRow>[1]) => toPostgresRow(GENERATIONS, row);
  const field = (name: string, value: string | number | null) => {
    const exported = fieldsOf(generation("g", { [name]: value }));
    return exported.kind === "row"
      ? exported.fields[GENERATIONS.columns.findIndex((c) => c.name === name)]
      : exported;
  };

  it("is parsed by the migration as the row that it was", () => {
    fc.assert(
      fc.property(
        fc.record({
          text: fc.string({ unit: "grapheme" }),
          voice_id: fc.option(fc.string()),
          r2_object_key: fc.option(fc.string()),
          temperature: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
          top_k: fc.integer(),
          created_at: fc.integer({ min: Date.UTC(1000, 0), max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) }),
        }),
        (values) => {
          const row = generation("g", values);
          const exported = fieldsOf(row);
          if (exported.kind !== "row") throw new Error(JSON.stringify(exported));
          const { fields } = exported;
          const texts = new Map(GENERATIONS.columns.map(({ name }, index) => [name, fields[index] ?? null]));
          const location = { file: "x", line: 1 };
          expect(parseRow({ table: GENERATIONS, location, values: texts })).toEqual({ kind: "row", row });
        },
      ),
    );
  });

  it.each([
    ["created_at", Date.UTC(2025, 0, 1, 12, 30, 0, 5), "2025-01-01 12:30:00.005"],
    ["created_at", -1, "1969-12-31 23:59:59.999"],
    ["created_at", Date.parse("0001-01-01T00:00:00Z"), "0001-01-01 00:00:00.000"],
    ["temperature", 0.1 + 0.2, "0.30000000000000004"],
    ["temperature", Number.MIN_VALUE, "5e-324"],
    ["temperature", Number.MAX_VALUE, "1.7976931348623157e+308"],
    ["top_k", 2 ** 31 - 1, "2147483647"],
    ["top_k", -(2 ** 31), "-2147483648"],
    ["text", "=HYPERLINK(1)", "=HYPERLINK(1)"],
    ["text", "", ""],
    ["voice_id", null, null],
  ])("has %s %j as %j", (name, value, expected) => {
    expect(field(name, value)).toBe(expected);
  });

  it.each([
    ["text", "a\0b", "text"],
    ["text", null, "text"],
    ["top_k", 2 ** 31, "topK"],
    ["top_k", -(2 ** 31) - 1, "topK"],
    ["top_k", 0.5, "topK"],
    ["temperature", null, "temperature"],
    ["updated_at", Date.parse("+010000-01-01T00:00:00Z"), "updatedAt"],
    ["updated_at", Date.parse("0000-12-31T00:00:00Z"), "updatedAt"],
    ["updated_at", Date.parse("-000001-12-31T00:00:00Z"), "updatedAt"],
    ["updated_at", 9e15, "updatedAt"],
  ])("is rejected with %s %j", (name, value, column) => {
    expect(field(name, value)).toEqual({ kind: "rejected", reason: `Postgres cannot store its ${column}` });
  });

  it("is left out when it is a custom voice without audio, and kept when it is a system voice", () => {
    expect(toPostgresRow(VOICES, voice("v", { r2_object_key: null }))).toEqual({ kind: "without-audio" });
    const system = { variant: "SYSTEM", org_id: null, r2_object_key: null };
    expect(toPostgresRow(VOICES, voice("v", system))).toMatchObject({ kind: "row" });
  });
});
