// Prepares a local state: applies the migrations and writes the demo data. Does nothing when both are up to date.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, ToolError } from "../scripts/operator/tool-error.ts";
import { ROOT } from "./paths.ts";
import { seed } from "./seed.ts";

/** Applies the migrations and seeds `state`, unless its stamp shows that nothing has changed since the last time. */
export async function prepareData(state: string, edgeConfig: string): Promise<void> {
  const stamp = join(state, "prepared");
  const current = await fingerprint();
  if (existsSync(stamp) && (await readFile(stamp, "utf8")) === current) return;

  console.log("Preparing the local database and bucket …");
  try {
    applyMigrations(state, edgeConfig);
    await seed(state);
  } catch (error) {
    throw new ToolError(
      `The local data could not be prepared: ${messageOf(error)}\n\nIf an older version created it, delete it with \`npm run reset\`.`,
    );
  }
  await writeFile(stamp, current);
}

/** Applies the pending migrations of both databases to `state`. @throws with wrangler's output when one fails */
export function applyMigrations(state: string, edgeConfig: string): void {
  for (const database of ["DB", "SEARCH_DB"]) {
    const migrated = spawnSync(
      "wrangler",
      ["d1", "migrations", "apply", database, "--local", "--persist-to", state, "-c", edgeConfig],
      { cwd: ROOT, encoding: "utf8", env: { ...process.env, CI: "true" } },
    );
    if (migrated.status !== 0) {
      throw new Error(`the migrations failed:\n${`${migrated.stdout}${migrated.stderr}`.trim()}`);
    }
  }
}

/** A hash of the files from which the data is made. */
async function fingerprint(): Promise<string> {
  const hash = createHash("sha256");
  const sources = [
    "{migrations,migrations-search}/*.sql",
    "src/search/*.ts",
    "dev/seed.ts",
    "dev/seed/**/*.*",
    "scripts/voices/*.ts",
  ];
  const files = globSync(sources, { cwd: ROOT }).sort();
  for (const file of files) hash.update(file).update(await readFile(join(ROOT, file)));
  return hash.digest("hex");
}
