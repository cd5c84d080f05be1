// Tables of a report, and targets that were met or missed.

export type Row = (string | number)[];

export interface Target {
  name: string;
  wanted: string;
  found: string;
  met: boolean;
}

/** One part of the run: the rows of its table, and its targets. */
export interface Measurement {
  rows: Row[];
  targets: Target[];
}

export const atLeast = (name: string, wanted: number, found: number): Target => ({
  name,
  wanted: `≥ ${wanted}`,
  found: found.toFixed(2),
  met: found >= wanted,
});

export const atMost = (name: string, wanted: number, found: number): Target => ({
  name,
  wanted: `≤ ${wanted}`,
  found: found.toFixed(2),
  met: found <= wanted,
});

export const table = (head: Row, rows: Row[]) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
