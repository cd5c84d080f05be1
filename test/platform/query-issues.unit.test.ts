// What is wrong with a query string itself: malformed percent-encoding and repeated parameters.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findQueryIssues } from "../../src/platform/query-issues.ts";

const issuesOf = (query: string) => findQueryIssues(`https://app.example.com/x${query}`, ["name", "limit"]);
const issue = (path: string[], message: string) => ({ code: "custom", message, path });
const malformed = issue(["name"], "name is not valid percent-encoded UTF-8");

describe("findQueryIssues", () => {
  it.each([
    ["an escape that is cut off", "?name=%E0%A4%A"],
    ["an escape that is no hexadecimal number", "?name=%zz"],
    ["a percent sign alone", "?name=100%"],
    ["a byte that UTF-8 does not have", "?name=%FF"],
    ["an overlong form", "?name=%C0%AF"],
    ["half of a surrogate pair", "?name=%ED%A0%80"],
    ["a code point above U+10FFFF", "?name=%F4%90%80%80"],
    ["a name that is itself encoded", "?n%61me=%FF"],
    ["a valid second value", "?name=%FF&name=b"],
    ["an invalid second value", "?name=a&name=%FF"],
  ])("reports the parameter for %s", (_what, query) => {
    expect(issuesOf(query)).toEqual([malformed]);
  });

  it.each(["?other=%FF", "?%zz=1", "?%"])(
    "reports the query for %s, which names no known parameter",
    (query) => {
      expect(issuesOf(query)).toEqual([issue([], "The query is not valid percent-encoded UTF-8")]);
    },
  );

  it.each([
    "?name=a&name=b",
    "?name=a&name=a",
    "?name&name",
    "?name=a&limit=1&n%61me=b",
    "?name=&name=&name=",
  ])("reports one parameter that appears more than once in %s", (query) =>
    expect(issuesOf(query)).toEqual([issue(["name"], "name appears more than once in the query")]),
  );

  it.each([
    "",
    "?",
    "?&&",
    "?=a&=b",
    "?name=a?name=b",
    "?other=1&other=2",
    "?name=%EF%BF%BD",
    "?name=a=b%3D",
  ])("reports nothing in %j", (query) => expect(issuesOf(query)).toEqual([]));

  it("reports nothing in what URLSearchParams encodes, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (name, limit) => {
        expect(issuesOf(`?${new URLSearchParams({ name, limit })}`)).toEqual([]);
      }),
    );
  });
});
