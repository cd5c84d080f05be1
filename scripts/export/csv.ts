// Formats a record as `\copy … from … with (format csv)` reads it, and undoes of that what only Postgres reads. Pure.

/** NULL is an unquoted empty field. Every value is quoted, so an empty text is not NULL. */
export const formatRecord = (fields: readonly (string | null)[]): string =>
  `${fields.map((field) => (field === null ? "" : `"${escapeText(field)}"`)).join(",")}\n`;

/**
 * psql before version 18 takes a line with only `\.` for the end of the data, also within quotes. Postgres lets a field
 * leave its quotes and enter them again, so that line is written as `"\."`.
 * Source: handleCopyIn() in src/bin/psql/copy.c, and the release notes of PostgreSQL 18 (its commit 770233748).
 */
const escapeText = (text: string): string =>
  text.replaceAll('"', '""').replaceAll(/(?<=\n)\\\.(?=\r?\n)/g, '"\\."');

/** What was written by {@link formatRecord}, as other readers of CSV expect it. */
export function* withoutPsqlEscapes(chunks: Iterable<string>): Generator<string> {
  let unfinishedLine = "";
  for (const chunk of chunks) {
    const text = unfinishedLine + chunk;
    const end = text.lastIndexOf("\n") + 1;
    yield text.slice(0, end).replaceAll(/(?<![^\n])"\\\."(?=\r?\n)/g, "\\.");
    unfinishedLine = text.slice(end);
  }
  yield unfinishedLine;
}
