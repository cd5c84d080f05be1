// The command `npm run search-index`: brings the search index up to date, or builds it again. The cron does the same,
// within its limits.
import { buildNext, restartBuild } from "../../src/search/build.ts";
import { applyChanges, type Databases } from "../../src/search/feed.ts";
import { parseCommandLine, parseTarget, TARGET_OPTIONS } from "../operator/arguments.ts";
import { consoleOutput, type Output } from "../operator/output.ts";
import { withProgress } from "../operator/progress.ts";
import { type ExitCode, runTool } from "../operator/run-tool.ts";
import { openStorage } from "../operator/storage.ts";

const USAGE = `npm run search-index -- [--rebuild] [--remote [--env NAME] [--config FILE]] [--state DIR]

Brings the search index of the local stack, or of the deployed service (--remote), up to date: continues its build, if it
is not complete, and applies the changes that wait. It can be interrupted and repeated, and the service may run meanwhile.

  --rebuild      empty the index first and build it again: after the main database was restored, or filled by hand.
                 Searches are 503 until it is complete; everything else works
  --remote       the deployed D1 databases of wrangler.toml
  --env NAME     those of an environment of wrangler.toml, such as staging
  --config FILE  another file than wrangler.toml
  --state DIR    a local state other than .wrangler/state`;

const CHANGES_PER_BATCH = 100;

interface Dependencies {
  output?: Output;
  open?: typeof openStorage;
}

/** @returns 0 when the index is up to date, 1 when a step failed, 2 for a usage error */
export const searchIndex = (
  args: string[],
  { output = consoleOutput, open = openStorage }: Dependencies = {},
): Promise<ExitCode> =>
  runTool(USAGE, output, async () => {
    const { values } = parseCommandLine({
      args,
      options: { ...TARGET_OPTIONS, rebuild: { type: "boolean", default: false } },
    } as const);
    const { database, searchDatabase: index, close } = await open(parseTarget(values));
    try {
      if (values.rebuild) await restartBuild(index);
      const total = await countWork(database);
      const { rows, changes } = await withProgress(output, "Updating the search index", total, (advance) =>
        update({ database, index }, advance),
      );
      output.log(
        `The search index is up to date: ${rows} rows were read for its build, and ${changes} changes applied.`,
      );
      return 0;
    } finally {
      await close();
    }
  });

/** The number of rows and changes: the most that can be left to do. */
async function countWork(database: D1Database): Promise<number> {
  const counts = await database.batch<{ count: number }>(
    ["voices", "generations", "search_changes"].map((table) =>
      database.prepare(`select count(*) as count from ${table}`),
    ),
  );
  return counts.reduce((sum, { results }) => sum + (results[0]?.count ?? 0), 0);
}

async function update(databases: Databases, advance: (by: number, message: string) => void) {
  let rows = 0;
  for (;;) {
    const progress = await buildNext(databases);
    rows += progress.rows;
    if (progress.step === "complete") break;
    advance(progress.rows, `${rows} rows, now ${progress.step}`);
  }
  let changes = 0;
  for (;;) {
    const applied = await applyChanges(databases, CHANGES_PER_BATCH);
    changes += applied;
    advance(applied, `${changes} changes`);
    if (applied < CHANGES_PER_BATCH) return { rows, changes };
  }
}
