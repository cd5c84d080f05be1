// Formats the reports of a migration as lines of text.
import { sampleLines } from "../operator/samples.ts";
import type { SourceFile } from "./source-files.ts";
import type { TableReport } from "./table-report.ts";
import { type MigratedTable, TABLES } from "./tables.ts";

/** The differences before writing. */
export function planLines(reports: readonly TableReport[], isApplied: boolean): string[] {
  const [added, changed] = isApplied ? ["added", "changed"] : ["would be added", "would be changed"];
  return TABLES.flatMap((table, index) => {
    const report = reports[index];
    if (!report) return [];
    return [
      `${table.name}: ${report.sourceRows} in the source`,
      `  ${report.missing.count} ${added}`,
      ...sampleLines(report.differing, changed),
      `  ${report.same} unchanged`,
      ...sampleLines(report.newer, "kept, because the row in D1 is newer"),
      ...sampleLines(report.rejected, "rejected"),
      ...remarkLines(table, report),
    ];
  });
}

/** The differences that are left after writing. */
export function verificationLines(reports: readonly TableReport[], rowsInD1: readonly number[]): string[] {
  return TABLES.flatMap((table, index) => {
    const report = reports[index];
    if (!report) return [];
    return [
      `${table.name}: ${report.sourceRows} in the source, ${rowsInD1[index]} in D1`,
      ...sampleLines(report.missing, "missing"),
      ...sampleLines(report.differing, "differ"),
      ...sampleLines(report.newer, "differ, because the row in D1 is newer"),
    ];
  });
}

export function ignoredColumnLines(files: readonly SourceFile[]): string[] {
  const names = files.flatMap(({ table, ignoredColumns }) =>
    ignoredColumns.map((name) => `${table.name}.${name}`),
  );
  return names.length > 0 ? [`Columns that are not migrated: ${names.join(", ")}`] : [];
}

function remarkLines(table: MigratedTable, { irregular, withoutAudio, unlinked }: TableReport): string[] {
  if (table.name === "voices") {
    return [
      ...sampleLines(withoutAudio, "skipped: custom voices whose audio was never stored"),
      ...(irregular.count > 0
        ? sampleLines(irregular, "kept, although a new voice could not be like this")
        : []),
    ];
  }
  return unlinked.count > 0
    ? sampleLines(unlinked, "with voice_id set to null: the voice is neither in the source nor in D1")
    : [];
}
