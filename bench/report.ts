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

const HUNDREDTHS = 100;

/** Two decimals. A miss is not rounded to the wanted value, as 0.949 would be to 0.95, but to the hundredth before it. */
function rounded(found: number, wanted: number, met: boolean, away: (value: number) => number): string {
  const text = found.toFixed(2);
  return met || Number(text) !== wanted ? text : (away(found * HUNDREDTHS) / HUNDREDTHS).toFixed(2);
}

export function atLeast(name: string, wanted: number, found: number): Target {
  const met = found >= wanted;
  return { name, wanted: `≥ ${wanted}`, found: rounded(found, wanted, met, Math.floor), met };
}

export function atMost(name: string, wanted: number, found: number): Target {
  const met = found <= wanted;
  return { name, wanted: `≤ ${wanted}`, found: rounded(found, wanted, met, Math.ceil), met };
}

export const table = (head: Row, rows: Row[]) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
