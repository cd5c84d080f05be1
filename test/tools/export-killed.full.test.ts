// `npm run export` as a process that is interrupted, killed, and left alone.
import { readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { givenFolder, inState, runScript } from "./local-state.ts";

/** So many that a signal arrives long before the last page, also on a loaded machine. */
const VOICE_COUNT = 60_000;

const folder = givenFolder();

it("an export that is interrupted leaves no file, and one that is killed only the partial folder", {
  timeout: 300_000,
}, async () => {
  const state = await folder.state();
  await inState(state, ({ database }) =>
    database
      .prepare(
        `with recursive n (i) as (select 1 union all select i + 1 from n where i < ${VOICE_COUNT})
         insert into voices (id, org_id, name, variant, r2_object_key) select i, 'org_a', 'Ann', 'CUSTOM', i from n`,
      )
      .run(),
  );
  const run = (name: string, signal: NodeJS.Signals | undefined) =>
    runScript("export", [folder.path(name), "--state", state], {
      signal,
      killWhen: (output) => signal !== undefined && output.includes("Exporting: 1000 voices"),
    });
  const entries = async (name: string) =>
    (await readdir(folder.path())).filter((entry) => entry.startsWith(name)).toSorted();

  expect((await run("interrupted", "SIGINT")).code).not.toBe(0);
  expect(await entries("interrupted")).toEqual([]);
  expect((await run("killed", "SIGKILL")).code).not.toBe(0);
  expect(await entries("killed")).toEqual(["killed.partial"]);
  const { code, output } = await run("whole", undefined);
  expect(code, output).toBe(0);
  expect(await entries("whole")).toEqual(["whole"]);
  expect((await readFile(folder.path("whole/voices.csv"), "utf8")).split("\n")).toHaveLength(VOICE_COUNT + 2);
});
