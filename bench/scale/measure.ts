// Runs the scenarios on a database, and judges what each statement read and how it was planned.
import { type ObservedStatement, observeStatements } from "../../dev/observed-d1.ts";
import { billing } from "./billing.ts";
import type { Size } from "./data.ts";
import { generations } from "./generations.ts";
import { jobs } from "./jobs.ts";
import { lists } from "./lists.ts";
import { losingFirstResponse } from "./lost-response.ts";
import { planOf, unboundedSteps } from "./plans.ts";
import type { Scenario } from "./scenario.ts";
import { voices } from "./voices.ts";

/** Every query of the service. Lists first: what follows changes rows. */
export const scenariosOf = (size: Size): Scenario[] => [
  ...lists(size),
  ...voices,
  ...generations,
  ...billing,
  ...jobs,
];

/** A statement that ran, without its parameters' values being compared. */
export type Plans = Map<string, { parameters: unknown[]; steps: string[] }>;

/** What a scenario has cost, the largest and the middle of its runs. */
export interface Result {
  scenario: Scenario;
  rowsRead: number;
  rowsWritten: number;
  milliseconds: number[];
  /** The SQL of its statements, each once. */
  statements: string[];
}

/** Runs the scenario `runs` times. Adds the plan of each new statement to `plans`. */
export async function measure(
  d1: D1Database,
  scenario: Scenario,
  runs: number,
  plans: Plans,
): Promise<Result> {
  const result: Result = { scenario, rowsRead: 0, rowsWritten: 0, milliseconds: [], statements: [] };
  for (let run = 0; run < runs; run += 1) {
    const statements: ObservedStatement[] = [];
    const database = observeStatements(d1, (statement) => statements.push(statement));
    await scenario.call(scenario.losesResponse ? losingFirstResponse(database) : database, run);
    const sum = (figure: "rows_read" | "rows_written" | "duration") =>
      statements.reduce((total, { meta }) => total + meta[figure], 0);
    result.rowsRead = Math.max(result.rowsRead, sum("rows_read"));
    result.rowsWritten = Math.max(result.rowsWritten, sum("rows_written"));
    result.milliseconds.push(sum("duration"));
    for (const { sql, parameters } of statements) {
      if (!result.statements.includes(sql)) result.statements.push(sql);
      if (!plans.has(sql)) plans.set(sql, { parameters, steps: await planOf(d1, { sql, parameters }) });
    }
  }
  return result;
}

/** What is wrong: a plan with a scan or a sort, and a call that read more than it may. */
export function faultsOf(results: Result[], plans: Plans): string[] {
  const scans = [...plans].flatMap(([sql, { steps }]) =>
    unboundedSteps(sql, steps).map((step) => `${step}\n  in ${sql}`),
  );
  const reads = results
    .filter(({ scenario, rowsRead }) => rowsRead > scenario.maxRowsRead)
    .map(
      ({ scenario, rowsRead }) =>
        `${scenario.label}: read ${rowsRead} rows of at most ${scenario.maxRowsRead}`,
    );
  return [...scans, ...reads];
}
