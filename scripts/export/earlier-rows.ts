// Reads which rows were in D1 and in Postgres at the same time before: those of the files that were migrated, or of an
// export that was restored. What one side lacks of them now was deleted there.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { copyOf } from "../migrate-postgres/batches.ts";
import { parseRow } from "../migrate-postgres/row.ts";
import { openSourceFiles, readRows, type SourceFile } from "../migrate-postgres/source-files.ts";
import { type MigratedTable, TABLES } from "../migrate-postgres/tables.ts";
import type { Output } from "../operator/output.ts";
import { withProgress } from "../operator/progress.ts";
import { ToolError } from "../operator/tool-error.ts";
import { csvFileName, RESTORE_SCRIPT, RESTORED_MARK } from "./restore-script.ts";

/** By the table's name in D1. */
export type EarlierIds = Record<MigratedTable["name"], Set<string>>;

/**
 * The ids in the folders' files `voices.csv` and `generations.csv`, without those of rows that a migration rejects or
 * skips: they never were in D1.
 * @throws {ToolError} when a file is missing or invalid, or a folder is an export that was not restored
 */
export async function readEarlierIds(folders: readonly string[], output: Output): Promise<EarlierIds> {
  const ids: EarlierIds = { voices: new Set(), generations: new Set() };
  for (const folder of folders) {
    requireRestored(folder);
    const files = await openSourceFiles(TABLES.map((table) => join(folder, csvFileName(table))));
    const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    await withProgress(output, `Reading ${folder}`, bytes, async (advance) => {
      for (const file of files) {
        const { name } = file.table;
        for await (const id of idsIn(file)) ids[name].add(id);
        advance(file.sizeBytes, `${ids[name].size} ${name}`);
      }
    });
  }
  return ids;
}

/** A row of an export that was never restored is not in Postgres, and would be taken for one that was deleted there. */
function requireRestored(folder: string): void {
  const isExport = existsSync(join(folder, RESTORE_SCRIPT));
  if (!isExport || existsSync(join(folder, RESTORED_MARK))) return;
  throw new ToolError(
    `${folder} is an export that was not restored (it has no ${RESTORED_MARK}): restore it first, or leave it out.`,
  );
}

async function* idsIn(file: SourceFile): AsyncGenerator<string> {
  for await (const row of readRows(file)) {
    const parsed = parseRow(row);
    if (parsed.kind === "row") yield copyOf(parsed.row.id);
  }
}
