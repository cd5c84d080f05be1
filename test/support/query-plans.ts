// Runs with each test file: no query that the Worker makes in any test may scan a table or sort. A query of a test itself
// may, and is told apart by who prepares it.
import { env } from "cloudflare:workers";
import { afterAll, expect } from "vitest";
import { planOf, unboundedSteps } from "../../bench/scale/plans.ts";

/** The tables of the search index, which are in a database of their own. */
const SEARCH_TABLES = /\b(from|into|update|join) (scopes|documents|tokens|build)\b/;

type Prepare = D1Database["prepare"];

/** Not an injected fault. */
const STATEMENT = /^(select|insert|update|delete)\b/i;

/** The queries of the files so far: they share one runtime. */
const shared = globalThis as { queriesOfWorker?: Map<string, "new" | "checked"> };

function observe(queries: Map<string, "new" | "checked">, target: object): void {
  const prototype = Object.getPrototypeOf(target) as { prepare: Prepare };
  const { prepare } = prototype;
  prototype.prepare = function observed(this: D1Database, sql) {
    if (!queries.has(sql) && STATEMENT.test(sql) && isPreparedByWorker()) queries.set(sql, "new");
    return Reflect.apply(prepare, this, [sql]);
  };
}

/** The Worker prepares its queries through the bindings that it instruments. */
function isPreparedByWorker(): boolean {
  const { prepareStackTrace } = Error;
  // vitest's maps each frame to its source, which takes longer than the query.
  Error.prepareStackTrace = (_, frames) => frames;
  const frames = new Error("prepare").stack as unknown as NodeJS.CallSite[];
  Error.prepareStackTrace = prepareStackTrace;
  return frames.some((frame) => frame.getFileName()?.endsWith("/instrumented-bindings.ts"));
}

if (!shared.queriesOfWorker) {
  shared.queriesOfWorker = new Map();
  for (const target of [env.DB, env.DB.withSession()]) observe(shared.queriesOfWorker, target);
}
const queries = shared.queriesOfWorker;

afterAll(async () => {
  for (const [sql, state] of queries) {
    if (state === "checked") continue;
    queries.set(sql, "checked");
    const numbers = [...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number));
    const parameters = Array(numbers.length > 0 ? Math.max(...numbers) : sql.split("?").length - 1).fill(1);
    const plan = await planOf(SEARCH_TABLES.test(sql) ? env.SEARCH_DB : env.DB, { sql, parameters });
    expect(unboundedSteps(sql, plan), sql).toEqual([]);
  }
});
