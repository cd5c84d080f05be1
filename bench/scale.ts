// `npm run bench:scale`: what every query of the service reads of a database in which one organisation is as large as all
// others together. Fails when a query scans a table, sorts, or reads more than it may. Prints a report and writes
// bench/scale.md.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { scheduler } from "node:timers/promises";
import { migrate, start } from "../dev/workerd.ts";
import { median } from "./load.ts";
import { table } from "./report.ts";
import { fill, LARGE } from "./scale/data.ts";
import { faultsOf, measure, type Plans, type Result, scenariosOf } from "./scale/measure.ts";
import { ALLOWED_STEPS, planOf } from "./scale/plans.ts";
import { RUNS } from "./scale/scenario.ts";

/** Overwrites the line of progress. */
const show = (progress: string) => process.stdout.write(`\r\u001b[K${progress}`);

// A global of workerd, by which the retry of a write waits.
Object.assign(globalThis, { scheduler });
const state = mkdtempSync(join(tmpdir(), "resonance-scale-"));
const worker = await start("export default {}", { state });
const { database } = worker;
try {
  await migrate(worker);
  const builtAt = performance.now();
  await fill(database, LARGE, show);
  const buildSeconds = (performance.now() - builtAt) / 1000;
  const { meta } = await database.prepare("select 1").all();
  const gibibytes = (meta.size_after ?? 0) / 2 ** 30;
  show(`${gibibytes.toFixed(2)} GiB in ${buildSeconds.toFixed(0)} s\n`);

  const plans: Plans = new Map();
  const results: Result[] = [];
  for (const scenario of scenariosOf(LARGE)) {
    show(scenario.label);
    results.push(await measure(database, scenario, RUNS, plans));
  }
  show("");
  const faults = faultsOf(results, plans);

  // SQLite plans by statistics once they are gathered (`pragma optimize`).
  await database.prepare("analyze").run();
  const analyzed: Plans = new Map();
  for (const [sql, { parameters }] of plans) {
    analyzed.set(sql, { parameters, steps: await planOf(database, { sql, parameters }) });
  }
  faults.push(...faultsOf([], analyzed).map((fault) => `after ANALYZE: ${fault}`));

  const report = reportOf(results, plans, { gibibytes, buildSeconds });
  writeFileSync(join(import.meta.dirname, "scale.md"), report);
  console.log(`\n${report}`);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  await worker.stop();
  rmSync(state, { recursive: true });
}

function reportOf(
  results: Result[],
  plans: Plans,
  { gibibytes, buildSeconds }: Record<"gibibytes" | "buildSeconds", number>,
): string {
  const groups = Object.entries(Object.groupBy(results, ({ scenario }) => scenario.label));
  const rows = groups.map(([label, group = []]) => {
    const largest = (figure: (result: Result) => number) => Math.max(...group.map(figure));
    return [
      label,
      group.length,
      largest(({ scenario }) => scenario.maxRowsRead).toLocaleString("en"),
      largest(({ rowsRead }) => rowsRead).toLocaleString("en"),
      largest(({ rowsWritten }) => rowsWritten).toLocaleString("en"),
      largest(({ milliseconds }) => median(milliseconds)) || "< 1",
    ];
  });
  const planned = groups.map(([label, group = []]) => {
    const steps = group.flatMap(({ statements }) => statements.flatMap((sql) => plans.get(sql)?.steps ?? []));
    return `- ${label}: ${[...new Set(steps)].map((step) => `\`${step}\``).join(", ")}`;
  });
  return `# Scale

${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model ?? "CPU"}, Node ${process.version}. Made by \`npm run bench:scale\`.

Local D1 (SQLite in workerd) with ${LARGE.voices.toLocaleString("en")} voices and ${LARGE.generations.toLocaleString("en")} generations of one organisation, as many voices of others, and queues as long as after a day of failures: ${gibibytes.toFixed(1)} GiB, built in ${buildSeconds.toFixed(0)} s. The service's own functions are called ${RUNS} times each, and their statements recorded. Rows are those that D1 bills (\`meta.rows_read\`, \`meta.rows_written\`), the largest of the runs; milliseconds are the SQL's (\`meta.duration\`, whole ones), the median of the runs. A row with several calls shows the largest of them. A list is called with each combination of variant, first page and a page near the end, and 1 and 50 items, and with values that a fifth of the rows, only the last rows, or none have.

The run fails when a plan scans a table or sorts, before and after \`ANALYZE\`, or a call reads more rows than it may. Allowed are:

${ALLOWED_STEPS.map((step) => `- ${step}`).join("\n")}

${table(["what", "calls", "may read", "rows read", "rows written", "ms"], rows)}

## Plans

The steps of the statements of each call, each once.

${planned.join("\n")}
`;
}
