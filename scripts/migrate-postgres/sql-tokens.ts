// The tokens of a dump by Postgres's lexical rules (PostgreSQL documentation, 4.1), with the lines they begin on.
import { SourceError } from "./source.ts";
import { unescaped } from "./sql-escapes.ts";

export interface Token {
  /** A word is a keyword or a name without quotes, in lower case; meta is a line for psql. */
  kind: "word" | "name" | "string" | "number" | "symbol" | "meta";
  text: string;
  line: number;
}

const WORD = /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/iy;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
/** More than any token needs to see of what comes after it. */
const AHEAD = 4;

/** The tokens of the pieces of one file. */
export function* tokensOf(file: string, pieces: Iterable<string>): Generator<Token, void, void> {
  const scanner = new Scanner(file, pieces[Symbol.iterator]());
  for (let token = scanner.next(); token; token = scanner.next()) yield token;
}

class Scanner {
  #file: string;
  #pieces: Iterator<string>;
  #text = "";
  #at = 0;
  #line = 1;

  constructor(file: string, pieces: Iterator<string>) {
    this.#file = file;
    this.#pieces = pieces;
  }

  next(): Token | null {
    this.#skipBlank();
    const line = this.#line;
    const char = this.#text[this.#at];
    if (char === undefined) return null;
    if (char === "'") return { kind: "string", text: this.#quoted(1, false), line };
    if (char === '"') return { kind: "name", text: this.#quoted(1, false), line };
    if (/e/i.test(char) && this.#text[this.#at + 1] === "'") {
      const body = this.#quoted(2, true);
      const text = unescaped(body);
      if (text === null) throw this.#error(line, "an escape in this string is not understood");
      return { kind: "string", text, line };
    }
    if (char === "\\") return { kind: "meta", text: this.#restOfLine(), line };
    const word = this.#match(WORD);
    if (word !== null) return { kind: "word", text: word.toLowerCase(), line };
    const number = this.#match(NUMBER);
    if (number !== null) return { kind: "number", text: number, line };
    const symbol = this.#text.startsWith("::", this.#at) ? "::" : char;
    this.#at += symbol.length;
    return { kind: "symbol", text: symbol, line };
  }

  /** Reads on, by as much again as is held, and drops what is done with; false at the end of the file. */
  #fill(): boolean {
    const held = [this.#text.slice(this.#at)];
    const wanted = Math.max(1, held[0]?.length ?? 0);
    let length = 0;
    while (length < wanted) {
      const { value, done } = this.#pieces.next();
      if (done) break;
      held.push(value);
      length += value.length;
    }
    this.#text = held.join("");
    this.#at = 0;
    return length > 0;
  }

  #see(length: number): void {
    while (this.#text.length - this.#at < length && this.#fill());
  }

  #skipBlank(): void {
    for (;;) {
      this.#see(AHEAD);
      const char = this.#text[this.#at];
      if (char === undefined) return;
      if (/\s/.test(char)) {
        if (char === "\n") this.#line += 1;
        this.#at += 1;
      } else if (this.#text.startsWith("--", this.#at)) {
        this.#restOfLine();
      } else if (this.#text.startsWith("/*", this.#at)) {
        this.#skipComment();
      } else {
        return;
      }
    }
  }

  /** Such comments nest. */
  #skipComment(): void {
    const line = this.#line;
    let depth = 0;
    do {
      this.#see(2);
      const pair = this.#text.slice(this.#at, this.#at + 2);
      if (pair === "") throw this.#error(line, "a comment is not closed");
      if (pair === "/*") depth += 1;
      if (pair === "*/") depth -= 1;
      if (pair.startsWith("\n")) this.#line += 1;
      this.#at += pair === "/*" || pair === "*/" ? 2 : 1;
    } while (depth > 0);
  }

  /** Leaves the newline where it is. */
  #restOfLine(): string {
    for (;;) {
      const end = this.#text.indexOf("\n", this.#at);
      if (end >= 0) return this.#take(end);
      if (!this.#fill()) return this.#take(this.#text.length);
    }
  }

  #take(end: number): string {
    const text = this.#text.slice(this.#at, end);
    this.#at = end;
    return text;
  }

  #match(pattern: RegExp): string | null {
    for (;;) {
      pattern.lastIndex = this.#at;
      const found = pattern.exec(this.#text)?.[0];
      if (found === undefined) return null;
      // What comes after may belong to it.
      if (this.#at + found.length + AHEAD > this.#text.length && this.#fill()) continue;
      return this.#take(this.#at + found.length);
    }
  }

  /** What stands between the quotes, the first of which is the last of the `opening` characters here. */
  #quoted(opening: number, hasEscapes: boolean): string {
    const line = this.#line;
    const quote = this.#text[this.#at + opening - 1] ?? "";
    // From the token's start: filling moves it.
    let searched = opening;
    for (;;) {
      const from = this.#at + searched;
      const end = this.#text.indexOf(quote, from);
      const backslash = hasEscapes ? this.#text.indexOf("\\", from) : -1;
      const isEscapeFirst = backslash >= 0 && (end < 0 || backslash < end);
      const next = isEscapeFirst ? backslash : end;
      const isInSight = next >= 0 && next + 1 < this.#text.length;
      if (!isInSight && this.#fill()) continue;
      if (next < 0 || (isEscapeFirst && !isInSight)) throw this.#error(line, `a ${quote} is not closed`);
      if (isEscapeFirst || this.#text[next + 1] === quote) {
        searched = next + 2 - this.#at;
        continue;
      }
      const body = this.#text.slice(this.#at + opening, next);
      this.#at = next + 1;
      for (let newline = body.indexOf("\n"); newline >= 0; newline = body.indexOf("\n", newline + 1)) {
        this.#line += 1;
      }
      return hasEscapes ? body : body.replaceAll(quote + quote, quote);
    }
  }

  #error(line: number, message: string): SourceError {
    return new SourceError({ file: this.#file, line }, message);
  }
}
