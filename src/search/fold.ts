// The form in which texts are compared: without differences of case, accent, width and spacing. Pure.

/**
 * What NFKD separates from a letter (U+0301), and what shows nothing (U+200D, U+FE0F, U+00AD). Only marks that any script
 * may have: vowel signs of Devanagari or Thai distinguish words. The two voicing marks of kana stay for the same reason.
 */
const FOLDED_AWAY =
  /(?![\u3099\u309a])(?:[\p{Script=Inherited}\p{Default_Ignorable_Code_Point}]|(?=\p{Mn})[\p{Script=Hebrew}\p{Script=Arabic}])/gu;

/**
 * The folded form of `text`. A text contains another one if its folded form contains that of the other: "Crème Brûlée"
 * contains "BRUL", "Ｓｔｒａße" contains "strass", "東京" contains "京". Runs of white space count as one space.
 */
export const foldText = (text: string): string =>
  text
    .toWellFormed()
    .normalize("NFKD")
    // ẞ becomes ß by lower case alone, and ß becomes SS by upper case alone.
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize("NFKD")
    .replace(FOLDED_AWAY, "")
    .replaceAll("ς", "σ")
    .replaceAll(/\s+/gu, " ")
    // Hangul syllables and voiced kana are one character again.
    .normalize("NFC");
