// Opens the service's D1 and R2 for an operator's tool: the local stack's, or the deployed ones by wrangler's
// remote bindings. The two differ by the configuration written here, and by nothing else.
import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Unstable_RawConfig } from "wrangler";
import { ROOT } from "../../dev/paths.ts";
import { ToolError } from "./tool-error.ts";

export type Place = { kind: "local"; state: string } | { kind: "remote" };

export interface Storage {
  database: D1Database;
  bucket: R2Bucket;
  close: () => Promise<void>;
}

/** @throws {ToolError} when there is no such state, nobody is logged in, or the migrations are not applied */
export async function openStorage(place: Place): Promise<Storage> {
  if (place.kind === "local" && !existsSync(join(place.state, "v3", "d1"))) {
    throw new ToolError(
      `${place.state} holds no local database: start \`npm run dev\` once, which makes it, or name the ` +
        "deployed one with --remote.",
    );
  }
  // Nothing here needs to know where a request comes from.
  process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false";
  // Loading wrangler takes a second, for which no usage error should wait.
  const { experimental_readRawConfig, getPlatformProxy } = await import("wrangler");
  const { rawConfig } = experimental_readRawConfig({ config: join(ROOT, "wrangler.toml") });
  const configPath = await writeConfig(place.kind, rawConfig);
  const { env, dispose } = await getPlatformProxy<Env>({
    configPath,
    persist: place.kind === "local" && { path: join(place.state, "v3") },
  }).catch((error: unknown) => {
    throw place.kind === "remote" ? explained(error) : error;
  });
  const storage = { database: env.DB, bucket: env.AUDIO, close: dispose };
  try {
    await requireTables(storage.database);
  } catch (error) {
    await dispose();
    throw error;
  }
  return storage;
}

/** Writes wrangler.toml's D1 and R2 bindings alone, and answers with the file's path. */
async function writeConfig(kind: Place["kind"], rawConfig: Unstable_RawConfig): Promise<string> {
  const { name, compatibility_date, account_id, compliance_region, d1_databases, r2_buckets } = rawConfig;
  const config = {
    name,
    compatibility_date,
    account_id,
    compliance_region,
    d1_databases: kind === "local" ? d1_databases : d1_databases?.map(remoteDatabase),
    r2_buckets: kind === "local" ? r2_buckets : r2_buckets?.map(remoteBucket),
  };
  // Inside the project, where wrangler looks for the project's account and login profile.
  const directory = join(ROOT, ".wrangler", "tools");
  const file = join(directory, `${kind}.json`);
  await mkdir(directory, { recursive: true });
  await writeFile(`${file}.${process.pid}`, JSON.stringify(config, null, 2));
  await rename(`${file}.${process.pid}`, file);
  return file;
}

function remoteDatabase({ binding, database_name, database_id }: Record<string, unknown>) {
  if (database_id === undefined) {
    throw new ToolError(
      `wrangler.toml names no database_id for ${String(database_name)}: add the one that ` +
        "`npx wrangler d1 create` printed, or that `npx wrangler d1 list` shows.",
    );
  }
  return { binding, database_name, database_id, remote: true };
}

const remoteBucket = ({ binding, bucket_name, jurisdiction }: Record<string, unknown>) => ({
  binding,
  bucket_name,
  jurisdiction,
  remote: true,
});

function explained(error: unknown): ToolError {
  const message = error instanceof Error ? error.message : String(error);
  if (/CLOUDFLARE_API_TOKEN|logged in|log in|Authentication error/i.test(message)) {
    return new ToolError(
      "Cloudflare does not know who you are: run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN to a token " +
        `that may edit Workers, D1 and R2.\nwrangler says: ${message}`,
      { cause: error },
    );
  }
  return new ToolError(`The deployed D1 and R2 could not be opened.\nwrangler says: ${message}`, {
    cause: error,
  });
}

async function requireTables(database: D1Database): Promise<void> {
  try {
    await database.prepare("select 1 from voices limit 1").all();
  } catch (error) {
    if (!String(error).includes("no such table")) throw error;
    throw new ToolError(
      "The database has no table `voices`: apply the migrations (`npx wrangler d1 migrations apply resonance " +
        "--remote`; `npm run dev` does it locally).",
      { cause: error },
    );
  }
}
