// The command `npm run export`: writes the voices and generations of D1 for the app's Postgres, and says how to restore.
import { resolve } from "node:path";
import { countRows } from "../migrate-postgres/d1-rows.ts";
import { TABLES } from "../migrate-postgres/tables.ts";
import { parseCommandLine, parseTarget, TARGET_OPTIONS } from "../operator/arguments.ts";
import { consoleOutput, type Output } from "../operator/output.ts";
import { withProgress } from "../operator/progress.ts";
import { type ExitCode, runTool } from "../operator/run-tool.ts";
import { sampleLines } from "../operator/samples.ts";
import { openStorage } from "../operator/storage.ts";
import { ToolError, UsageError } from "../operator/tool-error.ts";
import { type EarlierIds, readEarlierIds } from "./earlier-rows.ts";
import { type Append, requireReplaceable, writeFolder } from "./folder.ts";
import type { Wait } from "./pages.ts";
import {
  csvFileName,
  earlierFileName,
  RESTORE_SCRIPT,
  RESTORED_MARK,
  restoreScript,
} from "./restore-script.ts";
import { type ExportReport, writeTable } from "./write-table.ts";

const USAGE = `npm run export -- [DIR] [--format csv] [--since DIR] [--overwrite] [--remote [--env NAME] [--config FILE]] [--state DIR]

Writes the voices and generations of the local stack, or of the deployed service (--remote), as the rows of Resonance's
tables Voice and Generation: DIR/voices.csv, DIR/generations.csv and DIR/restore.sql, which restores them with psql.
DIR is export when it is not given. Objects in R2 are not touched: they keep their keys.

  --format csv   the only format
  --since DIR    the folder of voices.csv and generations.csv that were migrated to D1, or of an earlier export that was
                 restored: restore.sql then also applies what was deleted since, in D1 or in Postgres. Can be repeated.
  --overwrite    replace an earlier export in DIR
  --remote       the deployed D1 database of wrangler.toml
  --env NAME     that of an environment of wrangler.toml, such as staging
  --config FILE  another file than wrangler.toml
  --state DIR    a local state other than .wrangler/state`;

const FILES = [...TABLES.map(csvFileName), ...TABLES.map(earlierFileName), RESTORE_SCRIPT, RESTORED_MARK];

interface Dependencies {
  output?: Output;
  open?: typeof openStorage;
  wait?: Wait;
}

/** @returns 0 when every row is exported or left out as documented, else 1; 2 for a usage error */
export const exportRows = (
  args: string[],
  { output = consoleOutput, open = openStorage, wait }: Dependencies = {},
): Promise<ExitCode> =>
  runTool(USAGE, output, async () => {
    const { values, positionals } = parseCommandLine({
      args,
      allowPositionals: true,
      options: {
        ...TARGET_OPTIONS,
        format: { type: "string", default: "csv" },
        since: { type: "string", multiple: true, default: [] },
        overwrite: { type: "boolean", default: false },
      },
    } as const);
    const target = parseTarget(values);
    if (values.format !== "csv")
      throw new UsageError(`Unknown format ${values.format}: only csv can be written`);
    const [directory = "export", ...others] = positionals;
    if (others.length > 0) throw new UsageError("One folder is needed");
    if (values.since.some((earlier) => resolve(earlier) === resolve(directory)))
      throw new UsageError("--since needs another folder than the one that is written");
    const folder = { path: resolve(directory), names: FILES, overwrite: values.overwrite };
    // Opening takes seconds: a folder that cannot be used is reported before.
    await requireReplaceable(folder);
    const earlierIds = await readEarlierIds(values.since, output);
    const { database, close } = await open(target);
    try {
      const reports = await writeFolder(folder, async (append) => {
        await append(RESTORE_SCRIPT, restoreScript());
        const written = await writeTables(database, { earlierIds, append, output, wait });
        requireEarlierDatabase(written);
        return written;
      });
      const rowsInD1 = await Promise.all(TABLES.map((table) => countRows(database, table)));
      const lines = reportLines(reports, rowsInD1, values.since.length > 0);
      output.log([...lines, "", ...restoreLines(folder.path)].join("\n"));
      return reports.every(({ rows, rejected }, index) => rejected.count === 0 && rows === rowsInD1[index])
        ? 0
        : 1;
    } finally {
      await close();
    }
  });

/** Voices first: a generation may only name a voice that is exported. */
async function writeTables(
  database: D1Database,
  {
    earlierIds,
    append,
    output,
    wait,
  }: { earlierIds: EarlierIds; append: Append; output: Output; wait: Wait | undefined },
): Promise<ExportReport[]> {
  const counts = await Promise.all(TABLES.map((table) => countRows(database, table)));
  const total = counts.reduce((sum, count) => sum + count, 0);
  return withProgress(output, "Exporting", total, async (advance) => {
    const voiceIds = new Set<string>();
    const reports: ExportReport[] = [];
    for (const table of TABLES) {
      reports.push(
        await writeTable({
          ...{ database, table, voiceIds, earlierIds: earlierIds[table.name], append, wait },
          onPage: (rows, report) => advance(rows, `${report.rows} ${table.name}`),
        }),
      );
    }
    return reports;
  });
}

/**
 * Restoring an export of another database would delete every row in Postgres.
 * @throws {ToolError} when D1 has none of the earlier rows
 */
function requireEarlierDatabase(reports: readonly ExportReport[]): void {
  const deleted = reports.reduce((sum, report) => sum + report.deleted.count, 0);
  if (deleted === 0 || reports.some(({ earlier }) => earlier > 0)) return;
  throw new ToolError(
    `D1 has none of the ${deleted} rows of --since. Is it the database that they were migrated to (--remote, --env)?\n` +
      "Nothing was exported.",
  );
}

function reportLines(
  reports: readonly ExportReport[],
  rowsInD1: readonly number[],
  hasEarlier: boolean,
): string[] {
  return TABLES.flatMap((table, index) => {
    const report = reports[index];
    if (!report) return [];
    return [
      `${table.name}: ${rowsInD1[index]} in D1`,
      `  ${report.exported} exported`,
      ...sampleLines(report.rejected, "not exported, because Postgres cannot store them"),
      ...(table.name === "voices"
        ? sampleLines(report.withoutAudio, "left out: custom voices whose audio is not stored")
        : [
            `  ${report.silent} of the exported have no audio`,
            ...sampleLines(report.unlinked, "with voiceId set to null: the voice is not exported"),
          ]),
      ...(hasEarlier
        ? sampleLines(report.deleted, "deleted in D1: restore.sql deletes them in Postgres")
        : []),
      ...(report.rows === rowsInD1[index]
        ? []
        : [`  ${report.rows} were read: D1 changed meanwhile. Stop what writes to it, and export again.`]),
    ];
  });
}

const restoreLines = (path: string): string[] => [
  `Written to ${path}. The files hold personal data: delete them when they are restored. To restore them:`,
  "",
  `  cd ${quoteForShell(path)} && psql "$DATABASE_URL" -f ${RESTORE_SCRIPT}`,
];

const quoteForShell = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
