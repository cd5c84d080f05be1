// Builds and runs integrations/next-app in a temporary folder, with the packed client, as a deployment would have it.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { freePort, signalGroup, stopGroup } from "../stack/local-stack.ts";

const INTEGRATIONS = join(import.meta.dirname, "../../integrations");
const READY_WITHIN_MS = 60_000;
/** What Next.js and npm write into the folder of a developer who has used the app. */
const NOT_COPIED = new Set(["node_modules", ".next", ".env.local", "next-env.d.ts"]);

export interface NextServer {
  url: string;
  /** What it has printed. */
  output: () => string;
  stop: () => Promise<void>;
}

export interface NextApp extends NextServer {
  /** Its folder. */
  folder: string;
  /** Starts the built app a second time, on a port of its own, with other settings. */
  serve: (settings: Record<string, string>) => Promise<NextServer>;
}

/** Installs, builds and starts the app on `port`, with `settings` as its environment. */
export async function startNextApp(port: number, settings: Record<string, string>): Promise<NextApp> {
  const root = await mkdtemp(join(tmpdir(), "resonance-next-"));
  const folder = join(root, "next-app");
  execFileSync("npm", ["run", "-s", "client"]);
  await mkdir(join(root, "client"));
  cpSync(join(INTEGRATIONS, "client/dist"), join(root, "client/dist"), { recursive: true });
  cpSync(join(INTEGRATIONS, "next-app"), folder, {
    recursive: true,
    filter: (source) => !NOT_COPIED.has(basename(source)),
  });

  // Vitest sets NODE_ENV, and Next.js would build for it.
  const { NODE_ENV: _test, ...inherited } = process.env;
  const env = { ...inherited, ...settings, NEXT_TELEMETRY_DISABLED: "1" };
  const npm = (...args: string[]) => execFileSync("npm", args, { cwd: folder, env, encoding: "utf8" });
  npm("ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund");
  npm("run", "build");
  const server = await startServer(folder, port, env);
  return {
    ...server,
    folder,
    serve: async (others) => startServer(folder, await freePort(), { ...env, ...others }),
    stop: async () => {
      await server.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function startServer(folder: string, port: number, env: NodeJS.ProcessEnv): Promise<NextServer> {
  // The host of the URL: Next.js takes another one for an external rewrite, and forwards the request to itself.
  const server = spawn("npm", ["start", "--", "-H", "localhost", "-p", String(port)], {
    cwd: folder,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const killWithTests = () => signalGroup(server, "SIGKILL");
  process.on("exit", killWithTests);
  let output = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (chunk) => (output += chunk));
  const url = `http://localhost:${port}`;
  await waitUntilReady(url, server).catch((error) => {
    signalGroup(server, "SIGKILL");
    throw new Error(`${error}\nNext.js printed:\n${output}`);
  });
  return {
    url,
    output: () => output,
    stop: async () => {
      process.off("exit", killWithTests);
      await stopGroup(server);
    },
  };
}

async function waitUntilReady(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`npm start ended with ${server.exitCode}`);
    if (await fetch(url, { redirect: "manual" }).catch(() => null)) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`Next.js was not ready within ${READY_WITHIN_MS / 1000} s`);
}
