// The command `npm run migrate-postgres`: checks the files, compares them with D1, writes with --apply, and verifies.
import { parseCommandLine, parseTarget, TARGET_OPTIONS } from "../operator/arguments.ts";
import { consoleOutput, type Output } from "../operator/output.ts";
import { withProgress } from "../operator/progress.ts";
import { type ExitCode, runTool } from "../operator/run-tool.ts";
import { openStorage } from "../operator/storage.ts";
import { UsageError } from "../operator/tool-error.ts";
import { comparePass } from "./compare.ts";
import { countRows } from "./d1-rows.ts";
import { ignoredColumnLines, planLines, repetitionLines, verificationLines } from "./format-report.ts";
import { type FormerRun, readFormerRun } from "./former-run.ts";
import { EXPORT_COMMANDS } from "./source.ts";
import { openSourceFiles, readRows, type SourceFile } from "./source-files.ts";

const USAGE = `npm run migrate-postgres -- VOICES.csv GENERATIONS.csv [--apply] [--former FILE --former FILE [--delete-missing]] [--remote [--env NAME] [--config FILE]] [--state DIR]

Copies the rows of Resonance's tables Voice and Generation from CSV exports to D1, of the local stack or of the
deployed service (--remote). Without --apply it compares everything and writes nothing. It continues after an
interruption. To repeat it when D1 is in use, keep the two files and name them in the next run, with --former. To export
the tables:

${EXPORT_COMMANDS.replaceAll(/^/gm, "  ")}

  --apply           write rows that are new or changed; rows that are newer in D1 are kept
  --former FILE     a file of the last run that was complete: its rows that D1 does not have any more were deleted there,
                    and are not added again; those that are gone from the new files are listed
  --delete-missing  with --apply, delete these in D1, and their objects in R2
  --remote          the deployed D1 database of wrangler.toml
  --env NAME        that of an environment of wrangler.toml, such as staging
  --config FILE     another file than wrangler.toml
  --state DIR       a local state other than .wrangler/state`;

const ROWS_PER_PROGRESS_LINE = 10_000;

type Migration = Omit<Parameters<typeof comparePass>[0], "onBatch">;

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
      options: {
        ...TARGET_OPTIONS,
        apply: { type: "boolean", default: false },
        former: { type: "string", multiple: true },
        "delete-missing": { type: "boolean", default: false },
      },
    } as const);
    const { apply, former: formerPaths, "delete-missing": deleteMissing } = values;
    if (deleteMissing && !formerPaths) {
      throw new UsageError(
        "--delete-missing needs --former: it deletes what those files have and the new ones lack",
      );
    }
    const target = parseTarget(values);
    const files = await openSourceFiles(positionals);
    const former = formerPaths ? await readFormer(formerPaths, output) : null;
    // A file that is invalid near its end must not be written halfway.
    if (apply) await checkRecords(files, output);
    const { database, close } = await open(target);
    try {
      return await migrate({ database, files, former, apply, deleteMissing }, output);
    } finally {
      await close();
    }
  });

const totalBytes = (files: readonly SourceFile[]) => files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

async function readFormer(paths: readonly string[], output: Output): Promise<FormerRun> {
  if (paths.length !== 2) throw new UsageError(`--former needs both files of a run; ${paths.length} given`);
  const files = await openSourceFiles(paths);
  return withProgress(output, "Reading the former run", totalBytes(files), (advance) =>
    readFormerRun(files, (bytes, { name }) => advance(bytes, name)),
  );
}

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

async function migrate(migration: Migration, output: Output): Promise<ExitCode> {
  const { database, files, former, apply, deleteMissing } = migration;
  const pass = (title: string, writes: boolean) =>
    withProgress(output, title, totalBytes(files), (advance) =>
      comparePass({
        ...migration,
        apply: writes,
        onBatch: (bytes, { name }, { sourceRows }) => advance(bytes, `${sourceRows} ${name}`),
      }),
    );
  const print = (lines: string[]) => output.log(lines.join("\n"));
  const countRowsInD1 = () => Promise.all(files.map(({ table }) => countRows(database, table)));

  const rowsBefore = await countRowsInD1();
  const plan = await pass(apply ? "Writing to D1" : "Comparing with D1", apply);
  print([
    ...planLines(plan, { isApplied: apply, deletes: deleteMissing }),
    ...ignoredColumnLines(files),
    ...(former ? [] : repetitionLines(plan, rowsBefore)),
  ]);
  const isComplete = plan.every(({ rejected }) => rejected.count === 0);
  if (!apply) {
    print(["Nothing was written: add --apply to write."]);
    return isComplete ? 0 : 1;
  }
  const verification = await pass("Verifying D1", false);
  print(verificationLines(verification, await countRowsInD1()));
  const isEqual = verification.every(({ missing, differing }) => missing.count + differing.count === 0);
  return isComplete && isEqual ? 0 : 1;
}
