// Which deployment a tool means: wrangler's configuration file, and the environment in it.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ParseArgsConfig } from "node:util";
import type { Unstable_Config } from "wrangler";
import { ROOT } from "./paths.ts";
import { messageOf, ToolError } from "./tool-error.ts";

/** The options that select a deployment, as wrangler names them. */
export const DEPLOYMENT_OPTIONS = {
  env: { type: "string" },
  config: { type: "string" },
} as const satisfies ParseArgsConfig["options"];

export interface Deployment {
  /** The top level of the file when absent. */
  env?: string | undefined;
  /** The project's wrangler.toml when absent. */
  config?: string | undefined;
}

/**
 * The configuration of `deployment`, with what its environment inherits.
 * @throws {ToolError} when the file cannot be read, or has no such environment
 */
export async function readDeployment({ env, config }: Deployment): Promise<Unstable_Config> {
  const file = config === undefined ? join(ROOT, "wrangler.toml") : resolve(config);
  if (!existsSync(file)) throw new ToolError(`${file} does not exist`);
  // Loading wrangler takes a second: errors that need no configuration are reported before.
  const { experimental_readRawConfig, unstable_readConfig } = await import("wrangler");
  try {
    // wrangler only warns of an unknown environment, and then uses the top level's name without its bindings.
    const environments = Object.keys(experimental_readRawConfig({ config: file }).rawConfig.env ?? {});
    if (env !== undefined && !environments.includes(env)) {
      throw new ToolError(`${file} has no environment ${env}. It has: ${environments.join(", ") || "none"}`);
    }
    // An empty name is the top level. Without one, wrangler would take CLOUDFLARE_ENV, which `npm run deploy` ignores.
    return unstable_readConfig({ config: file, env: env ?? "" }, { hideWarnings: true });
  } catch (error) {
    throw error instanceof ToolError ? error : new ToolError(messageOf(error), { cause: error });
  }
}
