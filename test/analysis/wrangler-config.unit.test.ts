// What analysis/wrangler.toml sets, and that it fits wrangler.toml. Each rule protects the isolation of the second Worker.
import { describe, expect, it } from "vitest";
import { type Unstable_Config, unstable_readConfig } from "wrangler";
import { ANALYSIS_WORKER } from "../../dev/workerd.ts";
import { ANALYSIS_CONFIG, ROOT } from "../../scripts/operator/paths.ts";

const resolve = (config: string, env: string | undefined): Unstable_Config =>
  unstable_readConfig({ config, env }, { hideWarnings: true });

describe.each([undefined, "staging"])("environment %s of the analysis Worker", (env) => {
  const config = resolve(ANALYSIS_CONFIG, env);
  const service = resolve(`${ROOT}/wrangler.toml`, env);

  it("has no address: no route, no workers.dev, no preview", () => {
    const { route, routes = [], workers_dev, preview_urls } = config;
    expect({ route, routes, workers_dev, preview_urls }).toEqual({
      route: undefined,
      routes: [],
      workers_dev: false,
      preview_urls: false,
    });
  });

  it("is the one that the service binds as ANALYSIS", () => {
    expect(service.services).toEqual([{ binding: "ANALYSIS", service: config.name }]);
  });

  it("binds the service's bucket and nothing else, and has no secret, variable or cron", () => {
    expect(config.r2_buckets).toEqual(service.r2_buckets);
    const { d1_databases, kv_namespaces, ratelimits, services = [] } = config;
    expect([...d1_databases, ...kv_namespaces, ...ratelimits, ...services]).toEqual([]);
    const { vars, secrets, triggers } = config;
    expect([vars, secrets, triggers.crons]).toEqual([{}, undefined, undefined]);
  });

  it("runs at the compatibility date of the service and of the tests", () => {
    expect(config.compatibility_date).toBe(service.compatibility_date);
    expect(config.compatibility_date).toBe(ANALYSIS_WORKER.compatibilityDate);
  });

  it("stores no second log line for each call", () => {
    expect(config.observability).toEqual({ enabled: true, logs: { invocation_logs: false } });
  });
});
