// Seeded texts whose words are as frequent as those of a language (Zipf), for a large organisation.

const WORDS = 20_000;
const COMMON =
  "the of and to in a is that for it you was with on as have but be they we her she or an will my one all would there their what so up out if about who get which go me when make can like time no just him know take".split(
    " ",
  );
const SYLLABLES =
  "ka to mi re son ing er an on at en ti ar al le ve de co ro li ne ra ma se di 東 京 é".split(" ");
const MIN_WORDS = 4;
const MAX_MORE_WORDS = 16;

/** Returns the text of the n-th generation. It ends in words that one half of the texts have, and a number. */
export function createTexts(seed = 1): (n: number) => string {
  const random = randomNumbers(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const words = Array.from(
    { length: WORDS },
    (_, n) =>
      COMMON[n] ?? Array.from({ length: 2 + Math.floor(random() * 3) }, () => pick(SYLLABLES)).join(""),
  );
  // The n-th word has the weight 1 / n: the inverse of the integral of that is an exponential.
  const word = () => words[Math.min(WORDS - 1, Math.floor(WORDS ** random()) - 1)] ?? "the";
  return (n) => {
    const text = Array.from({ length: MIN_WORDS + Math.floor(random() * MAX_MORE_WORDS) }, word).join(" ");
    return `${text} ${n % 2 ? "yzw wvu" : "xyz zwv"} number ${n}.`;
  };
}

/** Numbers from 0 to 1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}
