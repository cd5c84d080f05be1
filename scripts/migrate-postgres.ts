// `npm run migrate-postgres -- FILE… [--apply] [--remote] [--state DIR]`: brings Resonance's rows from Postgres to D1.
import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { comparePass } from "./migrate-postgres/compare.ts";
import { countRows } from "./migrate-postgres/d1-rows.ts";
import { readSource } from "./migrate-postgres/read-source.ts";
import { finalReport, ignoredReport, planReport } from "./migrate-postgres/report.ts";
import type { Ignored } from "./migrate-postgres/source.ts";
import { TABLES } from "./migrate-postgres/tables.ts";
import { PLACE_OPTIONS, parseOrExit, placeOf } from "./operator/arguments.ts";
import { withProgress } from "./operator/progress.ts";
import { openStorage } from "./operator/storage.ts";
import { runTool, ToolError } from "./operator/tool-error.ts";

const USAGE = `npm run migrate-postgres -- FILE… [--apply] [--remote] [--state DIR]

Brings the rows of Resonance's tables Voice and Generation to D1, of the local stack or of the deployed service
(--remote). Without --apply it reads and compares everything, and writes nothing. Safe to repeat and to interrupt.
The objects stay in R2 as they are. A FILE is a dump

  pg_dump --data-only --column-inserts --table '"Voice"' --table '"Generation"' "$DATABASE_URL" > resonance.sql

or an export, named *.csv:

  psql "$DATABASE_URL" -c "\\copy \\"Voice\\" to 'voice.csv' csv header"

  --apply      write what is new or changed; rows that are newer in D1 stay
  --remote     the D1 database of wrangler.toml at Cloudflare
  --state DIR  another local state than .wrangler/state`;

const { files, place, apply } = parseOrExit(USAGE, () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ...PLACE_OPTIONS, apply: { type: "boolean", default: false } },
  });
  if (positionals.length === 0) throw new TypeError("Which files?");
  return { files: positionals, place: placeOf(values), apply: values.apply };
});

await runTool(async () => {
  const bytes = files.map(sizeOf).reduce((sum, size) => sum + size, 0);
  const { database, close } = await openStorage(place);
  try {
    const ignored: Ignored = { tables: new Set(), columns: new Set() };
    const pass = (title: string, writes: boolean) =>
      withProgress(title, bytes * TABLES.length, (advance) => {
        let read = 0;
        return comparePass({
          database,
          apply: writes,
          read: () => readSource(files, ignored, (length) => (read += length)),
          onBatch: ({ name }, { source }) => {
            advance(read, `${source} ${name}`);
            read = 0;
          },
        });
      });
    const print = (lines: string[]) => console.log(lines.join("\n"));

    // A source that is not understood to its end is not begun with.
    if (apply) for await (const _ of readSource(files, ignored, () => undefined));
    const plan = await pass(apply ? "Writing to D1" : "Comparing with D1", apply);
    print([...planReport(plan, apply), ...ignoredReport(ignored)]);
    const isUnderstood = plan.every(({ rejected }) => rejected.count === 0);
    if (!apply) {
      print(["Nothing was written: add --apply for that."]);
      return isUnderstood ? 0 : 1;
    }
    const result = await pass("Reading D1 again", false);
    const inD1 = await Promise.all(TABLES.map((table) => countRows(database, table)));
    print(finalReport(result, inD1));
    const isAgreed = result.every(({ missing, differing }) => missing.count + differing.count === 0);
    return isUnderstood && isAgreed ? 0 : 1;
  } finally {
    await close();
  }
});

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw new ToolError(`${file} can't be read: ${error instanceof Error ? error.message : error}`);
  }
}
