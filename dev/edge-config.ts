// Writes the edge Worker's configuration for a local run: wrangler.toml plus the variables of the fakes.
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { experimental_readRawConfig } from "wrangler";
import {
  LOCAL_EVENTS_SECRET,
  LOCAL_INGEST_SECRET,
  LOCAL_LINK_SECRET,
  LOCAL_ORIGIN,
  LOCAL_POLAR_TOKEN,
  LOCAL_POLAR_WEBHOOK_SECRET,
  LOCAL_PUBLISHABLE_KEY,
} from "./identities.ts";
import { localClerkKeys } from "./keys.ts";
import { ROOT } from "./paths.ts";

type Variables = Record<string, string | undefined>;

/**
 * Writes the configuration into `state` and returns its path. wrangler reads .dev.vars from the configuration's folder,
 * so that file is written there too: the variables of the fakes, then those of `ownFile`, which take precedence.
 */
export async function writeEdgeConfig(state: string, port: number, ownFile: string): Promise<string> {
  const { rawConfig } = experimental_readRawConfig({ config: join(ROOT, "wrangler.toml") });
  // `secrets` is left out because wrangler ignores variables that it does not list; routes and other environments do
  // not apply locally.
  const { secrets: _secrets, routes: _routes, env: _env, ...config } = rawConfig;
  const local = {
    ...config,
    main: resolve(ROOT, config.main ?? ""),
    d1_databases: config.d1_databases?.map((database: { migrations_dir?: string }) => ({
      ...database,
      migrations_dir: resolve(ROOT, database.migrations_dir ?? "migrations"),
    })),
  };
  const own = existsSync(ownFile) ? await readFile(ownFile, "utf8") : "";
  const fakes = fakeVariables(parseEnv(own), port, (await localClerkKeys()).publicPem);
  const lines = Object.entries(fakes).map(([name, value]) => `${name}="${value}"\n`);

  const directory = join(state, "edge");
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, ".dev.vars"), `${lines.join("")}\n${own}`, { mode: 0o600 });
  const file = join(directory, "wrangler.json");
  await writeFile(file, JSON.stringify(local, null, 2));
  return file;
}

/**
 * The variables of the fakes. Leaves Clerk, Polar or the change feed out when the developer's `own` variables configure
 * it; an own Polar token is used with Polar's sandbox.
 */
export function fakeVariables(own: Variables, port: number, publicPem: string): Variables {
  const origin = `http://localhost:${port}`;
  return {
    CLERK_AUTHORIZED_PARTIES: [...new Set([LOCAL_ORIGIN, origin])].join(","),
    INGEST_SECRET: LOCAL_INGEST_SECRET,
    METER_GENERATIONS: "true",
    LOG_READS_ONE_IN: "1",
    LINK_SECRET: LOCAL_LINK_SECRET,
    ...(own.EVENTS_URL === undefined &&
      own.EVENTS_SECRET === undefined && {
        EVENTS_URL: `${origin}/__dev/changes`,
        EVENTS_SECRET: LOCAL_EVENTS_SECRET,
      }),
    ...(own.CLERK_JWT_KEY === undefined &&
      own.CLERK_SECRET_KEY === undefined && {
        CLERK_JWT_KEY: publicPem,
        CLERK_PUBLISHABLE_KEY: LOCAL_PUBLISHABLE_KEY,
      }),
    ...(own.POLAR_ACCESS_TOKEN === undefined
      ? {
          POLAR_ACCESS_TOKEN: LOCAL_POLAR_TOKEN,
          POLAR_BASE_URL: `${origin}/__dev/polar`,
          POLAR_WEBHOOK_SECRET: LOCAL_POLAR_WEBHOOK_SECRET,
        }
      : { POLAR_BASE_URL: "https://sandbox-api.polar.sh" }),
  };
}
