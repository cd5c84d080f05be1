// Folding: which texts count as the same in a search.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldText } from "../../src/search/fold.ts";

describe("a folded text", () => {
  it.each([
    ["Crème Brûlée", "creme brulee"],
    ["STRASSE Straße STRAẞE", "strasse strasse strasse"],
    ["ΟΔΟΣ ὁδός", "οδοσ οδοσ"],
    ["İstanbul ISTANBUL", "istanbul istanbul"],
    ["Ｆｕｌｌ　Ｗｉｄｔｈ", "full width"],
    ["ﬁnance №5", "finance no5"],
    ["Ёлка й", "елка и"],
    ["a\u00adb\u200dc\ufe0f", "abc"],
    ["two \t\n lines", "two lines"],
    ["مُحَمَّد", "محمد"],
    ["שָׁלוֹם", "שלום"],
    ["100% _'\"*", "100% _'\"*"],
  ])("%j is %j", (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });

  it.each([
    ["kana with and without voicing marks", "か", "が"],
    ["syllables of Hangul", "하", "한"],
    ["Thai with and without a vowel sign", "ก", "กิ"],
    ["Devanagari with and without a vowel sign", "क", "कि"],
    ["simplified and traditional characters", "东", "東"],
  ])("keeps apart %s", (_fact, one, other) => {
    expect(foldText(one)).not.toBe(foldText(other));
  });

  it("is the same for half-width and composed kana", () => {
    expect(foldText("ﾊﾞｽ")).toBe(foldText("バス"));
  });

  it("is the same for a character, its folded form and both of its cases, for each one of Unicode", () => {
    const differ = Array.from({ length: 0x110000 }, (_, codePoint) => String.fromCodePoint(codePoint))
      .filter((character) => /[\p{L}\p{M}\p{N}\p{S}\p{P}\p{Z}]/u.test(character))
      .filter((character) => {
        const folded = foldText(character);
        return [folded, character.toUpperCase(), character.toLowerCase()].some(
          (other) => foldText(other) !== folded,
        );
      });
    expect(differ).toEqual([]);
  });

  it("folds to itself, however the text was composed, and half a surrogate pair does no harm", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const folded = foldText(text);
        expect(foldText(folded)).toBe(folded);
        expect(foldText(text.normalize("NFD"))).toBe(folded);
      }),
    );
    expect(foldText("a\ud800b")).toBe("a\ufffdb");
  });
});
