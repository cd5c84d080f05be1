// The command `npm run deploy`: applies the migrations, then deploys. Both get the same environment, which a chain of two
// commands in package.json would not do: npm appends arguments to the last one only.
import { spawnSync } from "node:child_process";
import { parseCommandLine } from "../operator/arguments.ts";
import { DEPLOYMENT_OPTIONS } from "../operator/deployment.ts";
import { consoleOutput } from "../operator/output.ts";
import { ROOT } from "../operator/paths.ts";
import { type ExitCode, runTool } from "../operator/run-tool.ts";
import { ToolError } from "../operator/tool-error.ts";

const USAGE = `npm run deploy -- [--env NAME] [--config FILE]

Applies the migrations to the deployed database, then deploys the Worker.

  --env NAME     an environment of wrangler.toml, such as staging; its top level when absent
  --config FILE  another file than wrangler.toml`;

/** @returns 0 when the Worker is deployed, 1 when a step failed, 2 for a usage error */
export const deploy = (args: string[]): Promise<ExitCode> =>
  runTool(USAGE, consoleOutput, async () => {
    const { values } = parseCommandLine({ args, options: DEPLOYMENT_OPTIONS } as const);
    // wrangler asks for an environment that is named explicitly; an empty one is the top level.
    const deployment = ["--env", values.env ?? "", ...(values.config ? ["--config", values.config] : [])];
    // The previous version works on the newer database, because migrations only add; not the other way round.
    runWrangler(["d1", "migrations", "apply", "DB", "--remote", ...deployment]);
    runWrangler(["deploy", "--minify", ...deployment]);
    return 0;
  });

function runWrangler(args: string[]): void {
  const { status, error } = spawnSync("wrangler", args, { cwd: ROOT, stdio: "inherit" });
  if (error) throw new ToolError(`wrangler could not be started: ${error.message}`, { cause: error });
  if (status !== 0)
    throw new ToolError(`\`wrangler ${args.slice(0, 3).join(" ")} …\` failed: nothing further was done`);
}
