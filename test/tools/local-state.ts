// A real local state for the operators' tools, and the tools as processes of their own, which a test may kill.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { writeEdgeConfig } from "../../dev/edge-config.ts";
import { ROOT } from "../../dev/paths.ts";
import { applyMigrations } from "../../dev/setup.ts";
import { openStorage, type Storage } from "../../scripts/operator/storage.ts";

export interface Finished {
  code: number | null;
  output: string;
}

interface RunOptions {
  /** Kills the tool, and all that it started, on the spot when this holds of what it has printed. */
  killWhen?: (output: string) => boolean;
}

/** A folder for the test file, and migrated states in it, each a fresh copy. */
export function givenFolder() {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "resonance-tools-"));
    const empty = join(folder, "empty");
    applyMigrations(empty, await writeEdgeConfig(empty, 8787, "/dev/null"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return {
    path: (...parts: string[]) => join(folder, ...parts),
    state: async () => {
      const state = await mkdtemp(join(folder, "state-"));
      await cp(join(folder, "empty"), state, { recursive: true });
      return state;
    },
  };
}

/** Looks into `state`, which is closed again for the next process. */
export async function inState<T>(state: string, look: (storage: Storage) => Promise<T>): Promise<T> {
  const storage = await openStorage({ kind: "local", state });
  try {
    return await look(storage);
  } finally {
    await storage.close();
  }
}

/** Runs an npm script as an operator does. */
export const runScript = (name: string, args: string[], options?: RunOptions) =>
  run("npm", ["run", "-s", name, "--", ...args], options);

/** The same on a terminal of 90 columns. */
export const runOnTerminal = (name: string, args: string[]) =>
  run("script", ["-qec", `stty cols 90 && npm run -s ${name} -- ${args.join(" ")}`, "/dev/null"]);

async function run(command: string, args: string[], { killWhen }: RunOptions = {}): Promise<Finished> {
  const tool = spawn(command, args, { cwd: ROOT, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [tool.stdout, tool.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
      // The whole group, workerd too, as a power cut would.
      if (tool.exitCode === null && tool.pid !== undefined && killWhen?.(output)) {
        process.kill(-tool.pid, "SIGKILL");
      }
    });
  }
  const [code] = (await once(tool, "close")) as [number | null];
  return { code, output };
}
