// `npm run dev [-- --port N] [--state DIR] [--vars FILE]`: prepares the local state, then runs the stack until stopped.
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildConsole } from "./build-console.ts";
import { writeEdgeConfig } from "./edge-config.ts";
import { writeHostConfig } from "./host-config.ts";
import { DEFAULT_STATE, OWN_VARIABLES, ROOT } from "./paths.ts";
import { prepareData } from "./setup.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8787" },
    state: { type: "string", default: DEFAULT_STATE },
    vars: { type: "string", default: OWN_VARIABLES },
  },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  console.error("--port must be a number from 1 to 65535");
  process.exit(2);
}
const state = resolve(values.state);
await mkdir(state, { recursive: true });
const ownVariables = resolve(values.vars);
const edgeConfig = await writeEdgeConfig(state, port, ownVariables);
const hostConfig = await writeHostConfig(state, await buildConsole(state), ownVariables);
await prepareData(state, edgeConfig);

console.log(
  `\nStarting the console at http://localhost:${port}/ and the API at http://localhost:${port}/api …\n`,
);
const wrangler = spawn(
  "wrangler",
  [
    ...["dev", "-c", hostConfig, "-c", edgeConfig],
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
