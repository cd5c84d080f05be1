// Starts the local stack with `npm run dev`, on its own port and with its own state.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const READY_WITHIN_MS = 60_000;

export interface LocalStack {
  url: string;
  /** The folder of its data. */
  state: string;
  /** What it has printed. */
  output: () => string;
  stop: () => Promise<void>;
}

interface Options {
  /** A free one when absent. */
  port?: number;
  /** Replaces the developer's .dev.vars, which no test may depend on. */
  vars?: string;
}

/** Runs `npm run dev` and waits until it responds. */
export async function startLocalStack({ port, vars = "/dev/null" }: Options = {}): Promise<LocalStack> {
  const chosen = port ?? (await freePort());
  const state = await mkdtemp(join(tmpdir(), "resonance-stack-"));
  const stack = spawn(
    "npm",
    ["run", "dev", "--", "--port", String(chosen), "--state", state, "--vars", vars],
    {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      // vitest.config.mts quietens wrangler: here it prints what a developer sees.
      env: { ...process.env, WRANGLER_LOG: undefined },
    },
  );
  const killWithTests = () => signalGroup(stack, "SIGKILL");
  process.on("exit", killWithTests);
  let output = "";
  for (const stream of [stack.stdout, stack.stderr]) stream.on("data", (chunk) => (output += chunk));
  const url = `http://localhost:${chosen}`;
  try {
    await waitUntilReady(url, stack);
  } catch (error) {
    await stopGroup(stack);
    throw new Error(`${error}\nThe stack printed:\n${output}`);
  }
  return {
    url,
    state,
    output: () => output,
    stop: async () => {
      process.off("exit", killWithTests);
      await stopGroup(stack);
      await rm(state, { recursive: true, force: true });
    },
  };
}

async function waitUntilReady(url: string, stack: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (stack.exitCode !== null) throw new Error(`npm run dev ended with ${stack.exitCode}`);
    const response = await fetch(`${url}/__dev/polar/events`).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`npm run dev was not ready within ${READY_WITHIN_MS / 1000} s`);
}

/** Stops npm and every process that it started. */
export async function stopGroup(stack: ChildProcess): Promise<void> {
  if (stack.exitCode !== null) return;
  const exited = once(stack, "exit");
  signalGroup(stack, "SIGTERM");
  await exited;
}

export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
