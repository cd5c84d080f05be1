// What the README and docs/benchmarks.md quote is what bench/results.md has.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTable, withTables } from "../../bench/document.ts";
import { QUOTED, quotedTables, withFigures } from "../../bench/quoted-results.ts";
import { scenarios } from "../../bench/scenarios.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (file: string) => readFile(join(ROOT, file), "utf8");
const [readme, benchmarks, results] = await Promise.all([
  read("README.md"),
  read("docs/benchmarks.md"),
  read("bench/results.md"),
]);

/** The cell of a table under `column`, in the row that begins with `name`. */
function cell(page: string, heading: string, name: string, column: string): string {
  const [head = [], ...rows] = readTable(page, heading);
  const value = rows.find(([first]) => first === name)?.[head.indexOf(column)];
  if (value === undefined) throw new Error(`"${heading}" has no "${column}" of "${name}"`);
  return value;
}

describe("docs/benchmarks.md", () => {
  it("quotes rows of bench/results.md as they are", () => {
    expect(benchmarks, "run `npm run bench:quote`").toBe(withTables(benchmarks, quotedTables(results)));
  });

  it("quotes rows that the benchmark measures", () => {
    expect(scenarios.map(({ name }) => name)).toEqual(expect.arrayContaining(QUOTED));
  });

  it("would not be written from results without a row that it quotes", () => {
    expect(() => quotedTables(results.replaceAll("generation, first play, 64-KiB whole", "renamed"))).toThrow(
      'no row "generation, first play, 64-KiB whole"',
    );
  });
});

describe("the README", () => {
  it("quotes bench/results.md", () => {
    expect(readme, "run `npm run bench:quote`").toBe(withFigures(readme, results));
  });

  it("quotes no figure that the results lack", () => {
    const lacking = results.replace(/^(\| generation, warm, 64-KiB ranged +\| )[\d.]+/m, "$1");
    expect(() => withFigures(readme, lacking)).toThrow('no "requests/s ÷ bare"');
    const withoutMemory = results.replace(/^(\| M4A, service +\| )[\d.]+/m, "$1");
    expect(() => withFigures(readme, withoutMemory)).toThrow('no memory of "M4A, service"');
  });

  it("would quote other results", () => {
    const measured = results
      .replace(/^(\| generation, warm, 64-KiB ranged +\| )[\d.]+/m, "$10.33")
      .replace(/^(\| WAV, buffering +\| )[\d.]+/m, "$17.77")
      .replace(/^(\| WAV, service +\| )[\d.]+/m, "$16.66")
      .replace(/(less the bare Worker's own time \|[^|]+\| )[\d.]+/, "$15.55");
    const quoted = withFigures(readme, measured);
    expect(quoted).toContain("at [0.33 times the requests per second]");
    expect(quoted).toContain("[5.55 round trips]");
    expect(quoted).toContain("[at most 6.66 times the memory]");
    expect(quoted).toMatch(/buffering them takes \d\.\d\d to 7\.77 times/);
  });

  it("cannot be written without a sentence that it is known for", () => {
    expect(() => withFigures(readme.replace("round trips", "trips"), results)).toThrow("round trips");
  });
});

it("the README quotes three rows of docs/benchmarks.md about the app's own handlers", () => {
  const figures = (name: string) =>
    ["this service, warm", "the app's handlers"].map((column) =>
      cell(benchmarks, "Beside the app's own handlers and a public gateway", name, column).replace(/:.*/, ""),
    );
  const whole = figures("64 KiB whole");
  const range = figures("32 KiB of a file of 10 MiB");
  const uploads = figures("16 uploads of 18 MB at once, peak MiB");
  const sentence = /measured once on one machine: (.*) \(\[how\]/.exec(readme)?.[1];
  expect(sentence).toBe(
    `${whole[0]} requests a second instead of ${whole[1]} for 64 KiB, ${range[0]} instead of ${range[1]} for a seek in 10 MiB, and ${uploads[0]} MiB of memory instead of ${uploads[1]} for 16 uploads at once`,
  );
});
