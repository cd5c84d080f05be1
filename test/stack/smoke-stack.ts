// What the tests of `npm run smoke` share: the stack behind a TLS proxy, and the command run against it.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { ROOT } from "../../scripts/operator/paths.ts";
import { smoke } from "../../scripts/smoke/command.ts";
import { runCommand } from "../tools/run-command.ts";
import { startDamagingProxy } from "./damaging-proxy.ts";
import { startLocalStack } from "./local-stack.ts";

export const sessionToken = (...options: string[]): string =>
  execFileSync("npm", ["run", "-s", "token", "--", ...options], { encoding: "utf8" }).trim();

export type SmokeStack = Awaited<ReturnType<typeof startSmokeStack>>;

export async function startSmokeStack() {
  const stack = await startLocalStack();
  const folder = await mkdtemp(join(tmpdir(), "resonance-smoke-"));
  const proxy = await startDamagingProxy(stack.url, folder);
  const token = sessionToken();
  const asUser = { headers: { Authorization: `Bearer ${token}` } };
  const options = ["--ca", proxy.ca, "--cron-wait", "0"];
  return {
    ...{ url: stack.url, proxy, token },

    /** Runs the command within this process, with the token in SMOKE_TOKEN, which no run may print. */
    run: async (args: string[], { as = token, url = proxy.url } = {}) => {
      const command: typeof smoke = (all, dependencies) =>
        smoke(all, { ...dependencies, variables: { SMOKE_TOKEN: as } });
      const result = await runCommand(command, [url, ...options, ...args]);
      expect(result.output).not.toContain(as);
      return result;
    },

    /** Runs it in a process of its own, which `onStart` may signal. */
    runProcess: async (args: string[], onStart?: (kill: (signal: NodeJS.Signals) => void) => void) => {
      const tool = spawn(process.execPath, [join(ROOT, "scripts/smoke.ts"), proxy.url, ...options, ...args], {
        env: { ...process.env, SMOKE_TOKEN: token },
        stdio: ["ignore", "pipe", "inherit"],
      });
      onStart?.((signal) => tool.kill(signal));
      let stdout = "";
      tool.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        stdout += chunk;
      });
      const [code] = (await once(tool, "close")) as [number | null];
      expect(stdout).not.toContain(token);
      return { stdout, code };
    },

    runCron: () => fetch(`${stack.url}/__dev/cron`, { method: "POST" }),

    /** The ids of voices that the tool has created and not deleted. */
    leftVoices: async (): Promise<string[]> => {
      const response = await fetch(`${stack.url}/api/voices?search=Smoke`, asUser);
      const { items } = (await response.json()) as { items: { id: string }[] };
      return items.map(({ id }) => id);
    },

    deleteVoice: (id: string) => fetch(`${stack.url}/api/voices/${id}`, { method: "DELETE", ...asUser }),

    stop: async () => {
      await proxy.close();
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
