// Tokens of the search index: a text has those of every substring of it, and of no other block.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldText } from "../../src/search/fold.ts";
import { documentTokens, matchExpression } from "../../src/search/grams.ts";

const BLOCK = 41;

const tokensOf = (...texts: string[]) => new Set(documentTokens(BLOCK, texts).split(" "));
const queried = (needle: string, block = BLOCK) =>
  Array.from(matchExpression(block, needle).matchAll(/"([^"]*)"/g), ([, token = ""]) => token);

const text = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1 }),
  fc.string({
    unit: fc.constantFrom("a", "é", "ß", " ", "%", '"', "*", "東", "京", "が", "한", "👩‍👧"),
    minLength: 1,
  }),
);

describe("the tokens of a text", () => {
  it("include each token of a query for each substring of it", () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (whole, start, length) => {
        const characters = Array.from(foldText(whole));
        const from = start % (characters.length + 1);
        const needle = characters.slice(from, from + 1 + (length % 12)).join("");
        if (needle === "") return;
        const tokens = tokensOf("another text", whole);
        for (const token of queried(needle)) expect(tokens).toContain(token);
      }),
    );
  });

  it("have no ASCII but letters and digits, so that FTS5 splits no token and reads no operator", () => {
    fc.assert(
      fc.property(text, (whole) => {
        for (const token of [...tokensOf(whole), ...queried(foldText(whole) || "a")]) {
          expect(token).toMatch(/^[a-z\d\u0080-\u{10ffff}]+$/u);
        }
      }),
    );
  });

  it("do not span two texts", () => {
    expect(tokensOf("ab", "cd")).not.toContain(queried("bc")[0]);
  });

  it("are those of no other block, however the numbers of the blocks end", () => {
    const tokens = tokensOf("abc", "1abc", "2", "é");
    for (const block of [1, 4, 40, 42, 41 * 36, 41 * 36 + 1, 36 ** 5 + 41]) {
      for (const needle of ["a", "ab", "abc", "2"]) {
        for (const token of queried(needle, block)) expect(tokens).not.toContain(token);
      }
    }
  });
});

describe("a query", () => {
  it("has one token for up to three characters, whatever they are", () => {
    expect(["a", "ab", "abc", "東", "東京", "%", "👩"].map((needle) => queried(needle).length)).toEqual(
      Array.from({ length: 7 }, () => 1),
    );
  });

  it("has a bounded number of tokens, with the beginning and the end of the text", () => {
    const needle = Array.from({ length: 200 }, (_, n) => String.fromCodePoint(0x4e00 + n)).join("");
    const tokens = queried(needle);
    expect(tokens.length).toBeGreaterThanOrEqual(3);
    expect(tokens.length).toBeLessThanOrEqual(8);
    expect(tokens[0]).toContain("\u4e00");
    expect(tokens.at(-1)).toContain(String.fromCodePoint(0x4e00 + 199));
  });
});
