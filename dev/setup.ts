// Makes a local state ready to run: variables, migrations, demo data. Safe to repeat, quick the second time.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { LOCAL_PARTY, LOCAL_POLAR_TOKEN, LOCAL_PUBLISHABLE_KEY } from "./identities.ts";
import { localClerkKeys } from "./keys.ts";
import { ROOT } from "./paths.ts";
import { seed } from "./seed.ts";

const USER_VARIABLES = join(ROOT, ".dev.vars");

export interface LocalStack {
  state: string;
  port: number;
}

/** Prepares `stack` and answers with the files that hold its variables, the user's own last. */
export async function setUp(stack: LocalStack): Promise<string[]> {
  await mkdir(stack.state, { recursive: true });
  const envFiles = await writeVariables(stack);
  await prepareData(stack.state, envFiles);
  return envFiles;
}

/** Points the Worker at the stand-ins, except where `.dev.vars` names a real Clerk or Polar. */
async function writeVariables({ state, port }: LocalStack): Promise<string[]> {
  const own = existsSync(USER_VARIABLES) ? parseEnv(await readFile(USER_VARIABLES, "utf8")) : {};
  const userRuns = (service: string) => Object.keys(own).some((name) => name.startsWith(service));
  const origin = `http://localhost:${port}`;
  const variables = {
    ...(!userRuns("CLERK_") && {
      CLERK_JWT_KEY: (await localClerkKeys()).publicPem,
      CLERK_PUBLISHABLE_KEY: LOCAL_PUBLISHABLE_KEY,
      CLERK_AUTHORIZED_PARTIES: [...new Set([LOCAL_PARTY, origin])].join(","),
    }),
    ...(!userRuns("POLAR_") && {
      POLAR_ACCESS_TOKEN: LOCAL_POLAR_TOKEN,
      POLAR_BASE_URL: `${origin}/__dev/polar`,
    }),
  };
  const file = join(state, "stand-ins.env");
  const lines = Object.entries(variables).map(([name, value]) => `${name}="${value}"\n`);
  await writeFile(file, lines.join(""), { mode: 0o600 });
  return existsSync(USER_VARIABLES) ? [file, USER_VARIABLES] : [file];
}

/** Applies the migrations and seeds, unless this state has already seen just these. */
async function prepareData(state: string, envFiles: string[]): Promise<void> {
  const stamp = join(state, "prepared");
  const wanted = await fingerprint();
  if (existsSync(stamp) && (await readFile(stamp, "utf8")) === wanted) return;

  console.log("Preparing the local database and bucket …");
  const migrated = spawnSync(
    "wrangler",
    [
      "d1",
      "migrations",
      "apply",
      "resonance",
      "--local",
      "--persist-to",
      state,
      "-c",
      join(ROOT, "wrangler.toml"),
    ],
    { cwd: ROOT, encoding: "utf8", env: { ...process.env, CI: "true" } },
  );
  if (migrated.status !== 0) throw new Error(`Migrations failed:\n${migrated.stdout}${migrated.stderr}`);
  await seed(state, envFiles);
  await writeFile(stamp, wanted);
}

/** A hash over all that the data is made from. */
async function fingerprint(): Promise<string> {
  const hash = createHash("sha256");
  const files = globSync(["migrations/*.sql", "dev/seed.ts", "dev/seed/**/*.*"], { cwd: ROOT }).sort();
  for (const file of files) hash.update(file).update(await readFile(join(ROOT, file)));
  return hash.digest("hex");
}
