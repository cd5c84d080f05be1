// What the migration says at its end.
import type { Cases, Comparison } from "./findings.ts";
import type { Ignored } from "./source.ts";
import { type MigratedTable, TABLES } from "./tables.ts";

/** What was found before anything was written. */
export function planReport(comparisons: readonly Comparison[], isApplied: boolean): string[] {
  const [added, changed] = isApplied ? ["added", "changed"] : ["would be added", "would be changed"];
  return TABLES.flatMap((table, index) => {
    const found = comparisons[index];
    if (!found) return [];
    return [
      `${table.name}: ${found.source} in the source`,
      counted(found.missing, added),
      ...listed(found.differing, changed),
      `  ${found.same} are the same`,
      ...listed(found.newer, "kept, because D1's row is newer"),
      ...listed(found.rejected, "rejected"),
      ...remarks(table, found),
    ];
  });
}

/** What D1 has at the end. */
export function finalReport(comparisons: readonly Comparison[], inD1: readonly number[]): string[] {
  return TABLES.flatMap((table, index) => {
    const found = comparisons[index];
    if (!found) return [];
    return [
      `${table.name}: ${found.source} in the source, ${inD1[index]} in D1`,
      ...listed(found.missing, "missing"),
      ...listed(found.differing, "differ"),
      ...listed(found.newer, "differ, because D1's row is newer"),
    ];
  });
}

export const ignoredReport = ({ tables, columns }: Ignored): string[] => [
  ...(tables.size > 0 ? [`Other tables, not read: ${[...tables].join(", ")}`] : []),
  ...(columns.size > 0 ? [`Other columns, not read: ${[...columns].join(", ")}`] : []),
];

function remarks(table: MigratedTable, { leftOut, unlinked }: Comparison): string[] {
  if (table.name === "voices") return listed(leftOut, "left out: custom voices whose audio was never stored");
  return unlinked.count > 0 ? listed(unlinked, "without a voice from now on: it is nowhere") : [];
}

const counted = ({ count }: Cases, what: string) => `  ${count} ${what}`;

function listed(cases: Cases, what: string): string[] {
  const left = cases.count - cases.first.length;
  return [
    counted(cases, what),
    ...cases.first.map((text) => `    ${text}`),
    ...(left > 0 ? [`    … and ${left} more`] : []),
  ];
}
