// `npm run stack`: the source of stack frames in the log of the deployed service.
import { spawnSync } from "node:child_process";
import { access, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { SERVICE_ENTRY, writeBundle } from "../../scripts/operator/bundle.ts";
import { ROOT } from "../../scripts/operator/paths.ts";
import { stack } from "../../scripts/stack/command.ts";
import { runCommand } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = temporaryFolder();
/** Without the `new`, which the minifier removes: it changes nothing for an Error. */
const THROWN = "Error(`Polar received ";

/** Where `text` begins in `content`, as a stack frame would state it. */
function positionOf(content: string, text: string): string {
  const before = content.slice(0, content.indexOf(text)).split("\n");
  return `${before.length}:${(before.at(-1) ?? "").length + 1}`;
}

it("a frame in the deployed script becomes the line of the source that threw, and the rest of the log stays", async () => {
  const args = ["deploy", await writeBundle(SERVICE_ENTRY), "--no-bundle", "--dry-run", "--env", ""];
  args.push("--outdir", path("out"));
  expect(spawnSync("npx", ["wrangler", ...args], { cwd: ROOT }).status).toBe(0);
  const deployed = positionOf(await readFile(path("out", "index.js"), "utf8"), THROWN);
  const source = positionOf(await readFile(join(ROOT, "src/billing/polar.ts"), "utf8"), THROWN);
  const lineOfLog = (position: string) =>
    `{"event":"delivery_failed","cause":{"at":["at async e (${position})"]}}`;
  const elsewhere = "index.js:1 index.js:999999:1 other.js:1:1";
  await writeFile(path("log"), `${lineOfLog(`index.js:${deployed}`)}\n${elsewhere}`);
  const { code, output } = await runCommand(stack, [path("log")]);
  expect(code).toBe(0);
  expect(output).toBe(`${lineOfLog(`src/billing/polar.ts:${source}`)}\n${elsewhere}\n`);
});

it("the deployed script names its source map, which wrangler uploads from the same folder", async () => {
  const script = await writeBundle(SERVICE_ENTRY);
  const [, map = ""] = /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(await readFile(script, "utf8")) ?? [];
  expect(map).toBe("index.js.map");
  await access(join(dirname(script), map));
});

it("a file that does not exist is named, and two files are a usage error", async () => {
  const { code, output } = await runCommand(stack, [path("none")]);
  expect([code, output]).toEqual([1, expect.stringContaining("none cannot be read")]);
  expect(await runCommand(stack, [path("a"), path("b")])).toMatchObject({ code: 2 });
});
