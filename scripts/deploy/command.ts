// The command `npm run deploy`: deploys the analysis Worker, applies the migrations, then deploys the service. All get the
// same environment, which a chain of commands in package.json would not do: npm appends arguments to the last one only.
import { spawnSync } from "node:child_process";
import { parseCommandLine } from "../operator/arguments.ts";
import { ANALYSIS_ENTRY, SERVICE_ENTRY, writeBundle } from "../operator/bundle.ts";
import { DEPLOYMENT_OPTIONS, type Deployment } from "../operator/deployment.ts";
import { consoleOutput, type Output } from "../operator/output.ts";
import { ROOT } from "../operator/paths.ts";
import { type ExitCode, runTool } from "../operator/run-tool.ts";
import { ToolError } from "../operator/tool-error.ts";
import { analysisDeployment } from "./analysis.ts";

const USAGE = `npm run deploy -- [--env NAME] [--config FILE] [--analysis-config FILE] [--migrations-only]

Deploys the analysis Worker, applies the migrations to the deployed databases, then deploys the service.

  --env NAME              an environment of both configurations, such as staging; their top level when absent
  --config FILE           another file than wrangler.toml; the script is that of src/, whatever "main" is
  --analysis-config FILE  another file than analysis/wrangler.toml; likewise, of analysis/
  --migrations-only       only apply the migrations`;

const OPTIONS = {
  ...DEPLOYMENT_OPTIONS,
  "analysis-config": { type: "string" },
  "migrations-only": { type: "boolean", default: false },
} as const;

/** @returns 0 when everything is deployed, 1 when a step failed, 2 for a usage error */
export const deploy = (
  args: string[],
  { output = consoleOutput }: { output?: Output } = {},
): Promise<ExitCode> =>
  runTool(USAGE, output, async () => {
    const {
      "analysis-config": analysisConfig,
      "migrations-only": migrationsOnly,
      ...service
    } = parseCommandLine({ args, options: OPTIONS }).values;
    if (migrationsOnly) {
      applyMigrations(service);
      return 0;
    }
    // Cloudflare refuses to deploy a Worker whose binding names one that does not exist (code 10143). The service calls
    // methods of the analysis Worker, which must be there first.
    const analysis = await analysisDeployment(service, analysisConfig);
    await deployWorker(ANALYSIS_ENTRY, analysis);
    // The previous version works on the newer database, because migrations only add; not the other way round.
    applyMigrations(service);
    await deployWorker(SERVICE_ENTRY, service);
    return 0;
  });

async function deployWorker(entry: string, deployment: Deployment): Promise<void> {
  runWrangler(["deploy", await writeBundle(entry), "--no-bundle", ...argumentsOf(deployment)]);
}

function applyMigrations(service: Deployment): void {
  for (const database of ["DB", "SEARCH_DB"]) {
    runWrangler(["d1", "migrations", "apply", database, "--remote", ...argumentsOf(service)]);
  }
}

/** wrangler asks for an environment that is named explicitly; an empty one is the top level. */
const argumentsOf = ({ env, config }: Deployment): string[] => [
  ...["--env", env ?? ""],
  ...(config ? ["--config", config] : []),
];

function runWrangler(args: string[]): void {
  const { status, error } = spawnSync("wrangler", args, { cwd: ROOT, stdio: "inherit" });
  if (error) throw new ToolError(`wrangler could not be started: ${error.message}`, { cause: error });
  if (status !== 0)
    throw new ToolError(`\`wrangler ${args.slice(0, 3).join(" ")} …\` failed: nothing further was done`);
}
