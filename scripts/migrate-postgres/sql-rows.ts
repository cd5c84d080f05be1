// The rows of `pg_dump --data-only --column-inserts`. What is not understood is an error, never a row.
import {
  type Ignored,
  matchColumns,
  SourceError,
  type SourcePlace,
  type SourceRow,
  tableCalled,
  toSourceRow,
} from "./source.ts";
import { tokensOf } from "./sql-tokens.ts";
import type { MigratedTable } from "./tables.ts";
import { TokenCursor } from "./token-cursor.ts";

const ADVICE = "make the dump with `pg_dump --data-only --column-inserts`";
/** Statements of a dump that bring no row. */
const WITHOUT_ROWS = ["select", "alter", "begin", "commit"];
/** What the dump must not set otherwise. */
const SETTINGS: Readonly<Record<string, RegExp>> = {
  client_encoding: /^(?:utf-?8|unicode)$/i,
  standard_conforming_strings: /^(?:on|true|1)$/i,
};

/** What stands before the rows of a table. */
interface Head {
  name: string;
  /** The columns' names as JSON. */
  names: string;
  columns: (string | undefined)[];
}

/** @throws {SourceError} at the first place that is not understood */
export function* readDump(file: string, pieces: Iterable<string>, ignored: Ignored): Generator<SourceRow> {
  const cursor = new TokenCursor(file, tokensOf(file, pieces));
  const heads = new Map<MigratedTable, Head>();
  while (cursor.next) {
    if (cursor.next.kind === "meta") skipMeta(cursor);
    else if (cursor.takes("insert")) yield* readInsert(cursor, heads, ignored);
    else if (cursor.takes("set")) checkSetting(cursor);
    else if (WITHOUT_ROWS.some((word) => cursor.sees(word))) cursor.skipStatement();
    else if (!cursor.takes(";")) throw cursor.refusal(`in a dump of data: ${ADVICE}`);
  }
}

/** pg_dump fences a dump with these two against what could be run in psql by it. */
function skipMeta(cursor: TokenCursor): void {
  if (!/^\\(?:un)?restrict\s/.test(`${cursor.next?.text}\n`))
    throw cursor.refusal(`in a dump of data: ${ADVICE}`);
  cursor.take();
}

/** SET name = value or SET name TO value. */
function checkSetting(cursor: TokenCursor): void {
  const { place } = cursor;
  const tokens: string[] = [];
  while (!cursor.takes(";")) tokens.push(cursor.take().text);
  const [name = "", , value = ""] = tokens;
  if (SETTINGS[name]?.test(value) === false) {
    throw new SourceError(place, `the dump sets ${name} to ${value}, which is not read here: ${ADVICE}`);
  }
}

function* readInsert(
  cursor: TokenCursor,
  heads: Map<MigratedTable, Head>,
  ignored: Ignored,
): Generator<SourceRow> {
  const { place } = cursor;
  cursor.expect("into");
  const path = [cursor.name()];
  while (cursor.takes(".")) path.push(cursor.name());
  const table = tableCalled(path.at(-1) ?? "");
  const name = path.join(".");
  if (!table) {
    ignored.tables.add(name);
    return cursor.skipStatement();
  }
  if (!cursor.sees("(")) throw cursor.refusal(`where the columns' names were expected: ${ADVICE}`);
  const head = headOf(table, name, readNames(cursor), heads.get(table), place, ignored);
  heads.set(table, head);
  if (cursor.takes("overriding")) {
    cursor.name();
    cursor.expect("value");
  }
  cursor.expect("values");
  do {
    const { place: tuple } = cursor;
    yield toSourceRow(table, tuple, head.columns, readTuple(cursor));
  } while (cursor.takes(","));
  if (cursor.takes("on")) for (const word of ["conflict", "do", "nothing"]) cursor.expect(word);
  cursor.expect(";");
}

/** In a dump each INSERT repeats the one before: that is matched once. */
function headOf(
  table: MigratedTable,
  name: string,
  names: string[],
  last: Head | undefined,
  place: SourcePlace,
  ignored: Ignored,
): Head {
  if (last && last.name !== name) {
    const which = `${last.name} and ${name} both look like the table of ${table.name}`;
    throw new SourceError(place, `${which}: leave one of them out with pg_dump's --table`);
  }
  const repeated = JSON.stringify(names);
  if (last?.names === repeated) return last;
  return { name, names: repeated, columns: matchColumns(table, names, place, ignored) };
}

function readNames(cursor: TokenCursor): string[] {
  cursor.expect("(");
  const names = [cursor.name()];
  while (cursor.takes(",")) names.push(cursor.name());
  cursor.expect(")");
  return names;
}

function readTuple(cursor: TokenCursor): (string | null)[] {
  cursor.expect("(");
  const values = [readValue(cursor)];
  while (cursor.takes(",")) values.push(readValue(cursor));
  cursor.expect(")");
  return values;
}

/** A literal in Postgres's text form; its casts change nothing about that. */
function readValue(cursor: TokenCursor): string | null {
  const value = readLiteral(cursor);
  while (cursor.takes("::")) readType(cursor);
  return value;
}

function readLiteral(cursor: TokenCursor): string | null {
  if (cursor.takes("null")) return null;
  for (const word of ["true", "false"]) if (cursor.takes(word)) return word;
  const sign = cursor.takes("-") ? "-" : "";
  if (cursor.next?.kind === "number") return sign + cursor.take().text;
  if (sign === "" && cursor.next?.kind === "string") return cursor.take().text;
  throw cursor.refusal("where a value was expected");
}

/** As in public."VoiceVariant", character varying(20), timestamp(3) without time zone or text[]. */
function readType(cursor: TokenCursor): void {
  cursor.name();
  for (;;) {
    if (cursor.takes(".")) cursor.name();
    else if (cursor.takes("[")) cursor.expect("]");
    else if (cursor.takes("(")) readModifiers(cursor);
    else if (cursor.next?.kind === "word") cursor.take();
    else return;
  }
}

function readModifiers(cursor: TokenCursor): void {
  do {
    if (cursor.next?.kind !== "number") throw cursor.refusal("where a number was expected");
    cursor.take();
  } while (cursor.takes(","));
  cursor.expect(")");
}
