// The Worker's settings for a local run: the stand-ins', less those of each service that `.dev.vars` names.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { unstable_readConfig } from "wrangler";
import { LOCAL_PARTY, LOCAL_POLAR_TOKEN, LOCAL_PUBLISHABLE_KEY } from "./identities.ts";
import { localClerkKeys } from "./keys.ts";
import { ROOT } from "./paths.ts";

const USER_VARIABLES = join(ROOT, ".dev.vars");

type Variables = Record<string, string | undefined>;

/** Writes the stand-ins' settings into `state`; answers with the files to load, the user's own last. */
export async function writeVariables(state: string, port: number): Promise<string[]> {
  const own = existsSync(USER_VARIABLES) ? parseEnv(await readFile(USER_VARIABLES, "utf8")) : {};
  for (const name of undeclared(own)) {
    console.warn(
      `.dev.vars: ${name} has no effect until wrangler.toml names it in [vars] or [secrets] required`,
    );
  }
  const file = join(state, "stand-ins.env");
  const variables = standInVariables(own, port, (await localClerkKeys()).publicPem);
  const lines = Object.entries(variables).map(([name, value]) => `${name}="${value}"\n`);
  await writeFile(file, lines.join(""));
  return existsSync(USER_VARIABLES) ? [file, USER_VARIABLES] : [file];
}

/** The settings of each stand-in that the user's `own` settings leave to it. */
export function standInVariables(own: Variables, port: number, publicPem: string): Variables {
  const userRuns = (service: string) => Object.keys(own).some((name) => name.startsWith(service));
  const origin = `http://localhost:${port}`;
  return {
    ...(!userRuns("CLERK_") && {
      CLERK_JWT_KEY: publicPem,
      CLERK_PUBLISHABLE_KEY: LOCAL_PUBLISHABLE_KEY,
      CLERK_AUTHORIZED_PARTIES: [...new Set([LOCAL_PARTY, origin])].join(","),
    }),
    ...(!userRuns("POLAR_") && {
      POLAR_ACCESS_TOKEN: LOCAL_POLAR_TOKEN,
      POLAR_BASE_URL: `${origin}/__dev/polar`,
    }),
  };
}

/** The user's settings that wrangler would pass over without a word. */
function undeclared(own: Variables): string[] {
  const { vars, secrets } = unstable_readConfig({ config: join(ROOT, "wrangler.toml") });
  const declared = new Set([...Object.keys(vars), ...(secrets?.required ?? [])]);
  return Object.keys(own).filter((name) => !declared.has(name));
}
