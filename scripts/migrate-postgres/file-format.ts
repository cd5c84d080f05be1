// Recognises files that are not CSV by their first bytes.
import { ToolError } from "../operator/tool-error.ts";
import { EXPORT_COMMANDS } from "./source.ts";

const ADVICE = `Export the two tables as CSV:\n${EXPORT_COMMANDS}`;

/** How a dump or a hand-written SQL file begins. */
const SQL_START = /^\s*(?:--|\/\*|\\restrict\s|(?:set|select|begin|create|alter)\s[^,\n]*;)/i;
/** A statement with data. A text of a valid export may contain such a line too, so the header is checked first. */
const SQL_DATA = /^(?:copy\s.+\sfrom\s+stdin;|insert\s+into\s.+\svalues\b)/im;

/**
 * Rejects files that cannot be a CSV export.
 * @param head the first bytes of the file
 * @throws {ToolError} when the file is empty, a dump, or UTF-16
 */
export function requireText(file: string, head: Buffer): void {
  if (head.length === 0) {
    throw new ToolError(`${file} is empty: even a table without rows has a header line. ${ADVICE}`);
  }
  if (head.subarray(0, 5).toString("latin1") === "PGDMP") throw dumpError(file, "a pg_dump archive");
  const mark = head.subarray(0, 2).toString("hex");
  if (mark === "fffe" || mark === "feff") {
    throw new ToolError(
      `${file} is UTF-16, not UTF-8. Let psql write the file itself (\`\\copy … to 'FILE'\`) instead of redirecting ` +
        "its output.",
    );
  }
}

/** For a file without a recognised header. */
export function isSqlDump(head: Buffer): boolean {
  const text = head.toString("utf8").replace(/^\ufeff/, "");
  return SQL_START.test(text) || SQL_DATA.test(text);
}

export const dumpError = (file: string, format = "an SQL dump"): ToolError =>
  new ToolError(`${file} is ${format}, not CSV. ${ADVICE}`);

/** @param names the fields of the first line, none of which is a known column */
export const noHeaderError = (file: string, names: readonly string[]): ToolError =>
  new ToolError(
    names.length === 1 && /[;\t|]/.test(names[0] ?? "")
      ? `${file}: the fields are not separated by commas. ${ADVICE}`
      : `${file}: the first line is not a header: it names no column of Voice or Generation. ${ADVICE}`,
  );

export const otherTableError = (file: string, names: readonly string[]): ToolError =>
  new ToolError(
    `${file} contains neither the table Voice nor Generation: its columns are ${names.join(", ")}. ${ADVICE}`,
  );
