// Writes the development host's configuration: dev/wrangler.toml plus the console's files, the Clerk fake's key
// and the gateway's secret.
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { experimental_readRawConfig } from "wrangler";
import { localClerkKeys } from "./keys.ts";
import { ROOT } from "./paths.ts";

/** Writes the configuration into `state` and returns its path. `assets` is the folder of static files to serve. */
export async function writeHostConfig(
  state: string,
  assets: string,
  ownFile: string,
  gateway: { port: number; secret: string },
): Promise<string> {
  const { rawConfig } = experimental_readRawConfig({ config: join(ROOT, "dev", "wrangler.toml") });
  const local = {
    ...rawConfig,
    main: resolve(ROOT, "dev", rawConfig.main ?? ""),
    assets: { directory: assets },
  };
  const own = existsSync(ownFile) ? parseEnv(await readFile(ownFile, "utf8")) : {};
  const isClerkLocal = own.CLERK_JWT_KEY === undefined && own.CLERK_SECRET_KEY === undefined;
  const clerkKey = isClerkLocal ? `CLERK_PRIVATE_KEY="${(await localClerkKeys()).privatePem}"\n` : "";
  const variables = `GATEWAY_SECRET=${gateway.secret}\nLOCAL_URL=http://localhost:${gateway.port}/\n${clerkKey}`;

  const directory = join(state, "host");
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, ".dev.vars"), variables, { mode: 0o600 });
  const file = join(directory, "wrangler.json");
  await writeFile(file, JSON.stringify(local, null, 2));
  return file;
}
