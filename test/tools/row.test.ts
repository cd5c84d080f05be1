// From the texts of a source row to the values of D1, and the comparison of two rows.
import { describe, expect, it } from "vitest";
import { compareRow, parseRow } from "../../scripts/migrate-postgres/row.ts";
import { GENERATIONS, VOICES } from "../../scripts/migrate-postgres/tables.ts";
import { GENERATION_COLUMNS, generation, sourceTexts, VOICE_COLUMNS, voice } from "./postgres-rows.ts";

type Texts = Record<string, string | null>;
const location = { file: "x.csv", line: 2 };

const parseVoice = (changes: Texts = {}) =>
  parseRow({
    ...{ table: VOICES, location },
    values: new Map(Object.entries({ ...sourceTexts(VOICE_COLUMNS, voice("v")), ...changes })),
  });
const parseGeneration = (changes: Texts = {}) =>
  parseRow({
    ...{ table: GENERATIONS, location },
    values: new Map(Object.entries({ ...sourceTexts(GENERATION_COLUMNS, generation("g")), ...changes })),
  });

describe("a source row", () => {
  it("is parsed into the types of D1", () => {
    expect(parseVoice()).toEqual({ kind: "row", row: voice("v") });
    expect(parseGeneration()).toEqual({ kind: "row", row: generation("g") });
  });

  it.each([
    ["2025-02-03 04:05:06", Date.UTC(2025, 1, 3, 4, 5, 6)],
    ["2025-02-03 04:05:06.7", Date.UTC(2025, 1, 3, 4, 5, 6, 700)],
    ["2025-02-03 04:05:06.789123", Date.UTC(2025, 1, 3, 4, 5, 6, 789)],
    ["2025-02-03 04:05:06+00", Date.UTC(2025, 1, 3, 4, 5, 6)],
    ["2025-02-03 04:05:06.5+05:30", Date.UTC(2025, 1, 2, 22, 35, 6, 500)],
  ])("with the timestamp %s has that time in milliseconds", (text, expected) => {
    expect(parseGeneration({ created_at: text, updated_at: text })).toMatchObject({
      row: { created_at: expected, updated_at: expected },
    });
  });

  it.each<[string, Texts, string]>([
    ["NULL where D1 needs a value", { name: null }, "name is NULL"],
    ["a category that does not exist", { category: "SPEECH" }, 'category cannot be "SPEECH"'],
    ["a date without a time", { created_at: "2025-02-03" }, 'created_at cannot be "2025-02-03"'],
    ["a date in another style", { created_at: "03/02/2025 04:05:06" }, "created_at cannot be"],
    ["a custom voice without an organisation", { org_id: null }, "a CUSTOM voice without an orgId"],
    ["a system voice with an organisation", { variant: "SYSTEM" }, "a SYSTEM voice with an orgId"],
    [
      "more than 2,000,000 bytes",
      { description: "é".repeat(1_000_001) },
      "larger than D1's limit of 2000000 bytes",
    ],
  ])("of a voice is rejected for %s", (_, changes, reason) => {
    expect(parseVoice(changes)).toEqual({ kind: "rejected", reason: expect.stringContaining(reason) });
  });

  it.each<[string, Texts]>([
    ["temperature", { temperature: "Infinity" }],
    ["temperature", { temperature: "NaN" }],
    ["temperature", { temperature: "1e999" }],
    ["top_p", { top_p: "" }],
    ["top_k", { top_k: "0.5" }],
    ["top_k", { top_k: "9007199254740993" }],
  ])("of a generation is rejected when %s is no number that D1 can store: %j", (column, changes) => {
    const reason = `${column} cannot be ${JSON.stringify(changes[column])}`;
    expect(parseGeneration(changes)).toEqual({ kind: "rejected", reason });
  });

  it.each([
    ["ca-ES-", "ca-ES"],
    ["es-ES_tradnl", "es-ES-tradnl"],
    ["EN-us", "EN-us"],
    ["Klingon, as spoken_", "Klingon, as spoken_"],
  ])(
    "of a voice with the language %s has %s: a tag is normalised, another text is kept",
    (language, stored) => {
      expect(parseVoice({ language })).toEqual({ kind: "row", row: voice("v", { language: stored }) });
    },
  );

  it("of a custom voice without audio is skipped, of a system voice it is kept", () => {
    expect(parseVoice({ r2_object_key: null })).toEqual({ kind: "without-audio" });
    expect(parseVoice({ r2_object_key: null, variant: "SYSTEM", org_id: null })).toMatchObject({
      kind: "row",
    });
  });
});

describe("compared with D1, a row", () => {
  const row = voice("v");

  it("is missing, the same, differing or newer in D1", () => {
    expect(compareRow(VOICES, row, undefined)).toEqual({ kind: "missing" });
    expect(compareRow(VOICES, row, { ...row })).toEqual({ kind: "same" });
    expect(compareRow(VOICES, row, { ...row, name: "Other", description: "" })).toEqual({
      ...{ kind: "differing", columns: ["name", "description"] },
    });
    expect(compareRow(VOICES, row, { ...row, updated_at: row.updated_at + 1 })).toEqual({
      ...{ kind: "newer", columns: ["updated_at"] },
    });
  });

  it("is the same when D1 differs only in a column that this service measures", () => {
    expect(compareRow(VOICES, row, { ...row, duration_seconds: 12 })).toEqual({ kind: "same" });
  });
});
