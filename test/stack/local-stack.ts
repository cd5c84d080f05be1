// The whole local stack, started as a newcomer starts it, on a port and a state of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const READY_WITHIN_MS = 60_000;

export interface LocalStack {
  url: string;
  /** Where its data is. */
  state: string;
  stop: () => Promise<void>;
}

interface Options {
  /** A free one when absent. */
  port?: number;
  /** A file in the place of the developer's .dev.vars, which no test may depend on. */
  vars?: string;
}

/** Runs `npm run dev` and waits until it answers. */
export async function startLocalStack({ port, vars = "/dev/null" }: Options = {}): Promise<LocalStack> {
  const chosen = port ?? (await freePort());
  const state = await mkdtemp(join(tmpdir(), "resonance-stack-"));
  const stack = spawn(
    "npm",
    ["run", "dev", "--", "--port", String(chosen), "--state", state, "--vars", vars],
    {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const endWithTests = () => signalGroup(stack, "SIGKILL");
  process.on("exit", endWithTests);
  let output = "";
  for (const stream of [stack.stdout, stack.stderr]) stream.on("data", (chunk) => (output += chunk));
  const url = `http://localhost:${chosen}`;
  try {
    await answers(url, stack);
  } catch (error) {
    await stopGroup(stack);
    throw new Error(`${error}\nThe stack printed:\n${output}`);
  }
  return {
    url,
    state,
    stop: async () => {
      process.off("exit", endWithTests);
      await stopGroup(stack);
      await rm(state, { recursive: true, force: true });
    },
  };
}

async function answers(url: string, stack: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (stack.exitCode !== null) throw new Error(`npm run dev ended with ${stack.exitCode}`);
    const answer = await fetch(`${url}/__dev/polar/events`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`npm run dev did not answer within ${READY_WITHIN_MS / 1000} s`);
}

/** Ends npm and all that it started. */
async function stopGroup(stack: ChildProcess): Promise<void> {
  if (stack.exitCode !== null) return;
  const ended = once(stack, "exit");
  signalGroup(stack, "SIGTERM");
  await ended;
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
