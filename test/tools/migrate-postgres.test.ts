// `npm run migrate-postgres` in the test process: its arguments, and migrations into a D1 in memory.
import { describe, expect, it } from "vitest";
import { exportRows } from "../../scripts/export/command.ts";
import { migratePostgres } from "../../scripts/migrate-postgres/command.ts";
import { describeMigration } from "./migration-cases.ts";
import { GENERATION_COLUMNS, generation, insertRows, rowsInD1 } from "./postgres-rows.ts";
import { describeRepeatedMigration } from "./repeated-migration-cases.ts";
import { createMemoryStores, runCommand } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = temporaryFolder();

const given = { stores: async () => createMemoryStores(), path };

describeMigration("a migration into SQLite in memory", given);
describeRepeatedMigration("a repeated migration into SQLite in memory", given);

describe("npm run migrate-postgres", () => {
  it("reads what npm run export has written, with the lines that psql would take for the end of the data", async () => {
    const [source, target] = [createMemoryStores(), createMemoryStores()];
    await insertRows(source.database, "generations", GENERATION_COLUMNS, [
      generation("g", { text: 'a\n\\.\n"\n\\.\r\nb' }),
    ]);
    expect((await runCommand(exportRows, [path("exported")], source)).code).toBe(0);
    const files = ["voices.csv", "generations.csv"].map((name) => path("exported", name));
    const { code, output } = await runCommand(migratePostgres, [...files, "--apply"], target);
    expect(code, output).toBe(0);
    const rows = ({ database }: typeof source) => rowsInD1(database, "generations", GENERATION_COLUMNS);
    expect(await rows(target)).toEqual(await rows(source));
  });

  it.each([
    [[], 2, "Two files are needed, the exports of Voice and Generation; 0 given"],
    [["x.csv"], 2, "Two files are needed, the exports of Voice and Generation; 1 given"],
    [["x.csv", "y.csv", "z.csv"], 2, "3 given"],
    [["x.csv", "y.csv", "--force"], 2, "Unknown option '--force'"],
    [["x.csv", "y.csv", "--remote", "--state", "z"], 2, "--remote and --state exclude each other"],
    [["none.csv", "y.csv"], 1, "none.csv does not exist"],
    [["x.csv", "y.csv", "--delete-missing"], 2, "--delete-missing needs --former"],
  ])("called with %j exits with %d: %s", async (args, expected, message) => {
    const { code, output } = await runCommand(migratePostgres, args);
    expect(output).toContain(message);
    expect(code).toBe(expected);
    expect(output.includes("npm run migrate-postgres -- VOICES.csv GENERATIONS.csv")).toBe(expected === 2);
  });
});
