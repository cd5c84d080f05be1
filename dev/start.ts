// `npm run dev [-- --port N] [--state DIR] [--vars FILE]`: prepares the local state and runs the stack until ended.
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
  console.error("--port takes a number from 1 to 65535");
  process.exit(2);
}
const state = resolve(values.state);
await mkdir(state, { recursive: true });
const ownVariables = resolve(values.vars);
const edgeConfig = await writeEdgeConfig(state, port, ownVariables);
const hostConfig = await writeHostConfig(state, await buildConsole(state), ownVariables);
await prepareData(state, edgeConfig);

console.log(`\nThe console will be at http://localhost:${port}/ (and the API beside it).\n`);
const wrangler = spawn(
  "wrangler",
  [
    ...["dev", "-c", hostConfig, "-c", edgeConfig],
    ...["--port", String(port), "--ip", "127.0.0.1", "--persist-to", state],
    ...["--show-interactive-dev-session", String(process.stdout.isTTY ?? false)],
  ],
  // Nothing local needs the outside: it is not asked where a request comes from.
  { cwd: ROOT, stdio: "inherit", env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false" } },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => wrangler.kill(signal));
// npm does not pass its own end on: a stack without its starter ends too.
const starter = process.ppid;
setInterval(() => process.ppid !== starter && wrangler.kill(), 500).unref();
wrangler.on("exit", (code, signal) => process.exit(code ?? (signal ? 0 : 1)));
