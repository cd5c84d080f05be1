// `npm run deploy` with a recorder in the place of wrangler.
import { spawnSync } from "node:child_process";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../scripts/operator/paths.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = temporaryFolder();

/** Runs the tool; returns its exit code, what it printed, and how it called wrangler, which fails when asked to `fail`. */
async function deploy(args: string[], fail = "nothing") {
  await mkdir(path("bin"), { recursive: true });
  await rm(path("calls"), { force: true });
  const wrangler = path("bin", "wrangler");
  await writeFile(
    wrangler,
    '#!/bin/sh\nprintf "%s|" "$@" >> "$CALLS"\necho >> "$CALLS"\n[ "$1" != "$FAIL" ]\n',
  );
  await chmod(wrangler, 0o755);
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "scripts/deploy.ts"), ...args], {
    encoding: "utf8",
    env: {
      ...process.env,
      CALLS: path("calls"),
      FAIL: fail,
      PATH: [path("bin"), process.env.PATH].join(delimiter),
    },
  });
  const calls = await readFile(path("calls"), "utf8").catch(() => "");
  return { status, stderr, calls: calls.trim().split("\n").filter(Boolean) };
}

it("npm run deploy is this tool", async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  expect(scripts.deploy).toBe("node scripts/deploy.ts");
});

it("the migrations are applied before the Worker is deployed, both for the same environment and file", async () => {
  expect(await deploy(["--env", "staging", "--config", "other.toml"])).toMatchObject({
    status: 0,
    calls: [
      "d1|migrations|apply|DB|--remote|--env|staging|--config|other.toml|",
      "deploy|--minify|--env|staging|--config|other.toml|",
    ],
  });
});

it("without --env both name the top level explicitly, so that wrangler does not have to guess", async () => {
  expect((await deploy([])).calls).toEqual([
    "d1|migrations|apply|DB|--remote|--env||",
    "deploy|--minify|--env||",
  ]);
});

it("a failed migration ends the deployment with 1", async () => {
  const { status, stderr, calls } = await deploy([], "d1");
  expect(status).toBe(1);
  expect(stderr).toContain("`wrangler d1 migrations apply …` failed: nothing further was done");
  expect(calls).toHaveLength(1);
});

it("a failed deployment ends with 1, and an unknown option with 2 before anything is done", async () => {
  expect((await deploy([], "deploy")).status).toBe(1);
  expect(await deploy(["--fast"])).toMatchObject({ status: 2, calls: [] });
});
