// That `npm run bench:scale` and the test of the plans call every function that queries D1.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LARGE } from "../../bench/scale/data.ts";
import { scenariosOf } from "../../bench/scale/measure.ts";
import { read } from "../../src/platform/database.ts";

const SOURCE = join(import.meta.dirname, "../../src");
const QUERIES_D1 = /\bdrizzle\(|\.prepare\(|\bread\(/;
const TAKES_D1 = /^(async )?(function \w+)?\s*\(\s*d1\b/;

/** The functions that a module exports, also as members of objects. */
const functionsOf = (module: object): unknown[] =>
  Object.values(module).flatMap((value: unknown) =>
    typeof value === "object" && value !== null ? Object.values(value) : [value],
  );

it("every exported function that queries D1 is measured at scale", async () => {
  const files = globSync("**/*.ts", { cwd: SOURCE })
    .map((file) => join(SOURCE, file))
    .filter((file) => QUERIES_D1.test(readFileSync(file, "utf8")));
  const modules = await Promise.all(files.map((file) => import(file) as Promise<object>));
  const queries = modules.flatMap(functionsOf).filter((each) => TAKES_D1.test(String(each)));
  const measured = new Set<unknown>(scenariosOf(LARGE).map(({ of }) => of));
  // Runs the queries of its callers.
  measured.add(read);
  expect(queries.length).toBeGreaterThan(40);
  expect(queries.filter((query) => !measured.has(query)).map(String)).toEqual([]);
});
