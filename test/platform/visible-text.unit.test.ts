// Which texts show something, and which keep the direction of the text around them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isVisible, keepsTextDirection } from "../../src/platform/visible-text.ts";

/** Every character of `ranges`, inclusive. */
const charactersOf = (ranges: readonly (readonly [from: number, to: number])[]): string[] =>
  ranges.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)),
  );

const INVISIBLE = charactersOf([
  ...([
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0xad, 0xad],
    [0x34f, 0x34f],
    [0x61c, 0x61c],
  ] as const),
  // Hangul fillers.
  ...([
    [0x115f, 0x1160],
    [0x3164, 0x3164],
    [0xffa0, 0xffa0],
  ] as const),
  // Ogham space, Khmer inherent vowels, Mongolian separators and vowel separator.
  ...([
    [0x1680, 0x1680],
    [0x17b4, 0x17b5],
    [0x180b, 0x180f],
  ] as const),
  // Spaces, zero-width characters, bidi controls, invisible operators.
  ...([
    [0x2000, 0x200f],
    [0x2028, 0x202f],
    [0x205f, 0x206f],
  ] as const),
  // Braille blank, ideographic space, variation selectors, byte order mark.
  ...([
    [0x2800, 0x2800],
    [0x3000, 0x3000],
    [0xfe00, 0xfe0f],
    [0xfeff, 0xfeff],
  ] as const),
  // Null notehead, musical format controls, tags, variation selectors supplement.
  ...([
    [0x1d159, 0x1d159],
    [0x1d173, 0x1d17a],
    [0xe0000, 0xe007f],
    [0xe0100, 0xe01ef],
  ] as const),
]);

const REORDERING = charactersOf([
  [0x202a, 0x202e],
  [0x2066, 0x2069],
]);

/** Names as people of these scripts write them, and emoji of several characters. */
const NAMES = [
  ...["Grandma", "Ærøskøbing", "Ελένη", "Иван", "Անի", "ნინო", "שָׂרָה", "فاطمة", "می‌خواهم", "ܡܪܝܡ"],
  ...["प्रिया", "ক্ষমা", "ਗੁਰਪ੍ਰੀਤ", "ગીતા", "தமிழ்", "ತೆಲುಗು", "ശ്രീ‍", "සුනිල්", "สมชาย", "ລາວ"],
  ...["བོད་ཡིག", "မြန်မာ", "ភាសាខ្មែរ", "ᠮᠣᠩᠭᠣᠯ", "አማርኛ", "ᏣᎳᎩ", "ひらがな", "カタカナ", "王小明", "김민수"],
  ...["👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "❤️", "⠓⠊", "\u200fשלום!\u200e", "٣", "-"],
];

describe("isVisible", () => {
  it("is false for each character that shows nothing, alone and repeated", () => {
    const shown = INVISIBLE.filter((character) => isVisible(character) || isVisible(character.repeat(3)));
    expect(shown).toEqual([]);
  });

  it("is false for every text of such characters, and true once a letter is among them", () => {
    const invisible = fc.string({ unit: fc.constantFrom(...INVISIBLE) });
    fc.assert(
      fc.property(invisible, invisible, (before, after) => {
        expect(isVisible(before + after)).toBe(false);
        expect(isVisible(`${before}a${after}`)).toBe(true);
      }),
    );
  });

  it("is false for control characters, half of a surrogate pair and a mark without a character", () => {
    expect(["\0", "\n", "\ud800", "\u0301"].map(isVisible)).toEqual([false, false, false, false]);
  });

  it("is true for an emoji that is newer than the runtime's Unicode version", () => {
    expect(isVisible("\u{1fadd}")).toBe(true);
  });
});

describe("keepsTextDirection", () => {
  it("is false exactly for texts with an embedding, an override or an isolate", () => {
    const unit = fc.oneof(
      fc.constantFrom(...REORDERING, "\u200e", "\u200f", "\u061c"),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(fc.array(unit), (parts) => {
        const text = parts.join("");
        expect(keepsTextDirection(text)).toBe(!REORDERING.some((character) => text.includes(character)));
      }),
    );
  });
});

it.each(NAMES)("the name %s is visible and keeps the direction of the text", (name) => {
  expect([isVisible(name), keepsTextDirection(name)]).toEqual([true, true]);
});
