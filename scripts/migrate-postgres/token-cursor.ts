// The tokens of a dump one by one, with what may be said of one that is out of place.
import { SourceError, type SourcePlace } from "./source.ts";
import type { Token } from "./sql-tokens.ts";

export class TokenCursor {
  #file: string;
  #tokens: Iterator<Token, void>;
  #next: Token | null;

  constructor(file: string, tokens: Iterator<Token, void>) {
    this.#file = file;
    this.#tokens = tokens;
    this.#next = tokens.next().value ?? null;
  }

  /** The token that comes next; null at the end of the file. */
  get next(): Token | null {
    return this.#next;
  }

  get place(): SourcePlace {
    return { file: this.#file, line: this.#next?.line ?? 1 };
  }

  take(): Token {
    const token = this.#next;
    if (!token)
      throw new SourceError({ file: this.#file, line: this.#last }, "the file breaks off in a statement");
    this.#last = token.line;
    this.#next = this.#tokens.next().value ?? null;
    return token;
  }
  #last = 1;

  /** Whether the next token is that word or symbol. */
  sees(text: string): boolean {
    return this.#next?.text === text && (this.#next.kind === "word" || this.#next.kind === "symbol");
  }

  /** Takes the next token if it is that word or symbol. */
  takes(text: string): boolean {
    const isThere = this.sees(text);
    if (isThere) this.take();
    return isThere;
  }

  expect(text: string): void {
    if (!this.takes(text)) throw this.refusal(`where ${text} was expected`);
  }

  /** A name, quoted or not. */
  name(): string {
    const token = this.take();
    if (token.kind === "name" || token.kind === "word") return token.text;
    throw this.#refusalOf(token, "where a name was expected");
  }

  skipStatement(): void {
    while (!this.takes(";")) this.take();
  }

  /** The error about the next token. */
  refusal(why: string): SourceError {
    return this.#next ? this.#refusalOf(this.#next, why) : this.#broken();
  }

  #refusalOf({ kind, text, line }: Token, why: string): SourceError {
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    const quoted = { string: `'${shown}'`, name: `"${shown}"` } as Partial<Record<Token["kind"], string>>;
    return new SourceError({ file: this.#file, line }, `${quoted[kind] ?? shown} is not understood ${why}`);
  }

  #broken(): SourceError {
    return new SourceError({ file: this.#file, line: this.#last }, "the file breaks off in a statement");
  }
}
