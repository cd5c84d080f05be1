// `npm run migrate-postgres` as a process, and migrations into a real local D1.
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { givenFolder, givenLocalStores, inState, runScript } from "./local-state.ts";
import { describeMigration } from "./migration-cases.ts";
import { csv, GENERATION_COLUMNS, generation, rowsInD1, VOICE_COLUMNS, voice } from "./postgres-rows.ts";
import { describeRepeatedMigration } from "./repeated-migration-cases.ts";

const folder = givenFolder();

const given = { stores: givenLocalStores(folder), path: folder.path };

describeMigration("a migration into a local D1", given);
describeRepeatedMigration("a repeated migration into a local D1", given);

describe("the process npm run migrate-postgres", () => {
  it("exits with 2 for a wrong command line, and prints its usage", async () => {
    const { code, output } = await runScript("migrate-postgres", ["x.csv"]);
    expect(code).toBe(2);
    expect(output).toContain("npm run migrate-postgres -- VOICES.csv GENERATIONS.csv");
  });

  it("exits with 1 for a file that is not UTF-8", async () => {
    const latin1 = folder.path("latin1.csv");
    await writeFile(latin1, Buffer.from("id,caf\xe9\n", "latin1"));
    const state = folder.path("empty");
    const { code, output } = await runScript("migrate-postgres", [latin1, latin1, "--state", state]);
    expect(code).toBe(1);
    expect(output).toContain("latin1.csv is not UTF-8 between its bytes 0 and 8");
  });

  it("exits with 0 after it has written all rows", async () => {
    const state = await folder.state();
    const files = [folder.path("process-voices.csv"), folder.path("process-generations.csv")] as const;
    await writeFile(files[0], csv(VOICE_COLUMNS, [voice("a")]));
    await writeFile(files[1], csv(GENERATION_COLUMNS, [generation("g", { voice_id: "a" })]));
    const { code, output } = await runScript("migrate-postgres", [...files, "--state", state, "--apply"]);
    expect(code, output).toBe(0);
    const stored = await inState(state, ({ database }) =>
      rowsInD1(database, "generations", GENERATION_COLUMNS),
    );
    expect(stored).toEqual([generation("g", { voice_id: "a" })]);
  });
});
