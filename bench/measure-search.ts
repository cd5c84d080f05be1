// Measures searches in one large organisation: rows read and the time of their SQL, for each page until the last one.
import { observeStatements } from "../dev/observed-d1.ts";
import { findGenerations } from "../src/generations/queries.ts";
import { buildNext } from "../src/search/build.ts";
import type { Databases } from "../src/search/feed.ts";
import { searchPage } from "../src/search/page.ts";
import { textsOfGeneration } from "../src/search/texts.ts";
import { createTexts } from "./texts.ts";

const ORG = "org_large";
const ROWS_PER_INSERT = 2_000;
const PAGE = 50;
/** Of a search that finds much. */
const MAX_PAGES = 20;

/** What is searched, and the filter. */
const SEARCHES: [name: string, search: string, state?: "failed"][] = [
  ["a common word", "the"],
  ["one letter", "e"],
  ["a rare word", "number 999"],
  ["one character of Chinese", "京"],
  ["two characters that no text has", "qq"],
  ["a miss: one token is unknown", "the quxq of"],
  ["a miss: every token is common", "the of and to in"],
  ["a miss: two of its tokens are in each half of the texts", "xyzwvu"],
  ["a common word, with a filter that excludes everything", "the", "failed"],
];

/**
 * Fills the databases, whose migrations are applied, with one organisation of `generations` generations, and measures.
 * Returns a Markdown table.
 */
export async function measureSearch(
  databases: Databases,
  generations: number,
  report: (text: string) => void,
): Promise<string[]> {
  await insertGenerations(databases.database, generations, report);
  const bytesBefore = await sizeOf(databases.index);
  const written = { rowsRead: 0, rowsWritten: 0, milliseconds: 0 };
  const slowestMs = await build(databases, written, report);
  const bytes = (await sizeOf(databases.index)) - bytesBefore;
  const lines = [
    `The index of ${generations} generations: ${(bytes / generations).toFixed(0)} bytes and ` +
      `${(written.rowsWritten / generations).toFixed(2)} rows written each; the slowest batch of 200 took ${slowestMs.toFixed(0)} ms.`,
    "",
    "| search | pages | items | most rows read for a page | most ms of SQL for a page |",
    "| --- | --- | --- | --- | --- |",
  ];
  for (const [name, search, state] of SEARCHES) {
    const { pages, items, rowsRead, milliseconds } = await measure(databases, search, state);
    lines.push(`| ${name} | ${pages} | ${items} | ${rowsRead} | ${milliseconds.toFixed(1)} |`);
    report(lines.at(-1) ?? "");
  }
  return lines;
}

async function insertGenerations(database: D1Database, count: number, report: (text: string) => void) {
  const text = createTexts();
  for (let from = 0; from < count; from += ROWS_PER_INSERT) {
    const rows = Array.from({ length: Math.min(ROWS_PER_INSERT, count - from) }, (_, n) => text(from + n));
    await database
      .prepare(
        `insert into generations (id, org_id, voice_name, text, r2_object_key, created_at)
         select 'gen_' || (?2 + key), ?3, 'Andy', value, 'key', ?2 + key from json_each(?1)`,
      )
      .bind(JSON.stringify(rows), from, ORG)
      .run();
    if (from % (50 * ROWS_PER_INSERT) === 0) report(`${from} of ${count} generations inserted`);
  }
}

interface Meter {
  rowsRead: number;
  rowsWritten: number;
  milliseconds: number;
}

/** A database whose statements add to `meter`. */
const meteredDatabase = (database: D1Database, meter: Meter): D1Database =>
  observeStatements(database, ({ meta }) => {
    meter.rowsRead += meta.rows_read;
    meter.rowsWritten += meta.rows_written;
    meter.milliseconds += meta.duration;
  });

/** Returns the milliseconds of the slowest step. */
async function build(
  { database, index }: Databases,
  written: Meter,
  report: (text: string) => void,
): Promise<number> {
  let rows = 0;
  let slowestMs = 0;
  for (let step = 0; ; step += 1) {
    const meter = { rowsRead: 0, rowsWritten: 0, milliseconds: 0 };
    const progress = await buildNext({ database, index: meteredDatabase(index, meter) });
    rows += progress.rows;
    written.rowsWritten += meter.rowsWritten;
    slowestMs = Math.max(slowestMs, meter.milliseconds);
    if (step % 250 === 0) report(`${rows} generations indexed, ${(await sizeOf(index)) / 1e6} MB`);
    if (progress.step === "complete") return slowestMs;
  }
}

const sizeOf = async (database: D1Database): Promise<number> =>
  (await database.prepare("select 1").run()).meta.size_after;

async function measure({ database, index }: Databases, search: string, state: "failed" | undefined) {
  const most = { pages: 0, items: 0, rowsRead: 0, milliseconds: 0 };
  for (let from: number | null | undefined; from !== null && most.pages < MAX_PAGES; ) {
    const meter = { rowsRead: 0, rowsWritten: 0, milliseconds: 0 };
    const metered = { database: meteredDatabase(database, meter), index: meteredDatabase(index, meter) };
    const page = await searchPage(metered, {
      kind: "generation",
      ...{ owners: [ORG], text: search, limit: PAGE, from: from ?? undefined },
      load: (ids) => findGenerations(metered.database, ORG, ids, { state }),
      textsOf: (row) => textsOfGeneration(row),
    });
    from = page.next;
    most.pages += 1;
    most.items += page.rows.length;
    most.rowsRead = Math.max(most.rowsRead, meter.rowsRead);
    most.milliseconds = Math.max(most.milliseconds, meter.milliseconds);
  }
  return most;
}
