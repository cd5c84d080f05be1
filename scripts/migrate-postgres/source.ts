// A row of a CSV export before validation, its location, and the error for a file that cannot be read further.
import { ToolError } from "../operator/tool-error.ts";
import type { MigratedTable } from "./tables.ts";

export interface SourceLocation {
  file: string;
  /** Counted from 1; a record that spans several lines has the number of its first. */
  line: number;
}

export interface SourceRow {
  table: MigratedTable;
  location: SourceLocation;
  /** Postgres's text form of each value, or null, by the column's name in D1. */
  values: ReadonlyMap<string, string | null>;
}

/** The commands that make the two files, as docs/migration.md has them. */
export const EXPORT_COMMANDS = `psql "$DATABASE_URL" -c "\\copy \\"Generation\\" to 'generations.csv' csv header"
psql "$DATABASE_URL" -c "\\copy \\"Voice\\" to 'voices.csv' csv header"`;

export const formatLocation = ({ file, line }: SourceLocation): string => `${file}:${line}`;

/** The file cannot be read past this location. */
export class SourceError extends ToolError {
  override name = "SourceError";

  constructor(location: SourceLocation, message: string) {
    super(`${formatLocation(location)}: ${message}`);
  }
}
