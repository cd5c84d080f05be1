// `npm run dev [-- --port N] [--state DIR]`: prepares the local state and runs the whole stack until interrupted.
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { DEFAULT_STATE, ROOT } from "./paths.ts";
import { prepareData } from "./setup.ts";
import { writeVariables } from "./variables.ts";

const { values } = parseArgs({
  options: { port: { type: "string", default: "8787" }, state: { type: "string", default: DEFAULT_STATE } },
});
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  console.error("--port takes a number from 1 to 65535");
  process.exit(2);
}
const state = resolve(values.state);
await mkdir(state, { recursive: true });
const envFiles = await writeVariables(state, port);
await prepareData(state, envFiles);

console.log(`\nThe stack will answer at http://localhost:${port}; the README has requests to try.\n`);
const wrangler = spawn(
  "wrangler",
  [
    "dev",
    ...["-c", join(ROOT, "dev", "wrangler.toml"), "-c", join(ROOT, "wrangler.toml")],
    ...["--port", String(port), "--ip", "127.0.0.1", "--persist-to", state],
    ...envFiles.flatMap((file) => ["--env-file", file]),
    ...["--show-interactive-dev-session", String(process.stdout.isTTY ?? false)],
  ],
  { cwd: ROOT, stdio: "inherit", env: environment() },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => wrangler.kill(signal));
wrangler.on("exit", (code, signal) => process.exit(code ?? (signal ? 0 : 1)));

/** The shell's environment less the Worker's settings: those come from the files alone. */
function environment(): NodeJS.ProcessEnv {
  // Nothing local needs the outside: do not ask it where a request comes from.
  const kept = { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false" };
  for (const name of Object.keys(kept)) if (/^(CLERK|POLAR)_/.test(name)) Reflect.deleteProperty(kept, name);
  return kept;
}
