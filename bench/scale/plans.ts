// Whether a statement's plan is bounded: it searches indexes, reads no table whole and sorts nothing.
import type { ObservedStatement } from "../../dev/observed-d1.ts";

/** Steps of a plan that read or sort everything, where that is little by construction. */
const ALLOWED: { step: RegExp; in: RegExp; because: string }[] = [
  {
    step: /^SCAN (json_each|failed|j) /,
    in: /json_each/,
    because:
      "the values of one parameter: ids that the request names, at most 100, or the events of one call of Polar, at most 1000",
  },
  {
    step: /^USE TEMP B-TREE FOR ORDER BY$/,
    in: /from json_each\(\?2\) j join scopes/,
    because: "the two owners whose voices an organisation sees",
  },
  {
    step: /^USE TEMP B-TREE FOR (ORDER BY|DISTINCT)$|^SCAN \(subquery/,
    in: /^insert into (documents|scopes|tokens)\b/,
    because: "the documents of one step of the search index, in one parameter: at most 200",
  },
  {
    step: /^SCAN search_changes$/,
    in: /order by "search_changes"\."sequence" asc limit \?/,
    because: "the first changes in the order of the primary key, up to the limit",
  },
  {
    step: /^SCAN sqlite_sequence$/,
    in: /^select seq from sqlite_sequence/,
    because: "SQLite's own table has a row for each table with an increasing key: one",
  },
  {
    step: /^SCAN tokens VIRTUAL TABLE INDEX \d+:./,
    in: /\btokens\b/,
    because:
      "FTS5 with a condition: the rows of some ids, or the newest that match within a range, up to the limit",
  },
  {
    step: /^USE TEMP B-TREE FOR GROUP BY$/,
    in: /^insert into "metering_totals"/,
    because: "groups the events of one call of Polar: at most 1000, which were found by id",
  },
  {
    step: /^SCAN metering_events USING INDEX metering_events_due$/,
    in: /^select count/,
    because: "what waits for Polar, once a day for each name: a run of the cron delivers 40,000",
  },
  {
    step: /^SCAN last$/,
    in: /^update "change_events" set "due_at"/,
    because: "the events that became due last: at most 50",
  },
  {
    step: /^SCAN CONSTANT ROW$|^SCAN \(subquery/,
    in: /from \(select 1\)/,
    because: "reads no table: one row of constants",
  },
  {
    step: /^USE TEMP B-TREE FOR ORDER BY$|^SCAN \(subquery/,
    in: /^insert into "change_events".*row_number\(\) over/s,
    because: "numbers the events of one change: at most 100 rows, which were found by id",
  },
  {
    step: /^USE TEMP B-TREE FOR ORDER BY$/,
    in: /^update "change_events" set "due_at"/,
    because:
      "the first events of the objects that a request changed, at most 100, or the 50 that became due last",
  },
];

const UNBOUNDED = /\bSCAN\b|TEMP B-TREE/;

export async function planOf(
  d1: D1Database,
  { sql, parameters }: Pick<ObservedStatement, "sql" | "parameters">,
): Promise<string[]> {
  const plan = await d1
    .prepare(`explain query plan ${sql}`)
    .bind(...parameters)
    .all<{ detail: string }>();
  return plan.results.map(({ detail }) => detail);
}

/** The steps of the plan that read a table whole or sort, unless they are allowed. */
export const unboundedSteps = (sql: string, plan: string[]): string[] =>
  plan.filter(
    (step) =>
      UNBOUNDED.test(step) && !ALLOWED.some((allowed) => allowed.step.test(step) && allowed.in.test(sql)),
  );

export const ALLOWED_STEPS = ALLOWED.map(({ step, because }) => `\`${step.source}\`: ${because}.`);
