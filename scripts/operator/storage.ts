// Opens D1 and R2 for a tool: of the local stack, or deployed through wrangler's remote bindings. The two differ only
// in the configuration that is written here.
import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Unstable_Config } from "wrangler";
import { type Deployment, readDeployment } from "./deployment.ts";
import { ROOT } from "./paths.ts";
import { explainRemoteError, remoteBindings } from "./remote.ts";
import { ToolError } from "./tool-error.ts";

export type Target = { kind: "local"; state: string } | ({ kind: "remote" } & Deployment);

export interface Storage {
  database: D1Database;
  /** The search index. */
  searchDatabase: D1Database;
  bucket: R2Bucket;
  close: () => Promise<void>;
}

/** @throws {ToolError} when the local state does not exist, wrangler is not authenticated, or migrations are missing */
export async function openStorage(target: Target): Promise<Storage> {
  if (target.kind === "local" && !existsSync(join(target.state, "v3", "d1"))) {
    throw new ToolError(
      `${target.state} contains no local database: run \`npm run dev\` once to create it, or use --remote for ` +
        "the deployed one.",
    );
  }
  // Miniflare would otherwise download the `request.cf` object, which no tool uses.
  process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false";
  const configPath = await writeConfig(
    target.kind,
    await readDeployment(target.kind === "remote" ? target : {}),
  );
  const { getPlatformProxy } = await import("wrangler");
  const { env, dispose } = await getPlatformProxy<Env>({
    configPath,
    persist: target.kind === "local" && { path: join(target.state, "v3") },
  }).catch((error: unknown) => {
    throw target.kind === "remote" ? explainRemoteError(error) : error;
  });
  const storage = {
    database: env.DB,
    searchDatabase: env.SEARCH_DB,
    bucket: env.AUDIO,
    close: dispose,
  };
  try {
    await requireTables(storage.database);
  } catch (error) {
    await dispose();
    throw error;
  }
  return storage;
}

/** Writes a configuration with only the D1 and R2 bindings of `deployment`; returns its path. */
async function writeConfig(kind: Target["kind"], deployment: Unstable_Config): Promise<string> {
  const { name, compatibility_date, account_id, compliance_region, d1_databases, r2_buckets } = deployment;
  const bindings = kind === "local" ? { d1_databases, r2_buckets } : remoteBindings(deployment);
  const config = { name, compatibility_date, account_id, compliance_region, ...bindings };
  // wrangler writes temporary files next to the configuration.
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
      "The database has no table `voices`: apply the migrations (`npm run migrations:apply`, with `-- --env NAME` " +
        "for an environment; locally, `npm run dev` applies them).",
      { cause: error },
    );
  }
}
