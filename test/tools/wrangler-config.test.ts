// What wrangler.toml sets for each environment. Each rule here protects a deployment from a leak, a bill or another one.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { experimental_readRawConfig, type Unstable_Config, unstable_readConfig } from "wrangler";
import { ROOT } from "../../scripts/operator/paths.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const FILE = join(ROOT, "wrangler.toml");
const { rawConfig } = experimental_readRawConfig({ config: FILE });
const ENVIRONMENTS = [undefined, ...Object.keys(rawConfig.env ?? {})];

// unstable_readConfig resolves what an environment inherits, as `wrangler deploy` does.
const resolve = (env: string | undefined, config = FILE): Unstable_Config =>
  unstable_readConfig({ config, env }, { hideWarnings: true });
const everywhere = ENVIRONMENTS.map((env) => resolve(env));

it("wrangler.toml has a staging environment", () => {
  expect(ENVIRONMENTS).toContain("staging");
});

describe.each(ENVIRONMENTS)("environment %s", (env) => {
  const config = resolve(env);

  it("leaves Workers Cache unset, which would answer before the session check", () => {
    expect(config.cache).toBeUndefined();
  });

  it("lets the Worker alone write and sample log lines, and keeps query strings out", () => {
    expect(config.observability).toEqual({
      enabled: true,
      redact_query_string: true,
      logs: { invocation_logs: false },
    });
  });

  it("does not spend a call and 11 KiB of the script on the names of functions", () => {
    expect(config.keep_names).toBe(false);
  });

  it("runs the cron each minute", () => {
    expect(config.triggers.crons).toEqual(["* * * * *"]);
  });

  it("limits CPU time to at least twice and at most twenty times the probe's worst case", async () => {
    const results = await readFile(join(ROOT, "bench/probe.md"), "utf8");
    const [, seconds] = /CPU seconds\s*\|[^|]*\|\s*([\d.]+)/.exec(results) ?? [];
    const worstMs = Number(seconds) * 1000;
    expect(config.limits?.cpu_ms).toBeGreaterThanOrEqual(2 * worstMs);
    expect(config.limits?.cpu_ms).toBeLessThanOrEqual(20 * worstMs);
  });

  it("has no compatibility flag that its date already implies", () => {
    // nodejs_compat, which has AsyncLocalStorage, is the default from 2026-08-04.
    expect(config.compatibility_date).toMatch(/^2026-(08-(0[4-9]|[1-3]\d)|09|1[0-2])|^20(2[7-9]|[3-9]\d)-/);
    expect(config.compatibility_flags).toEqual([]);
  });

  it("binds what the top level binds, with the same limits and the same required secrets", () => {
    const top = resolve(undefined);
    const names = (each: typeof config) => ({
      vars: new Set(Object.keys(each.vars)),
      databases: each.d1_databases.map(({ binding, migrations_dir }) => [binding, migrations_dir]),
      buckets: each.r2_buckets.map(({ binding }) => binding),
      rateLimits: each.ratelimits.map(({ name, simple }) => [name, simple]),
      secrets: each.secrets,
    });
    expect(names(config)).toEqual(names(top));
  });
});

it.each([
  ["Worker name", (config) => [config.name]],
  ["database", (config) => config.d1_databases.map(({ database_name }) => database_name)],
  ["bucket", (config) => config.r2_buckets.map(({ bucket_name }) => bucket_name)],
  ["rate limit namespace", (config) => config.ratelimits.map(({ namespace_id }) => namespace_id)],
] satisfies [string, (config: Unstable_Config) => unknown[]][])(
  "no two environments share a %s",
  (_, valuesOf) => {
    const values = everywhere.flatMap(valuesOf);
    expect(values).not.toContain(undefined);
    expect(new Set(values).size).toBe(values.length);
    // The number of Cloudflare's own example, which other Workers of the account may have copied.
    expect(values).not.toContain("1001");
  },
);

describe("with the routes of the app's host set", () => {
  const path = temporaryFolder();

  it("staging has none of them, and only staging is at workers.dev", async () => {
    const routed = (await readFile(FILE, "utf8"))
      .replace("# routes = [", "routes = [")
      .replaceAll(/^#( {3}\{ pattern = .*)$/gm, "$1")
      .replace(/^# \]$/m, "]");
    await mkdir(path("routed"), { recursive: true });
    const file = path("routed", "wrangler.toml");
    await writeFile(file, routed);
    expect(resolve(undefined, file).routes).toHaveLength(7);
    expect(resolve("staging", file).routes).toEqual([]);
    expect(resolve(undefined, file).workers_dev).toBe(false);
    expect(resolve("staging", file).workers_dev).toBe(true);
  });
});
