// What `npm run deploy` would deploy for each environment of wrangler.toml.
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { ANALYSIS_ENTRY, SERVICE_ENTRY, writeBundle } from "../../scripts/operator/bundle.ts";
import { ANALYSIS_CONFIG, ROOT } from "../../scripts/operator/paths.ts";

/** Deploys nothing; returns what wrangler printed, which has no warning. */
async function dryRun(entry: string, args: string[]): Promise<string> {
  const all = ["deploy", await writeBundle(entry), "--no-bundle", "--dry-run", ...args];
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
  async (env, database, bucket, analysis, polar) => {
    const stdout = await dryRun(SERVICE_ENTRY, ["--env", env]);
    expect(stdout).toContain(`env.DB (${database}) `);
    expect(stdout).toContain(`env.AUDIO (${bucket}) `);
    expect(stdout).toContain(`env.ANALYSIS (${analysis}) `);
    expect(stdout).toContain(`env.POLAR_BASE_URL ("${polar}") `);
  },
);

it.each([
  ["", "resonance-audio"],
  ["staging", "resonance-audio-staging"],
])(
  'a dry run of the analysis Worker with --env "%s" binds the bucket and nothing else',
  async (env, bucket) => {
    const stdout = await dryRun(ANALYSIS_ENTRY, ["--config", ANALYSIS_CONFIG, "--env", env]);
    expect(stdout.match(/env\.\w+ \([^)]*\)/g)).toEqual([`env.AUDIO (${bucket})`]);
  },
);
