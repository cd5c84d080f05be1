// What `wrangler deploy` would deploy for each environment of wrangler.toml.
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { ROOT } from "../../scripts/operator/paths.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = temporaryFolder();

it.each([
  ["", "resonance", "resonance-audio", "https://api.polar.sh"],
  ["staging", "resonance-staging", "resonance-audio-staging", "https://sandbox-api.polar.sh"],
])(
  'a dry run of --env "%s" binds that environment\'s own resources, without a warning',
  (env, database, bucket, polar) => {
    const args = ["deploy", "--minify", "--dry-run", "--outdir", path("out"), "--env", env];
    const { status, stdout, stderr } = spawnSync("npx", ["wrangler", ...args], {
      cwd: ROOT,
      encoding: "utf8",
      // vitest.config.mts silences wrangler.
      env: { ...process.env, WRANGLER_LOG: "log" },
    });
    expect(status, stderr).toBe(0);
    expect(stdout).toContain(`env.DB (${database}) `);
    expect(stdout).toContain(`env.AUDIO (${bucket}) `);
    expect(stdout).toContain(`env.POLAR_BASE_URL ("${polar}") `);
    expect(`${stdout}${stderr}`).not.toMatch(/warning/i);
  },
);
