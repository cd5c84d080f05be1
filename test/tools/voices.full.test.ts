// `npm run voices` as a process, and imports into a real local state.
import { describe, expect, it } from "vitest";
import { givenFolder, givenLocalStores, inState, runOnTerminal, runScript } from "./local-state.ts";
import { storedVoices } from "./stored-voices.ts";
import { entry, noise, writeRecording, writeVoices } from "./voice-folder.ts";
import { describeImport } from "./voice-import-cases.ts";
import { describeFailingImport } from "./voice-import-failures.ts";

const folder = givenFolder();

const given = { stores: givenLocalStores(folder), path: folder.path };
describeImport("an import into a local D1 and R2", given);
describeFailingImport("an import into a local D1 and R2", given);

describe("the process npm run voices", () => {
  it("exits with 2 for a wrong command line, and prints its usage", async () => {
    const { code, output } = await runScript("voices", ["export", "x"]);
    expect(code).toBe(2);
    expect(output).toContain("Unknown command export");
    expect(output).toContain("npm run voices -- import DIR");
  });

  it("exits with 1 for an invalid manifest", async () => {
    await writeVoices(folder.path("invalid"), []);
    const { code, output } = await runScript("voices", ["import", folder.path("invalid")]);
    expect(code).toBe(1);
    expect(output).toContain("The list must not be empty");
  });

  it("imports into a state, and shows a bar on a terminal and lines elsewhere", async () => {
    const state = await folder.state();
    const directory = folder.path("shown");
    await writeVoices(directory, [entry("A"), entry("B")]);
    await writeRecording(folder.path("shown", "A.wav"), noise(1));
    await writeRecording(folder.path("shown", "B.wav"), noise(2));
    const args = ["import", directory, "--state", state];
    const { code, output } = await runScript("voices", args);
    expect(code, output).toBe(0);
    expect(output).toMatch(/^Importing\nImporting: 1\/2 added [AB]\nImporting: 2\/2 added [AB]\n/);
    expect((await inState(state, storedVoices)).objects).toHaveLength(2);
    const bar = await runOnTerminal("voices", args);
    expect(bar.code, bar.output).toBe(0);
    expect(bar.output).toMatch(/Importing █{40} 100 % 2\/2 unchanged/);
    expect(bar.output).not.toContain("Importing: 1/2");
  });
});
