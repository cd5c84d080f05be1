// Keyset pagination: cursors, pages and the query parameters of a list.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type CursorKey, pageQuery, paginate } from "../../src/platform/pagination.ts";

const byName = pageQuery(z.string());
const byTime = pageQuery(z.number());

/** The cursor of a page that ends at `key`. */
function cursorAt(key: CursorKey<string | number>): string {
  const { nextCursor } = paginate(
    [key, key],
    1,
    (row) => row,
    () => null,
  );
  if (nextCursor === null) throw new Error("the page has no cursor");
  return nextCursor;
}

describe("a cursor", () => {
  it("is parsed to the key that it was made from, whatever its text or number", () => {
    const text = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(text, fc.string(), (name, id) => {
        expect(byName.parse({ cursor: cursorAt([name, id]) }).cursor).toEqual([name, id]);
      }),
    );
    fc.assert(
      fc.property(fc.integer(), fc.string(), (time, id) => {
        expect(byTime.parse({ cursor: cursorAt([time, id]) }).cursor).toEqual([time, id]);
      }),
    );
  });

  it("can be part of a URL without being encoded", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        expect(cursorAt([name, "id"])).toMatch(/^[\w-]+=*$/);
      }),
    );
  });

  it.each([
    ["of another list", cursorAt([7, "id"])],
    ["that is not base64", "nonsense!"],
    ["that is not JSON", btoa("{")],
    ["with too few members", btoa('["a"]')],
    ["with too many members", btoa('["a","b","c"]')],
    ["of null", btoa("null")],
  ])("%s is rejected with a message that names the parameter", (_fact, cursor) => {
    const { error } = byName.safeParse({ cursor });
    expect(error?.issues).toMatchObject([
      { path: ["cursor"], message: "cursor must be the nextCursor of a previous page" },
    ]);
  });
});

describe("paginate", () => {
  const page = (rows: string[], limit: number) =>
    paginate(
      rows,
      limit,
      (row) => [row, row],
      (row) => row.toUpperCase(),
    );

  it("has a nextCursor only when there are more rows than the limit", () => {
    expect(page(["a", "b"], 2)).toEqual({ items: ["A", "B"], nextCursor: null });
    expect(page(["a", "b", "c"], 2)).toEqual({ items: ["A", "B"], nextCursor: cursorAt(["b", "b"]) });
    expect(page([], 2)).toEqual({ items: [], nextCursor: null });
  });
});

describe("the limit of a page", () => {
  it("is 50 when absent", () => {
    expect(byName.parse({}).limit).toBe(50);
  });

  it.each(["1", "100"])("can be %s", (limit) => {
    expect(byName.parse({ limit }).limit).toBe(Number(limit));
  });

  it.each(["0", "101", "1.5", "many", ""])("cannot be %j", (limit) => {
    expect(byName.safeParse({ limit }).error?.issues).toMatchObject([{ path: ["limit"] }]);
  });
});
