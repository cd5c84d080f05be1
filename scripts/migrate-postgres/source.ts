// A row as a dump or an export has it, the place where it stands, and the columns that the source speaks of.
import { ToolError } from "../operator/tool-error.ts";
import { type MigratedTable, TABLES } from "./tables.ts";

export interface SourcePlace {
  file: string;
  line: number;
}

export interface SourceRow {
  table: MigratedTable;
  place: SourcePlace;
  /** By D1's column names, in Postgres's own text form. */
  texts: ReadonlyMap<string, string | null>;
}

export const told = ({ file, line }: SourcePlace) => `${file}:${line}`;

/** The source can't be understood there: nothing after it is read. */
export class SourceError extends ToolError {
  override name = "SourceError";

  constructor(place: SourcePlace, message: string) {
    super(`${told(place)}: ${message}`);
  }
}

/** What the source holds besides, by name. */
export interface Ignored {
  tables: Set<string>;
  columns: Set<string>;
}

export const tableCalled = (name: string): MigratedTable | undefined =>
  TABLES.find(({ sourceNames }) => sourceNames.includes(name.toLowerCase()));

// Prisma's r2ObjectKey and a mapped r2_object_key are the same column.
const plain = (name: string) => name.replaceAll("_", "").toLowerCase();

/** The names of the table's columns that `names` lack. */
export const missingColumns = ({ columns }: MigratedTable, names: readonly string[]): string[] =>
  columns.map(({ name }) => name).filter((name) => !names.some((other) => plain(other) === plain(name)));

/** D1's name for each of the source's columns, undefined for one that stays behind. */
export function matchColumns(
  table: MigratedTable,
  names: readonly string[],
  place: SourcePlace,
  ignored: Ignored,
): (string | undefined)[] {
  const missing = missingColumns(table, names);
  if (missing.length > 0) {
    throw new SourceError(place, `the table of ${table.name} lacks the columns ${missing.join(", ")}`);
  }
  const matched = names.map(
    (name) => table.columns.find((column) => plain(column.name) === plain(name))?.name,
  );
  for (const [index, name] of names.entries()) {
    const target = matched[index];
    if (target === undefined) ignored.columns.add(`${table.name}.${name}`);
    else if (matched.indexOf(target) !== index) throw new SourceError(place, `two columns are ${target}`);
  }
  return matched;
}

export function toSourceRow(
  table: MigratedTable,
  place: SourcePlace,
  columns: readonly (string | undefined)[],
  values: readonly (string | null)[],
): SourceRow {
  if (values.length !== columns.length) {
    throw new SourceError(place, `${values.length} values for ${columns.length} columns`);
  }
  const pairs = columns.flatMap((column, index): [string, string | null][] =>
    column === undefined ? [] : [[column, values[index] ?? null]],
  );
  return { table, place, texts: new Map(pairs) };
}
