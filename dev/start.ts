// `npm run dev`: prepares the local state, then runs the stack until it is stopped.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { resolve } from "node:path";
import { parseCommandLine } from "../scripts/operator/arguments.ts";
import { consoleOutput } from "../scripts/operator/output.ts";
import { runTool } from "../scripts/operator/run-tool.ts";
import { messageOf, ToolError, UsageError } from "../scripts/operator/tool-error.ts";
import { buildConsole } from "./build-console.ts";
import { writeEdgeConfig } from "./edge-config.ts";
import { createGateway } from "./gateway.ts";
import { writeHostConfig } from "./host-config.ts";
import { ANALYSIS_CONFIG, DEFAULT_STATE, OWN_VARIABLES, ROOT } from "./paths.ts";
import { prepareData } from "./setup.ts";

const USAGE = `npm run dev -- [--port PORT] [--state DIR] [--vars FILE]

Runs the service with a local D1 and R2, fakes of Clerk and Polar, and the console.

  --port   the port on localhost (default: 8787)
  --state  the folder of the local data (default: .wrangler/state)
  --vars   a file of variables that replace the fakes' (default: .dev.vars)`;

process.exitCode = await runTool(USAGE, consoleOutput, async () => {
  const { values } = parseCommandLine({
    options: {
      port: { type: "string", default: "8787" },
      state: { type: "string", default: DEFAULT_STATE },
      vars: { type: "string", default: OWN_VARIABLES },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new UsageError("--port must be a number from 1 to 65535");
  }
  const state = resolve(values.state);
  await mkdir(state, { recursive: true });
  const ownVariables = resolve(values.vars);
  const gateway = { port, secret: randomUUID() };
  const wranglerPort = await freePort();
  // Before the state is written: a second start must not change the configuration of the running stack.
  await listen(createGateway({ wranglerPort, secret: gateway.secret }).unref(), port);
  const edgeConfig = await writeEdgeConfig(state, port, ownVariables);
  const hostConfig = await writeHostConfig(state, await buildConsole(state), ownVariables, gateway);
  await prepareData(state, edgeConfig);
  console.log(
    `\nStarting the console at http://localhost:${port}/ and the API at http://localhost:${port}/api …\n(behind it wrangler, on port ${wranglerPort})\n`,
  );
  runWrangler(wranglerPort, state, [hostConfig, edgeConfig]);
  return 0;
});

/** @throws {ToolError} when the port cannot be used */
async function listen(server: Server, port: number): Promise<void> {
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch (error) {
    throw new ToolError(`Port ${port} cannot be used: ${messageOf(error)}. Choose another one with --port.`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await listen(server, 0);
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Runs the Workers until the process is stopped; then the process exits as wrangler did. */
function runWrangler(port: number, state: string, [hostConfig, edgeConfig]: [string, string]): void {
  const wrangler = spawn(
    "wrangler",
    [
      ...["dev", "-c", hostConfig, "-c", edgeConfig, "-c", ANALYSIS_CONFIG],
      ...["--port", String(port), "--ip", "127.0.0.1", "--persist-to", state],
      ...["--show-interactive-dev-session", String(process.stdout.isTTY ?? false)],
    ],
    // Stops Miniflare from downloading request.cf: the local stack works without a network.
    { cwd: ROOT, stdio: "inherit", env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false" } },
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => wrangler.kill(signal));
  // npm does not forward its own termination: stop when the parent process changes.
  const parentPid = process.ppid;
  setInterval(() => process.ppid !== parentPid && wrangler.kill(), 500).unref();
  wrangler.on("exit", (code, signal) => process.exit(code ?? (signal ? 0 : 1)));
}
