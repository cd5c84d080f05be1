// What `wrangler deploy` would deploy for each environment of wrangler.toml.
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { ANALYSIS_CONFIG, ROOT } from "../../scripts/operator/paths.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = temporaryFolder();

/** Deploys nothing; returns what wrangler printed, which has no warning. */
function dryRun(args: string[]): string {
  const all = ["deploy", "--minify", "--dry-run", "--outdir", path("out"), ...args];
  const { status, stdout, stderr } = spawnSync("npx", ["wrangler", ...all], {
    cwd: ROOT,
    encoding: "utf8",
    // vitest.config.mts silences wrangler.
    env: { ...process.env, WRANGLER_LOG: "log" },
  });
  expect(status, stderr).toBe(0);
  expect(`${stdout}${stderr}`).not.toMatch(/warning/i);
  return stdout;
}

it.each([
  ["", "resonance", "resonance-audio", "resonance-audio-analysis", "https://api.polar.sh"],
  [
    "staging",
    "resonance-staging",
    "resonance-audio-staging",
    "resonance-audio-analysis-staging",
    "https://sandbox-api.polar.sh",
  ],
])(
  'a dry run of --env "%s" binds that environment\'s own resources, without a warning',
  (env, database, bucket, analysis, polar) => {
    const stdout = dryRun(["--env", env]);
    expect(stdout).toContain(`env.DB (${database}) `);
    expect(stdout).toContain(`env.AUDIO (${bucket}) `);
    expect(stdout).toContain(`env.ANALYSIS (${analysis}) `);
    expect(stdout).toContain(`env.POLAR_BASE_URL ("${polar}") `);
  },
);

it.each([
  ["", "resonance-audio"],
  ["staging", "resonance-audio-staging"],
])('a dry run of the analysis Worker with --env "%s" binds the bucket and nothing else', (env, bucket) => {
  const stdout = dryRun(["--config", ANALYSIS_CONFIG, "--env", env]);
  expect(stdout.match(/env\.\w+ \([^)]*\)/g)).toEqual([`env.AUDIO (${bucket})`]);
});
