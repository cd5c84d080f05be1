// Local states with a real D1 and R2, and the tools as processes that a test can kill.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp } from "node:fs/promises";
import { afterAll, beforeAll } from "vitest";
import { writeEdgeConfig } from "../../dev/edge-config.ts";
import { applyMigrations } from "../../dev/setup.ts";
import { ROOT } from "../../scripts/operator/paths.ts";
import { openStorage, type Storage } from "../../scripts/operator/storage.ts";
import type { Stores } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";

interface Finished {
  code: number | null;
  output: string;
}

interface RunOptions {
  /** Kills the tool and the processes that it started as soon as this is true of its output. */
  killWhen?: (output: string) => boolean;
  /** SIGKILL when absent: nothing gets a chance to finish, as in a power failure. */
  signal?: NodeJS.Signals | undefined;
}

type Folder = ReturnType<typeof givenFolder>;

/** A temporary folder for the test file. `state` makes a copy of a local state with the migrations applied. */
export function givenFolder() {
  const path = temporaryFolder();
  beforeAll(async () => {
    const empty = path("empty");
    applyMigrations(empty, await writeEdgeConfig(empty, 8787, "/dev/null"));
  });
  return {
    path,
    state: async () => {
      const state = await mkdtemp(path("state-"));
      await cp(path("empty"), state, { recursive: true });
      return state;
    },
  };
}

/** Opens one state for the test file, because opening takes seconds. Each call of the result empties it. */
export function givenLocalStores({ state }: Folder): () => Promise<Stores> {
  let storage: Storage | undefined;
  beforeAll(async () => {
    storage = await openStorage({ kind: "local", state: await state() });
  });
  afterAll(() => storage?.close());
  return async () => {
    if (!storage) throw new Error("the state is not open yet");
    const { database, bucket } = storage;
    const tables = ["generations", "voices", "pending_object_deletions"];
    await database.batch(tables.map((table) => database.prepare(`delete from ${table}`)));
    await bucket.delete((await bucket.list()).objects.map(({ key }) => key));
    return { database, bucket };
  };
}

/** Opens `state` for `look`, and closes it for the next process. */
export async function inState<T>(state: string, look: (storage: Storage) => Promise<T>): Promise<T> {
  const storage = await openStorage({ kind: "local", state });
  try {
    return await look(storage);
  } finally {
    await storage.close();
  }
}

/** Runs an npm script in a process. */
export const runScript = (name: string, args: string[], options?: RunOptions) =>
  run("npm", ["run", "-s", name, "--", ...args], options);

/** Runs it on a terminal of 90 columns. */
export const runOnTerminal = (name: string, args: string[]) =>
  run("script", ["-qec", `stty cols 90 && npm run -s ${name} -- ${args.join(" ")}`, "/dev/null"]);

async function run(
  command: string,
  args: string[],
  { killWhen, signal = "SIGKILL" }: RunOptions = {},
): Promise<Finished> {
  const tool = spawn(command, args, { cwd: ROOT, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [tool.stdout, tool.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
      // The process group includes workerd.
      if (tool.exitCode === null && tool.pid !== undefined && killWhen?.(output)) {
        process.kill(-tool.pid, signal);
      }
    });
  }
  const [code] = (await once(tool, "close")) as [number | null];
  return { code, output };
}
