// The rows of bench/results.md that docs/benchmarks.md quotes.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markdownTable, readTable, withTables } from "./document.ts";

const RESULTS = join(import.meta.dirname, "results.md");
const PAGE = join(import.meta.dirname, "../docs/benchmarks.md");

const QUOTED = [
  "generation, warm, 64-KiB whole",
  "generation, warm, 64-KiB ranged",
  "generation, warm, 1-MiB whole",
  "generation, cold, 64-KiB whole",
  "system voice, hit, 64-KiB whole",
];

/** @throws {Error} when the results lack a row that is quoted */
export function quotedTables(results: string): Record<string, string> {
  const [head = [], ...rows] = readTable(results, "Under load");
  const quoted = QUOTED.map((name) => {
    const row = rows.find(([first]) => first === name);
    if (!row) throw new Error(`bench/results.md has no row "${name}"`);
    return row;
  });
  return { "under-load": markdownTable(head, quoted) };
}

/** Writes the rows into docs/benchmarks.md. */
export function quoteResults(): void {
  const tables = quotedTables(readFileSync(RESULTS, "utf8"));
  writeFileSync(PAGE, withTables(readFileSync(PAGE, "utf8"), tables));
}
