// The command `npm run migrate-postgres`: checks the files, compares them with D1, writes with --apply, and verifies.
import { parseCommandLine, parseTarget, TARGET_OPTIONS } from "../operator/arguments.ts";
import { consoleOutput, type Output } from "../operator/output.ts";
import { withProgress } from "../operator/progress.ts";
import { type ExitCode, runTool } from "../operator/run-tool.ts";
import { openStorage } from "../operator/storage.ts";
import { comparePass } from "./compare.ts";
import { countRows } from "./d1-rows.ts";
import { ignoredColumnLines, planLines, verificationLines } from "./format-report.ts";
import { EXPORT_COMMANDS } from "./source.ts";
import { openSourceFiles, readRows, type SourceFile } from "./source-files.ts";

const USAGE = `npm run migrate-postgres -- VOICES.csv GENERATIONS.csv [--apply] [--remote [--env NAME] [--config FILE]] [--state DIR]

Copies the rows of Resonance's tables Voice and Generation from CSV exports to D1, of the local stack or of the
deployed service (--remote). Without --apply it compares everything and writes nothing. It can be repeated, and
continues after an interruption. Objects in R2 are not touched. To export the tables:

${EXPORT_COMMANDS.replaceAll(/^/gm, "  ")}

  --apply        write rows that are new or changed; rows that are newer in D1 are kept
  --remote       the deployed D1 database of wrangler.toml
  --env NAME     that of an environment of wrangler.toml, such as staging
  --config FILE  another file than wrangler.toml
  --state DIR    a local state other than .wrangler/state`;

const ROWS_PER_PROGRESS_LINE = 10_000;

interface Dependencies {
  output?: Output;
  open?: typeof openStorage;
}

/** @returns 0 when no row is rejected and, with --apply, D1 agrees with the files; else 1, or 2 for a usage error */
export const migratePostgres = (
  args: string[],
  { output = consoleOutput, open = openStorage }: Dependencies = {},
): Promise<ExitCode> =>
  runTool(USAGE, output, async () => {
    const { values, positionals } = parseCommandLine({
      args,
      allowPositionals: true,
      options: { ...TARGET_OPTIONS, apply: { type: "boolean", default: false } },
    } as const);
    const target = parseTarget(values);
    const files = await openSourceFiles(positionals);
    // A file that is invalid near its end must not be written halfway.
    if (values.apply) await checkRecords(files, output);
    const { database, close } = await open(target);
    try {
      return await migrate(database, files, values.apply, output);
    } finally {
      await close();
    }
  });

const totalBytes = (files: readonly SourceFile[]) => files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

const checkRecords = (files: readonly SourceFile[], output: Output): Promise<void> =>
  withProgress(output, "Checking the files", totalBytes(files), async (advance) => {
    for (const file of files) {
      let bytes = 0;
      let rows = 0;
      const onRead = (length: number) => {
        bytes += length;
      };
      for await (const _ of readRows(file, onRead)) {
        rows += 1;
        if (rows % ROWS_PER_PROGRESS_LINE !== 0) continue;
        advance(bytes, `${rows} ${file.table.name}`);
        bytes = 0;
      }
      advance(bytes, `${rows} ${file.table.name}`);
    }
  });

async function migrate(
  database: D1Database,
  files: readonly SourceFile[],
  apply: boolean,
  output: Output,
): Promise<ExitCode> {
  const pass = (title: string, writes: boolean) =>
    withProgress(output, title, totalBytes(files), (advance) =>
      comparePass({
        database,
        files,
        apply: writes,
        onBatch: (bytes, { name }, { sourceRows }) => advance(bytes, `${sourceRows} ${name}`),
      }),
    );
  const print = (lines: string[]) => output.log(lines.join("\n"));

  const plan = await pass(apply ? "Writing to D1" : "Comparing with D1", apply);
  print([...planLines(plan, apply), ...ignoredColumnLines(files)]);
  const isComplete = plan.every(({ rejected }) => rejected.count === 0);
  if (!apply) {
    print(["Nothing was written: add --apply to write."]);
    return isComplete ? 0 : 1;
  }
  const verification = await pass("Verifying D1", false);
  const rowsInD1 = await Promise.all(files.map(({ table }) => countRows(database, table)));
  print(verificationLines(verification, rowsInD1));
  const isEqual = verification.every(({ missing, differing }) => missing.count + differing.count === 0);
  return isComplete && isEqual ? 0 : 1;
}
