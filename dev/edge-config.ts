// The edge Worker's configuration for a local run: wrangler.toml as it is, with the variables of the stand-ins.
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { experimental_readRawConfig } from "wrangler";
import {
  LOCAL_INGEST_SECRET,
  LOCAL_ORIGIN,
  LOCAL_POLAR_TOKEN,
  LOCAL_POLAR_WEBHOOK_SECRET,
  LOCAL_PUBLISHABLE_KEY,
} from "./identities.ts";
import { localClerkKeys } from "./keys.ts";
import { ROOT } from "./paths.ts";

type Variables = Record<string, string | undefined>;

/**
 * Writes the configuration into `state` and answers with its path. wrangler reads secrets from beside the
 * configuration, so a copy stands there, next to the stand-ins' variables and, after them, those of `ownFile`.
 */
export async function writeEdgeConfig(state: string, port: number, ownFile: string): Promise<string> {
  const { rawConfig } = experimental_readRawConfig({ config: join(ROOT, "wrangler.toml") });
  // Left out: `secrets`, which would hide a variable that it does not name, and `routes`, which are not local.
  const { secrets: _secrets, routes: _routes, ...config } = rawConfig;
  const local = {
    ...config,
    main: resolve(ROOT, config.main ?? ""),
    d1_databases: config.d1_databases?.map((database: { migrations_dir?: string }) => ({
      ...database,
      migrations_dir: resolve(ROOT, database.migrations_dir ?? "migrations"),
    })),
  };
  const own = existsSync(ownFile) ? await readFile(ownFile, "utf8") : "";
  const standIns = standInVariables(parseEnv(own), port, (await localClerkKeys()).publicPem);
  const lines = Object.entries(standIns).map(([name, value]) => `${name}="${value}"\n`);

  const directory = join(state, "edge");
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, ".dev.vars"), `${lines.join("")}\n${own}`, { mode: 0o600 });
  const file = join(directory, "wrangler.json");
  await writeFile(file, JSON.stringify(local, null, 2));
  return file;
}

/** What the user's `own` variables leave to the stand-ins. A token for Polar is taken to be the sandbox's. */
export function standInVariables(own: Variables, port: number, publicPem: string): Variables {
  const origin = `http://localhost:${port}`;
  return {
    CLERK_AUTHORIZED_PARTIES: [...new Set([LOCAL_ORIGIN, origin])].join(","),
    INGEST_SECRET: LOCAL_INGEST_SECRET,
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
