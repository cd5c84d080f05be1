// What docs/benchmarks.md and the README quote of bench/results.md.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markdownTable, readTable, withTables } from "./document.ts";

const RESULTS = join(import.meta.dirname, "results.md");
const PAGE = join(import.meta.dirname, "../docs/benchmarks.md");
const README = join(import.meta.dirname, "../README.md");

export const QUOTED = [
  "generation, warm, 64-KiB whole",
  "generation, warm, 64-KiB ranged",
  "generation, warm, 1-MiB whole",
  "generation, first play, 64-KiB whole",
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

/** The figure in a table under `column`, in the row that begins with `name`; without its spread. */
function readCell(results: string, heading: string, name: string, column: string): number {
  const [head = [], ...rows] = readTable(results, heading);
  return toFigure(rows.find(([first]) => first === name)?.[head.indexOf(column)], `"${column}" of "${name}"`);
}

/** The number that `cell` begins with. @throws {Error} when it begins with none */
function toFigure(cell: string | undefined, what: string): number {
  const figure = Number.parseFloat(cell ?? "");
  if (Number.isNaN(figure)) throw new Error(`bench/results.md has no ${what}`);
  return figure;
}

/** The memory of uploads as a ratio to the bare Worker's, of each kind of recording. */
function memoryRatios(results: string, design: "service" | "buffering"): number[] {
  const [, ...rows] = readTable(results, "16 concurrent uploads of 20 MiB");
  const ratios = rows
    .filter(([name = ""]) => name.endsWith(`, ${design}`))
    .map(([name, memory]) => toFigure(memory, `memory of "${name}"`));
  if (ratios.length === 0) throw new Error(`bench/results.md has no uploads of "${design}"`);
  return ratios;
}

const FIRST_BYTE = "first play: first byte in hops, less the bare Worker's own time";

/** Where the README has a figure, and which. */
const README_FIGURES: [RegExp, (results: string) => number][] = [
  [
    /(?<=at \[)[\d.]+(?= times the requests per second\]\(bench\/results\.md\))/,
    (results) => readCell(results, "Under load", "generation, warm, 64-KiB ranged", "requests/s ÷ bare"),
  ],
  [
    /(?<=\[)[\d.]+(?= round trips\]\(bench\/results\.md\))/,
    (results) => readCell(results, "Targets", FIRST_BYTE, "found"),
  ],
  [
    /(?<=\[at most )[\d.]+(?= times the memory\]\(bench\/results\.md\))/,
    (results) => Math.max(...memoryRatios(results, "service")),
  ],
  [
    /(?<=buffering them takes )[\d.]+(?= to [\d.]+ times)/,
    (results) => Math.min(...memoryRatios(results, "buffering")),
  ],
  [
    /(?<=buffering them takes [\d.]+ to )[\d.]+(?= times)/,
    (results) => Math.max(...memoryRatios(results, "buffering")),
  ],
];

/**
 * The README with the figures of `results`, with two decimals.
 * @throws {Error} when a sentence with a figure is not in the README
 */
export const withFigures = (readme: string, results: string): string =>
  README_FIGURES.reduce((text, [pattern, figure]) => {
    if (!pattern.test(text)) throw new Error(`The README has nothing like ${pattern.source}`);
    return text.replace(pattern, figure(results).toFixed(2));
  }, readme);

/** Writes what is quoted into both pages. */
export function quoteResults(): void {
  const results = readFileSync(RESULTS, "utf8");
  writeFileSync(PAGE, withTables(readFileSync(PAGE, "utf8"), quotedTables(results)));
  writeFileSync(README, withFigures(readFileSync(README, "utf8"), results));
}
