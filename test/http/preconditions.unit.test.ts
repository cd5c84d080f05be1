// Conditional requests (RFC 9110 §13): precedence, entity-tag comparison and HTTP dates.
import { describe, expect, it } from "vitest";
import { type Conditions, evaluatePreconditions, rangeApplies } from "../../src/http/preconditions.ts";

/** With a fraction of a second, which an HTTP date cannot express. */
const current = { etag: '"v1"', lastModified: Date.parse("2026-03-04T05:06:07.890Z") };
const AT = "Wed, 04 Mar 2026 05:06:07 GMT";
const BEFORE = "Wed, 04 Mar 2026 05:06:06 GMT";
const AFTER = "Wed, 04 Mar 2026 05:06:08 GMT";

const NONE: Conditions = {
  ifMatch: undefined,
  ifNoneMatch: undefined,
  ifModifiedSince: undefined,
  ifUnmodifiedSince: undefined,
  ifRange: undefined,
};

const cases: [conditions: Partial<Conditions>, result: ReturnType<typeof evaluatePreconditions>][] = [
  [{}, "proceed"],
  [{ ifMatch: '"v1"' }, "proceed"],
  [{ ifMatch: "*" }, "proceed"],
  [{ ifMatch: '"v0", "v1"' }, "proceed"],
  [{ ifMatch: 'W/"v1"' }, "failed"],
  [{ ifMatch: '"v2"' }, "failed"],
  [{ ifMatch: "" }, "failed"],
  [{ ifMatch: '"v1"', ifUnmodifiedSince: BEFORE }, "proceed"],
  [{ ifUnmodifiedSince: AT }, "proceed"],
  [{ ifUnmodifiedSince: BEFORE }, "failed"],
  [{ ifUnmodifiedSince: "yesterday" }, "proceed"],
  [{ ifNoneMatch: '"v1"' }, "not-modified"],
  [{ ifNoneMatch: 'W/"v1"' }, "not-modified"],
  [{ ifNoneMatch: " * " }, "not-modified"],
  [{ ifNoneMatch: ',, "a,b",\t"v1"' }, "not-modified"],
  [{ ifNoneMatch: 'w/"v1"' }, "proceed"],
  [{ ifNoneMatch: "v1" }, "proceed"],
  [{ ifNoneMatch: '"v0" garbage, "v1"' }, "proceed"],
  [{ ifNoneMatch: '"v2"', ifModifiedSince: AT }, "proceed"],
  [{ ifMatch: '"v1"', ifNoneMatch: '"v1"' }, "not-modified"],
  [{ ifMatch: '"v2"', ifNoneMatch: '"v1"' }, "failed"],
  [{ ifModifiedSince: AT }, "not-modified"],
  [{ ifModifiedSince: AFTER }, "not-modified"],
  [{ ifModifiedSince: BEFORE }, "proceed"],
  [{ ifModifiedSince: "Wednesday, 04-Mar-26 05:06:07 GMT" }, "not-modified"],
  [{ ifModifiedSince: "Wed Mar  4 05:06:07 2026" }, "not-modified"],
  [{ ifModifiedSince: "2026-03-04T05:06:07Z" }, "proceed"],
  [{ ifModifiedSince: "Wed, 04 Foo 2026 05:06:07 GMT" }, "proceed"],
];

describe("evaluatePreconditions", () => {
  it.each(cases)("with %j results in %s", (conditions, expected) => {
    expect(evaluatePreconditions({ ...NONE, ...conditions }, current)).toBe(expected);
  });
});

describe("rangeApplies", () => {
  it.each([
    [undefined, true],
    ['"v1"', true],
    [' "v1" ', true],
    ['W/"v1"', false],
    ['"v2"', false],
    [AT, true],
    [BEFORE, false],
    [AFTER, false],
    ["yesterday", false],
    ["", false],
  ])("with If-Range %j is %s", (ifRange, expected) => {
    expect(rangeApplies(ifRange, current)).toBe(expected);
  });
});
