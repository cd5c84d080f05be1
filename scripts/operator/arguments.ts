// What the operators' tools have in common on their command lines.
import { resolve } from "node:path";
import type { ParseArgsConfig } from "node:util";
import { DEFAULT_STATE } from "../../dev/paths.ts";
import type { Place } from "./storage.ts";

/** The options that say where the data is. */
export const PLACE_OPTIONS = {
  remote: { type: "boolean", default: false },
  state: { type: "string" },
} as const satisfies ParseArgsConfig["options"];

export function placeOf({ remote, state }: { remote: boolean; state?: string | undefined }): Place {
  if (remote && state !== undefined) throw new TypeError("--remote and --state exclude each other");
  return remote ? { kind: "remote" } : { kind: "local", state: resolve(state ?? DEFAULT_STATE) };
}

/** Answers with what `parse` makes of the arguments; prints the usage and ends with 2 when it throws a TypeError. */
export function parseOrExit<T>(usage: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}
