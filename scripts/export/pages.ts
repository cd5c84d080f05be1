// Reads a table of D1 page by page in the order of its ids, with bounded pages.
import { setTimeout } from "node:timers/promises";
import type { Row } from "../migrate-postgres/row.ts";
import type { MigratedTable } from "../migrate-postgres/tables.ts";
import { messageOf, ToolError } from "../operator/tool-error.ts";

const MAX_ROWS = 1000;
/** A page ends with the row that exceeds this. D1's limit for a result is 50 MB, for a row 2 MB. */
const MAX_TEXT_BYTES = 4_000_000;
const MAX_ATTEMPTS = 5;
const FIRST_WAIT_MS = 1000;

/** Waits between two attempts to read a page. */
export type Wait = (milliseconds: number) => Promise<unknown>;

/**
 * A row that is written meanwhile is in no page or in one, and never in two.
 * @throws {ToolError} when a page cannot be read in five attempts
 */
export async function* readPages(
  database: D1Database,
  { name, columns }: MigratedTable,
  wait: Wait = setTimeout,
): AsyncGenerator<Row[]> {
  const names = columns.map((column) => column.name).join(", ");
  const bytes = columns
    .filter(({ kind }) => kind === "text")
    .map((column) => `ifnull(length(cast(${column.name} as blob)), 0)`)
    .join(" + ");
  const page = (from: string) =>
    // Only ids and sizes are sorted: a thousand rows with their texts can have 300 MB.
    `select ${names} from ${name} where id in (select id from (` +
    `select id, sum(bytes) over (order by id) - bytes as bytes_before from (` +
    `select id, ${bytes} as bytes from ${name} ${from} order by id limit ${MAX_ROWS})` +
    `) where bytes_before < ${MAX_TEXT_BYTES}) order by id`;
  const first = database.prepare(page(""));
  const next = database.prepare(page("where id > ?"));
  for (let lastId: string | undefined; ; ) {
    const statement = lastId === undefined ? first : next.bind(lastId);
    const { results } = await readRepeatedly(() => statement.all<Row>(), wait);
    if (results.length === 0) return;
    yield results;
    lastId = results.at(-1)?.id;
  }
}

/** Reads through wrangler's remote bindings fail now and then, and an export makes thousands. */
async function readRepeatedly<T>(read: () => Promise<T>, wait: Wait): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS) {
        throw new ToolError(
          `D1 could not be read in ${MAX_ATTEMPTS} attempts: ${messageOf(error)}\nNothing was exported: run it again.`,
          { cause: error },
        );
      }
      await wait(FIRST_WAIT_MS * 2 ** (attempt - 1));
    }
  }
}
