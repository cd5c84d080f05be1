// What the README and docs/benchmarks.md quote is what bench/results.md has.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTable, withTables } from "../../bench/document.ts";
import { quotedTables } from "../../bench/quoted-results.ts";

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

const oneDecimal = (value: string | number) => (Math.round(Number(value) * 10) / 10).toFixed(1);

describe("docs/benchmarks.md", () => {
  it("quotes rows of bench/results.md as they are", () => {
    expect(benchmarks, "run `npm run bench:quote`").toBe(withTables(benchmarks, quotedTables(results)));
  });

  it("would not be written from results without a row that it quotes", () => {
    expect(() => quotedTables(results.replaceAll("generation, cold, 64-KiB whole", "renamed"))).toThrow(
      'no row "generation, cold, 64-KiB whole"',
    );
  });
});

describe("the README quotes bench/results.md:", () => {
  it("the requests per second of a seek", () => {
    const ratio = cell(results, "Under load", "generation, warm, 64-KiB ranged", "requests/s ÷ bare");
    expect(readme).toContain(`at [${oneDecimal(ratio)} times the requests per second](bench/results.md)`);
  });

  it("the round trips of a first play", () => {
    const name = "cold generation: first byte in hops, less the bare Worker's own time";
    const hops = oneDecimal(cell(results, "Targets", name, "found"));
    expect(readme).toContain(`[${hops} round trips](bench/results.md)`);
  });

  it("the memory of uploads, streamed and buffered", () => {
    const [, ...rows] = readTable(results, "16 concurrent uploads of 20 MiB");
    const ratios = (kind: string) =>
      rows.filter(([name = ""]) => name.endsWith(`, ${kind}`)).map(([, memory]) => Number(memory));
    const [streamed, buffered] = [ratios("service"), ratios("buffering")];
    expect([streamed.length, buffered.length]).toEqual([3, 3]);
    expect(readme).toContain(
      `[at most ${oneDecimal(Math.max(...streamed))} times the memory](bench/results.md)`,
    );
    const [least, most] = [Math.min(...buffered), Math.max(...buffered)].map(oneDecimal);
    expect(readme).toContain(`buffering them takes ${least} to ${most} times`);
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
  expect(readme).toContain(`${whole[0]} requests a second instead of ${whole[1]} for 64 KiB`);
  expect(readme).toContain(`${range[0]} instead of ${range[1]} for a seek in 10 MiB`);
  expect(readme).toContain(`${uploads[0]} MiB of memory instead of ${uploads[1]} for 16 uploads at once`);
});
