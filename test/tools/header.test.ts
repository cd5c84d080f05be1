// Which table a header line belongs to.
import { expect, it } from "vitest";
import { matchHeader } from "../../scripts/migrate-postgres/header.ts";
import { GENERATION_COLUMNS, VOICE_COLUMNS } from "./postgres-rows.ts";

const VOICE_HEADER = Object.keys(VOICE_COLUMNS);
const GENERATION_HEADER = Object.keys(GENERATION_COLUMNS);
const without = (names: string[], ...removed: string[]) => names.filter((name) => !removed.includes(name));

it.each([
  ["voices", VOICE_HEADER, VOICE_COLUMNS],
  ["generations", GENERATION_HEADER, GENERATION_COLUMNS],
])("a header with all columns of %s matches that table, in any order", (name, header, columns) => {
  const expected = Object.values(columns);
  expect(matchHeader(header)).toMatchObject({ kind: "matched", table: { name }, columns: expected });
  expect(matchHeader(header.toReversed())).toMatchObject({ columns: expected.toReversed() });
});

it("mapped names in snake case and names in another case match the same columns", () => {
  const expected = { kind: "matched", table: { name: "voices" }, columns: Object.values(VOICE_COLUMNS) };
  expect(matchHeader(Object.values(VOICE_COLUMNS))).toMatchObject(expected);
  expect(matchHeader(VOICE_HEADER.map((name) => name.toUpperCase()))).toMatchObject(expected);
});

it("a column that is not migrated has no name in D1", () => {
  expect(matchHeader(["tags", ...VOICE_HEADER])).toMatchObject({
    kind: "matched",
    columns: [undefined, ...Object.values(VOICE_COLUMNS)],
  });
});

it("a header that lacks some columns names them", () => {
  expect(matchHeader(without(VOICE_HEADER, "orgId", "r2ObjectKey"))).toMatchObject({
    kind: "missing-columns",
    table: { name: "voices" },
    missing: ["org_id", "r2_object_key"],
  });
  expect(matchHeader(without(GENERATION_HEADER, "topK"))).toMatchObject({
    kind: "missing-columns",
    table: { name: "generations" },
    missing: ["top_k"],
  });
});

it("a header with less than half of the columns belongs to another table", () => {
  expect(matchHeader(["id", "email", "name", "createdAt", "updatedAt"])).toEqual({ kind: "other-table" });
});

it("a first line of values is no header", () => {
  expect(matchHeader(["clx_1", "", "Aaron", "A calm reader", "AUDIOBOOK"])).toEqual({ kind: "no-header" });
  expect(matchHeader([])).toEqual({ kind: "no-header" });
});

it("two columns of the same name are ambiguous", () => {
  expect(matchHeader([...VOICE_HEADER, "org_id"])).toEqual({ kind: "duplicate-column", column: "org_id" });
});
