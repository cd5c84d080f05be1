// Puts generated tables into Markdown pages, between `<!-- table: NAME -->` and `<!-- end -->`.

const END = "<!-- end -->";

/** @throws {Error} when the page has no markers for a table */
export function withTables(page: string, tables: Record<string, string>): string {
  let result = page;
  for (const [name, table] of Object.entries(tables)) {
    const marker = `<!-- table: ${name} -->`;
    const begin = result.indexOf(marker);
    const end = result.indexOf(END, begin);
    if (begin < 0 || end < 0) throw new Error(`The page has no "${marker}" with "${END}" after it`);
    result = `${result.slice(0, begin)}${marker}\n\n${table}\n\n${result.slice(end)}`;
  }
  return result;
}

/** A table whose columns are aligned, as the formatter leaves it. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [first = [], ...others] = cells;
  return [line(first), line(widths.map((width) => "-".repeat(width))), ...others.map(line)].join("\n");
}

/** The cells of the first table under a heading, its head first. */
export function readTable(page: string, heading: string): string[][] {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const lines =
    section
      .split("\n## ")[0]
      ?.split("\n")
      .filter((line) => line.startsWith("|")) ?? [];
  const cells = lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return cells.filter(([first]) => !/^-+$/.test(first ?? ""));
}
