// Range headers (RFC 9110 §14): parsing, and resolving against a size.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRange, resolveRange } from "../../src/http/range.ts";

describe("parseRange", () => {
  it.each([
    ["bytes=0-499", { first: 0, last: 499 }],
    ["bytes=500-", { first: 500, last: null }],
    ["bytes=-100", { suffix: 100 }],
    ["bytes=-0", { suffix: 0 }],
    ["BYTES=0-0", { first: 0, last: 0 }],
    ["bytes=,\t, 5-9 , ,", { first: 5, last: 9 }],
    ["bytes=007-0009", { first: 7, last: 9 }],
    [`bytes=0-${"9".repeat(40)}`, { first: 0, last: Number.MAX_SAFE_INTEGER - 1 }],
  ])("parses %j as one range", (header, expected) => {
    expect(parseRange(header)).toEqual(expected);
  });

  it.each([
    undefined,
    "",
    "bytes",
    "bytes=",
    "bytes=-",
    "bytes=,",
    "bytes=0-4,10-14",
    "bytes=5-4",
    "bytes=9007199254740995-9007199254740993",
    "bytes = 0-5",
    "bytes=0 -5",
    "bytes=0-5x",
    "bytes=+1-5",
    "seconds=0-5",
    " bytes=0-5",
  ])("ignores %j, so that the whole is sent", (header) => {
    expect(parseRange(header)).toBeNull();
  });
});

describe("resolveRange", () => {
  it.each([
    ["bytes=0-499", 1000, { offset: 0, length: 500 }],
    ["bytes=900-5000", 1000, { offset: 900, length: 100 }],
    ["bytes=999-", 1000, { offset: 999, length: 1 }],
    ["bytes=-5000", 1000, { offset: 0, length: 1000 }],
    ["bytes=-1", 1000, { offset: 999, length: 1 }],
    ["bytes=1000-", 1000, null],
    ["bytes=-0", 1000, null],
    ["bytes=0-", 0, null],
    ["bytes=-5", 0, null],
  ])("resolves %s of %d bytes to %o", (header, size, expected) => {
    const spec = parseRange(header);
    expect(spec && resolveRange(spec, size)).toEqual(expected);
  });

  it("returns, for any range and size, exactly the requested bytes that exist, or null if there are none", () => {
    const size = fc.nat(300);
    const position = fc.nat(400);
    const header = fc.oneof(
      fc.tuple(position, position).map(([a, b]) => `bytes=${Math.min(a, b)}-${Math.max(a, b)}`),
      position.map((first) => `bytes=${first}-`),
      position.map((suffix) => `bytes=-${suffix}`),
    );
    fc.assert(
      fc.property(header, size, (text, bytes) => {
        const spec = parseRange(text);
        if (!spec) throw new Error(`${text} was not parsed`);
        const requested = Array.from({ length: bytes }, (_, index) => index).filter((index) =>
          "suffix" in spec
            ? index >= bytes - spec.suffix
            : index >= spec.first && (spec.last === null || index <= spec.last),
        );
        const span = resolveRange(spec, bytes);
        expect(span).toEqual(
          requested.length === 0 ? null : { offset: requested[0], length: requested.length },
        );
      }),
    );
  });
});
