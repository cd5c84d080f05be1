// Opens the service's D1 and R2 for an operator's tool: the local stack's, or the deployed ones by wrangler's
// remote bindings. The two differ by the configuration written here, and by nothing else.
import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Unstable_RawConfig } from "wrangler";
import { ROOT } from "../../dev/paths.ts";
import { explainRemoteError, remoteBindings } from "./remote.ts";
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
    throw place.kind === "remote" ? explainRemoteError(error) : error;
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
  const bindings = kind === "local" ? { d1_databases, r2_buckets } : remoteBindings(rawConfig);
  const config = { name, compatibility_date, account_id, compliance_region, ...bindings };
  // wrangler writes temporary files of its own beside it.
  const directory = join(ROOT, ".wrangler", "tools");
  const file = join(directory, `${kind}.json`);
  await mkdir(directory, { recursive: true });
  await writeFile(`${file}.${process.pid}`, JSON.stringify(config, null, 2));
  await rename(`${file}.${process.pid}`, file);
  return file;
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
