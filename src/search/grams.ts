// The tokens by which the index finds a substring: the sequences of one, two and three characters of a text, each with
// the number of the document's block. A document has all tokens of each substring of it; whether it has the substring
// itself, the caller checks. Pure.
import { foldText } from "./fold.ts";

const MAX_GRAM_CHARACTERS = 3;
/** More tokens than these hardly exclude documents, and each is a list that SQLite reads. */
const MAX_QUERY_TOKENS = 4;
/** Of a block's number in base 36, so that no token of a block is one of another. */
const BLOCK_CHARACTERS = 6;
const PRIVATE_USE = 0xe000;

/** The tokens of a document in `block` with these texts, separated by spaces. */
export function documentTokens(block: number, texts: readonly string[]): string {
  const grams = new Set<string>();
  for (const text of texts) {
    const characters = charactersOf(foldText(text));
    for (let length = 1; length <= MAX_GRAM_CHARACTERS; length += 1) {
      for (let start = 0; start + length <= characters.length; start += 1) {
        grams.add(characters.slice(start, start + length).join(""));
      }
    }
  }
  const prefix = blockPrefix(block);
  return Array.from(grams, (gram) => prefix + gram).join(" ");
}

/** The FTS5 query for the documents of `block` that may contain `needle`, a folded text that is not empty. */
export function matchExpression(block: number, needle: string): string {
  const characters = charactersOf(needle);
  const length = Math.min(characters.length, MAX_GRAM_CHARACTERS);
  const starts = spread(characters.length - length + 1);
  const grams = new Set(starts.map((start) => characters.slice(start, start + length).join("")));
  const prefix = blockPrefix(block);
  // Implicit AND. Nothing needs an escape: a token has no ASCII but letters and digits.
  return Array.from(grams, (gram) => `"${prefix}${gram}"`).join(" ");
}

/** At most {@link MAX_QUERY_TOKENS} of the numbers below `count`, evenly spread, with the first and the last. */
function spread(count: number): number[] {
  if (count <= MAX_QUERY_TOKENS) return Array.from({ length: count }, (_, index) => index);
  const step = (count - 1) / (MAX_QUERY_TOKENS - 1);
  return Array.from({ length: MAX_QUERY_TOKENS }, (_, index) => Math.round(index * step));
}

/**
 * The code points of a folded text. FTS5's tokenizer `ascii` separates tokens at each ASCII character that is no letter
 * or digit: those are moved into the private use area. A text that has such characters itself only matches too much.
 */
const charactersOf = (folded: string): string[] =>
  Array.from(folded, (character) =>
    /[^\0-\x7f]|[a-z\d]/.test(character)
      ? character
      : String.fromCodePoint(PRIVATE_USE + (character.codePointAt(0) ?? 0)),
  );

const blockPrefix = (block: number) => block.toString(36).padStart(BLOCK_CHARACTERS, "0");
