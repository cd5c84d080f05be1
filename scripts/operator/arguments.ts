// Command-line parsing shared by the tools: the options that select D1 and R2, and usage errors.
import { resolve } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { DEPLOYMENT_OPTIONS } from "./deployment.ts";
import { DEFAULT_STATE } from "./paths.ts";
import type { Target } from "./storage.ts";
import { UsageError } from "./tool-error.ts";

/** The options that select the D1 database and the R2 bucket. */
export const TARGET_OPTIONS = {
  remote: { type: "boolean", default: false },
  state: { type: "string" },
  ...DEPLOYMENT_OPTIONS,
} as const satisfies ParseArgsConfig["options"];

interface TargetValues {
  remote: boolean;
  state?: string | undefined;
  env?: string | undefined;
  config?: string | undefined;
}

/** @throws {UsageError} when options of a deployed and of a local target are given */
export function parseTarget({ remote, state, env, config }: TargetValues): Target {
  if (remote && state !== undefined) throw new UsageError("--remote and --state exclude each other");
  if (remote) return { kind: "remote", env, config };
  if (env !== undefined || config !== undefined) {
    throw new UsageError("--env and --config need --remote: the local stack has one database");
  }
  return { kind: "local", state: resolve(state ?? DEFAULT_STATE) };
}

/**
 * `parseArgs` of node:util.
 * @throws {UsageError} for an unknown option or a missing value
 */
export function parseCommandLine<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // parseArgs reports every mistake on the command line as a TypeError.
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}
