// Keyset pagination: cursors, pages and the query parameters of a list.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { pageQuery, paginate, searchCursor, searchPosition } from "../../src/platform/pagination.ts";

const query = pageQuery({ name: z.string(), "-time": z.number() }, { color: z.string().optional() });

/** The cursor of a page in the order `sort` that ends at this value and id. */
function cursorAt(sort: "name" | "-time", value: string | number, id: string): string {
  const row = { id, value };
  const { nextCursor } = paginate(
    [row, row],
    { limit: 1, sort },
    (last) => last.value,
    () => null,
  );
  if (nextCursor === null) throw new Error("the page has no cursor");
  return nextCursor;
}

describe("a cursor", () => {
  it("is parsed to the key that it was made from, whatever its text or number", () => {
    const text = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(text, fc.string(), (value, id) => {
        const { cursor } = query.parse({ cursor: cursorAt("name", value, id) });
        expect(cursor).toEqual({ sort: "name", value, id });
      }),
    );
    fc.assert(
      fc.property(fc.integer(), fc.string(), (value, id) => {
        const { cursor } = query.parse({ sort: "-time", cursor: cursorAt("-time", value, id) });
        expect(cursor).toEqual({ sort: "-time", value, id });
      }),
    );
  });

  it("can be part of a URL without being encoded", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        expect(cursorAt("name", name, "id")).toMatch(/^[\w-]+=*$/);
      }),
    );
  });

  it.each([
    ["of a list with other orders", btoa('["-size","a","id"]')],
    ["that names what every object has", btoa('["toString","a","id"]')],
    ["with a value of another type", btoa('["name",7,"id"]')],
    ["with an id of another type", btoa('["name","a",7]')],
    ["that is not base64", "nonsense!"],
    ["that is not JSON", btoa("{")],
    ["with too few members", btoa('["name","a"]')],
    ["with too many members", btoa('["name","a","b","c"]')],
    ["of null", btoa("null")],
  ])("%s is rejected with a message that names the parameter", (_fact, cursor) => {
    const { error } = query.safeParse({ cursor });
    expect(error?.issues).toMatchObject([
      { path: ["cursor"], message: "cursor must be the nextCursor of a previous page" },
    ]);
  });
});

describe("a cursor of another order of the same list", () => {
  it.each([
    ["name", cursorAt("-time", 7, "id")],
    ["-time", cursorAt("name", "a", "id")],
    [undefined, cursorAt("-time", 7, "id")],
  ])("is rejected with the sort %s, and the message says why", (sort, cursor) => {
    const { error } = query.safeParse({ ...(sort && { sort }), cursor });
    expect(error?.issues).toMatchObject([
      { path: ["cursor"], message: "cursor is of a list with another sort, or of a search" },
    ]);
  });
});

describe("a search", () => {
  it("has no order but -createdAt, and positions as its cursors", () => {
    const searched = pageQuery({ name: z.string(), "-createdAt": z.int() }, {});
    for (const sort of [undefined, "-createdAt"]) {
      const parsed = searched.parse({ search: "a", cursor: searchCursor(7), ...(sort && { sort }) });
      expect(searchPosition(parsed)).toBe(7);
    }
    expect(searched.safeParse({ search: "a", sort: "name" }).error?.issues).toMatchObject([
      { path: ["sort"], message: "sort must be -createdAt, or absent, with search" },
    ]);
  });

  it.each([
    ["of a list", { search: "a", cursor: cursorAt("name", "a", "id") }],
    ["of a search, in a list,", { cursor: searchCursor(7) }],
    ["of a search, in a search for nothing,", { search: " ", cursor: searchCursor(7) }],
    ["with a negative position", { search: "a", cursor: searchCursor(-1) }],
    ["with half a position", { search: "a", cursor: searchCursor(0.5) }],
  ])("refuses a cursor %s", (_fact, input) => {
    expect(query.safeParse(input).error?.issues).toMatchObject([{ path: ["cursor"] }]);
  });
});

describe("the order of a list", () => {
  it("is the first one when absent, as the cursors that are accepted show", () => {
    expect(query.parse({ cursor: cursorAt("name", "a", "id") }).cursor?.sort).toBe("name");
    expect(query.parse({ sort: "-time" }).sort).toBe("-time");
  });

  it.each(["", "time", "-name", "constructor"])("cannot be %j", (sort) => {
    expect(query.safeParse({ sort }).error?.issues).toMatchObject([
      { path: ["sort"], message: "sort must be name or -time" },
    ]);
  });
});

describe("paginate", () => {
  const page = (ids: string[], limit: number) =>
    paginate(
      ids.map((id) => ({ id })),
      { limit, sort: "name" },
      ({ id }) => id,
      ({ id }) => id.toUpperCase(),
    );

  it("has a nextCursor only when there are more rows than the limit", () => {
    expect(page(["a", "b"], 2)).toEqual({ items: ["A", "B"], nextCursor: null });
    expect(page(["a", "b", "c"], 2)).toEqual({ items: ["A", "B"], nextCursor: cursorAt("name", "b", "b") });
    expect(page([], 2)).toEqual({ items: [], nextCursor: null });
  });
});

describe("the limit of a page", () => {
  it("is 50 when absent", () => {
    expect(query.parse({}).limit).toBe(50);
  });

  it.each(["1", "100"])("can be %s", (limit) => {
    expect(query.parse({ limit }).limit).toBe(Number(limit));
  });

  it.each(["0", "101", "1.5", "many", ""])("cannot be %j", (limit) => {
    expect(query.safeParse({ limit }).error?.issues).toMatchObject([{ path: ["limit"] }]);
  });
});
