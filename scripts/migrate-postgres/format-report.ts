// Formats the reports of a migration as lines of text.
import { type Samples, sampleLines } from "../operator/samples.ts";
import type { SourceFile } from "./source-files.ts";
import type { TableReport } from "./table-report.ts";
import { type MigratedTable, TABLES } from "./tables.ts";

/** The differences before writing. `deletes` says whether rows that are gone from the source are deleted. */
export function planLines(
  reports: readonly TableReport[],
  { isApplied, deletes }: { isApplied: boolean; deletes: boolean },
): string[] {
  const [added, changed] = isApplied ? ["added", "changed"] : ["would be added", "would be changed"];
  const deleted = isApplied ? "deleted" : "would be deleted";
  return TABLES.flatMap((table, index) => {
    const report = reports[index];
    if (!report) return [];
    return [
      `${table.name}: ${report.sourceRows} in the source`,
      `  ${report.missing.count} ${added}`,
      ...sampleLines(report.differing, changed),
      `  ${report.same} unchanged`,
      ...sampleLines(report.newer, "kept, because the row in D1 is newer"),
      ...linesIfAny(report.deletedInD1, "not added: deleted in D1, and still in the source"),
      ...linesIfAny(
        report.deletedInSource,
        deletes
          ? `${deleted}: gone from the source since the former run`
          : "gone from the source since the former run, and kept: --delete-missing deletes them",
      ),
      ...linesIfAny(
        report.keptInD1,
        "gone from the source, but kept: a system voice, or changed in D1 since the former run",
      ),
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

/** A warning where rows would be added to tables that have rows already, and no former run was named. */
export function repetitionLines(reports: readonly TableReport[], rowsBefore: readonly number[]): string[] {
  const isDoubtful = reports.some(({ missing }, index) => missing.count > 0 && Number(rowsBefore[index]) > 0);
  return isDoubtful
    ? [
        "D1 had rows before. Of the added rows, those that an earlier run had copied were deleted in D1 since, and come",
        "back without audio: name the files of that run with --former.",
      ]
    : [];
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
      ...linesIfAny(irregular, "kept, although a new voice could not be like this"),
    ];
  }
  return linesIfAny(unlinked, "with voice_id set to null: the voice is neither in the source nor in D1");
}

const linesIfAny = (samples: Samples, what: string): string[] =>
  samples.count > 0 ? sampleLines(samples, what) : [];
