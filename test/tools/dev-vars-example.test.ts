// The files that Cloudflare's deploy button reads. It sets every line of .dev.vars.example as a production secret.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { experimental_readRawConfig } from "wrangler";
import { ConfigurationError, readConfig } from "../../src/platform/env.ts";

const ROOT = join(import.meta.dirname, "../..");
const text = readFileSync(join(ROOT, ".dev.vars.example"), "utf8");
const example = parseEnv(text);
const { cloudflare } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const { rawConfig } = experimental_readRawConfig({ config: join(ROOT, "wrangler.toml") });

/** Settings under which the service runs. The key is not one: the configuration checks only its form. */
const WORKING = {
  CLERK_JWT_KEY: "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
  CLERK_AUTHORIZED_PARTIES: "https://app.example.com",
  POLAR_ACCESS_TOKEN: "polar_oat_x",
};
/** What the button provides without asking: the variables of wrangler.toml and a binding of each kind. */
const BINDINGS = { DB: {}, SEARCH_DB: {}, AUDIO: {}, ANALYSIS: {}, VOICE_CREATION_RATE_LIMIT: {} };
const PROVISIONED = { ...rawConfig.vars, ...BINDINGS };

const configured = (env: object) => () => readConfig({ ...PROVISIONED, ...env } as unknown as Env);

describe(".dev.vars.example", () => {
  it("names exactly the secrets that wrangler.toml requires", () => {
    expect(new Set(Object.keys(example))).toEqual(new Set(rawConfig.secrets?.required));
  });

  it("has no value, in its commented lines neither", () => {
    const uncommented = parseEnv(text.replaceAll(/^# (?=[A-Z_]+=)/gm, ""));
    expect(Object.keys(uncommented).length).toBeGreaterThan(Object.keys(example).length);
    expect(new Set(Object.values(uncommented))).toEqual(new Set([""]));
  });

  it("deployed as it is, makes the service refuse to run and name every secret", () => {
    expect(configured(example)).toThrow(ConfigurationError);
    for (const name of Object.keys(example))
      expect(configured(example)).toThrow(new RegExp(`${name} is missing`));
  });

  it("leaves the service refused by each secret that is not filled in, with all else set", () => {
    expect(configured(WORKING)).not.toThrow();
    for (const [name, value] of Object.entries(example)) {
      expect(configured({ ...WORKING, [name]: value })).toThrow(new RegExp(`^${name} is missing`));
    }
  });
});

describe("wrangler.toml", () => {
  it("deployed as it is, makes the service refuse to run until CLERK_AUTHORIZED_PARTIES is set", () => {
    const { CLERK_AUTHORIZED_PARTIES: _unset, ...secrets } = WORKING;
    expect(configured(secrets)).toThrow(/^CLERK_AUTHORIZED_PARTIES is missing$/);
  });
});

describe("package.json", () => {
  it("describes every secret, variable and binding that the deploy button asks for, and no other", () => {
    const { vars, d1_databases, r2_buckets, services, ratelimits } = rawConfig;
    const names = [
      ...Object.keys({ ...example, ...vars }),
      ...[...(d1_databases ?? []), ...(r2_buckets ?? []), ...(services ?? [])].map(({ binding }) => binding),
      ...(ratelimits ?? []).map(({ name }: { name: string }) => name),
    ];
    expect(new Set(Object.keys(cloudflare.bindings))).toEqual(new Set(names));
    for (const { description } of Object.values<{ description: string }>(cloudflare.bindings)) {
      expect(description).not.toBe("");
    }
  });
});
