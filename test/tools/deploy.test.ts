// `npm run deploy` with a recorder in the place of wrangler.
import { spawnSync } from "node:child_process";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { analysisDeployment } from "../../scripts/deploy/analysis.ts";
import { deploy as runDeploy } from "../../scripts/deploy/command.ts";
import { ROOT } from "../../scripts/operator/paths.ts";
import { runCommand } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = temporaryFolder();

/** Runs the command; returns its exit code, what it printed, and how it called wrangler, which fails when asked to `fail`. */
async function deploy(args: string[], fail = "nothing") {
  await mkdir(path("bin"), { recursive: true });
  await rm(path("calls"), { force: true });
  const wrangler = path("bin", "wrangler");
  await writeFile(
    wrangler,
    '#!/bin/sh\nprintf "%s|" "$@" >> "$CALLS"\necho >> "$CALLS"\n[ "$1" != "$FAIL" ]\n',
  );
  await chmod(wrangler, 0o755);
  vi.stubEnv("CALLS", path("calls"));
  vi.stubEnv("FAIL", fail);
  vi.stubEnv("PATH", [path("bin"), process.env.PATH].join(delimiter));
  try {
    const { code, output } = await runCommand(runDeploy, args);
    const calls = await readFile(path("calls"), "utf8").catch(() => "");
    return { status: code, output, calls: calls.trim().split("\n").filter(Boolean) };
  } finally {
    vi.unstubAllEnvs();
  }
}

it("npm run deploy is this tool", async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  expect(scripts.deploy).toBe("node scripts/deploy.ts");
  const { status } = spawnSync(process.execPath, [join(ROOT, "scripts/deploy.ts"), "--fast"]);
  expect(status).toBe(2);
});

const ANALYSIS = join(ROOT, "analysis/wrangler.toml");
const ANALYSIS_SCRIPT = join(ROOT, "dist/analysis/src/index.js");
const SERVICE_SCRIPT = join(ROOT, "dist/src/index.js");

/** Writes a configuration with a staging environment; returns its path. */
async function givenConfig(name: string, staging: string): Promise<string> {
  const file = path(`${name}.toml`);
  await writeFile(file, `name = "${name}"\n[env.staging]\n${staging}`);
  return file;
}
const bucket = (name: string) => `[[env.staging.r2_buckets]]\nbinding = "AUDIO"\nbucket_name = "${name}"\n`;
const binding = (service: string) =>
  `[[env.staging.services]]\nbinding = "ANALYSIS"\nservice = "${service}"\n`;

it("the analysis Worker is deployed first, then the migrations are applied, then the service is deployed", async () => {
  expect((await deploy(["--env", "staging"])).calls).toEqual([
    `deploy|${ANALYSIS_SCRIPT}|--no-bundle|--env|staging|--config|${ANALYSIS}|`,
    "d1|migrations|apply|DB|--remote|--env|staging|",
    "d1|migrations|apply|SEARCH_DB|--remote|--env|staging|",
    `deploy|${SERVICE_SCRIPT}|--no-bundle|--env|staging|`,
  ]);
});

it("without --env all name the top level explicitly, so that wrangler does not have to guess", async () => {
  expect((await deploy([])).calls).toEqual([
    `deploy|${ANALYSIS_SCRIPT}|--no-bundle|--env||--config|${ANALYSIS}|`,
    "d1|migrations|apply|DB|--remote|--env||",
    "d1|migrations|apply|SEARCH_DB|--remote|--env||",
    `deploy|${SERVICE_SCRIPT}|--no-bundle|--env||`,
  ]);
});

it("other files are deployed in the same order", async () => {
  const config = await givenConfig("own", bucket("own-audio") + binding("own-analysis-staging"));
  const analysis = await givenConfig("own-analysis", bucket("own-audio"));
  const args = ["--env", "staging", "--config", config, "--analysis-config", analysis];
  expect(await deploy(args)).toMatchObject({
    status: 0,
    calls: [
      `deploy|${ANALYSIS_SCRIPT}|--no-bundle|--env|staging|--config|${analysis}|`,
      `d1|migrations|apply|DB|--remote|--env|staging|--config|${config}|`,
      `d1|migrations|apply|SEARCH_DB|--remote|--env|staging|--config|${config}|`,
      `deploy|${SERVICE_SCRIPT}|--no-bundle|--env|staging|--config|${config}|`,
    ],
  });
});

it("npm run migrations:apply applies the migrations of both databases in one environment, and deploys nothing", async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  expect(scripts["migrations:apply"]).toBe("node scripts/deploy.ts --migrations-only");
  expect((await deploy(["--migrations-only", "--env", "staging"])).calls).toEqual([
    "d1|migrations|apply|DB|--remote|--env|staging|",
    "d1|migrations|apply|SEARCH_DB|--remote|--env|staging|",
  ]);
});

describe("the analysis Worker of a deployment", () => {
  it("is missing when the service does not bind it, and nothing is deployed", async () => {
    const config = await givenConfig("alone", bucket("own-audio"));
    await expect(analysisDeployment({ env: "staging", config })).rejects.toThrow("has no binding ANALYSIS");
    expect(await deploy(["--env", "staging", "--config", config])).toMatchObject({ status: 1, calls: [] });
  });

  it.each([
    ["Worker", bucket("resonance-audio-staging") + binding("other"), /names other, but .*-staging/],
    [
      "bucket",
      bucket("own-audio") + binding("resonance-audio-analysis-staging"),
      /binds the bucket own-audio, but .* another one/,
    ],
  ])("is refused when it is of another %s than the service names", async (_, staging, reason) => {
    const config = await givenConfig("mismatch", staging);
    await expect(analysisDeployment({ env: "staging", config })).rejects.toThrow(reason);
  });
});

it("a failed migration ends the deployment with 1", async () => {
  const { status, output, calls } = await deploy([], "d1");
  expect(status).toBe(1);
  expect(output).toContain("`wrangler d1 migrations apply …` failed: nothing further was done");
  expect(calls).toHaveLength(2);
});

it("a failed deployment of the analysis Worker ends with 1 before the migrations, and an unknown option with 2 before anything is done", async () => {
  const { status, calls } = await deploy([], "deploy");
  expect(status).toBe(1);
  expect(calls).toHaveLength(1);
  expect(await deploy(["--fast"])).toMatchObject({ status: 2, calls: [] });
});
