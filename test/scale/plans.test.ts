// Every query of the service, on a small copy of the data of `npm run bench:scale`: a scan would read more than it may.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { fill, type Size } from "../../bench/scale/data.ts";
import { faultsOf, measure, type Plans, type Result, scenariosOf } from "../../bench/scale/measure.ts";

const SMALL: Size = { voices: 3_000, generations: 6_000 };

it("no query of the service scans a table, sorts, reads more rows than it may, or binds a LIMIT of one row", async () => {
  await fill(env.DB, SMALL);
  const plans: Plans = new Map();
  const results: Result[] = [];
  // One list of each combination of filters: what their pages read is counted in test/lists.
  const byLabel = new Map(scenariosOf(SMALL).map((scenario) => [scenario.label, scenario]));
  for (const scenario of byLabel.values()) results.push(await measure(env.DB, scenario, 1, plans));
  expect(faultsOf(results, plans)).toEqual([]);
  // A row is found by its key alone: SQLite compiles a statement anew each time that its LIMIT is bound.
  const limitedToOne = [...plans].filter(
    ([sql, { parameters }]) => / limit \?\)?$/.test(sql) && parameters.at(-1) === 1,
  );
  expect(limitedToOne.map(([sql]) => sql)).toEqual([]);
});
