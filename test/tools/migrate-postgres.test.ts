// `npm run migrate-postgres` in the test process: its arguments, and migrations into a D1 in memory.
import { describe, expect, it } from "vitest";
import { migratePostgres } from "../../scripts/migrate-postgres/command.ts";
import { describeMigration } from "./migration-cases.ts";
import { describeRepeatedMigration } from "./repeated-migration-cases.ts";
import { createMemoryStores, runCommand } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = temporaryFolder();

const given = { stores: async () => createMemoryStores(), path };

describeMigration("a migration into SQLite in memory", given);
describeRepeatedMigration("a repeated migration into SQLite in memory", given);

describe("npm run migrate-postgres", () => {
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
