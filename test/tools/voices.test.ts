// `npm run voices` in the test process: its arguments, and imports into a D1 and an R2 bucket in memory.
import { describe, expect, it } from "vitest";
import { manageVoices } from "../../scripts/voices/command.ts";
import { createMemoryStores, runCommand } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { entry, writeVoices } from "./voice-folder.ts";
import { describeImport } from "./voice-import-cases.ts";
import { describeFailingImport } from "./voice-import-failures.ts";

const path = temporaryFolder();

const given = { stores: async () => createMemoryStores(), path };
describeImport("an import into memory", given);
describeFailingImport("an import into memory", given);

describe("npm run voices", () => {
  it.each([
    [[], "A command is needed: import"],
    [["export", "x"], "Unknown command export"],
    [["import"], "import takes one folder"],
    [["import", "x", "y"], "import takes one folder"],
    [["import", "x", "--fast"], "Unknown option '--fast'"],
    [["import", "x", "--remote", "--state", "y"], "--remote and --state exclude each other"],
  ])("called with %j exits with 2 and prints its usage: %s", async (args, message) => {
    const { code, output } = await runCommand(manageVoices, args);
    expect(code).toBe(2);
    expect(output).toContain(message);
    expect(output).toContain("npm run voices -- import DIR");
  });

  it("says what to do without a manifest or without a local state", async () => {
    const directory = path("one");
    expect(await runCommand(manageVoices, ["import", directory])).toMatchObject({
      code: 1,
      output: expect.stringContaining("voices.json cannot be read: ENOENT"),
    });
    await writeVoices(directory, [entry("A")]);
    expect(await runCommand(manageVoices, ["import", directory, "--state", path("none")])).toMatchObject({
      code: 1,
      output: expect.stringContaining("run `npm run dev` once"),
    });
  });
});
