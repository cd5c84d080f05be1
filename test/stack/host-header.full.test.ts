// DNS rebinding: the running local stack answers only to this machine's own names, on every path.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foreignRequests, localHosts, sendRaw } from "../support/raw-http.ts";
import { type LocalStack, startLocalStack } from "./local-stack.ts";

let stack: LocalStack;
let port: number;
beforeAll(async () => {
  stack = await startLocalStack();
  port = Number(new URL(stack.url).port);
});
afterAll(() => stack.stop());

const PATHS = [
  "/",
  "/__dev/requests",
  "/__dev/polar/events",
  "/__dev/live?org=org_demo",
  "/api/openapi.json",
];
const INTERNAL = ["/health", "/internal/generations/x", "/cdn-cgi/local/explorer/api/d1/database"];

describe("the local stack", () => {
  it.each([...PATHS, ...INTERNAL])("is 421 for %s under every other host", async (path) => {
    for (const [what, lines] of foreignRequests(port, path)) {
      expect((await sendRaw(port, lines)).status, what).toBe(421);
    }
  });

  it("sets no session cookie for a page of another host", async () => {
    const body = JSON.stringify({ orgId: "org_demo" });
    const { status, text } = await sendRaw(port, [
      ...[
        "POST /__dev/session HTTP/1.1",
        `Host: evil.example:${port}`,
        `Origin: http://evil.example:${port}`,
      ],
      ...["Content-Type: application/json", `Content-Length: ${body.length}`, "", body],
    ]);
    expect([status, text.includes("__session")]).toEqual([421, false]);
  });

  it("answers under each of its own names", async () => {
    for (const name of localHosts(port)) {
      expect((await sendRaw(port, ["GET /__dev/requests HTTP/1.1", `Host: ${name}`])).status, name).toBe(200);
    }
  });

  it("does not answer on wrangler's own port, also not to a spoofed MF-Original-URL", async () => {
    const wranglerPort = Number(/wrangler, on port (\d+)/.exec(stack.output())?.[1]);
    expect(wranglerPort).not.toBe(port);
    const lines = foreignRequests(wranglerPort, "/__dev/requests").at(-1)?.[1] ?? [];
    expect((await sendRaw(wranglerPort, lines)).status).toBe(421);
  });

  it("is not changed by a second start on its port, which fails and says so", async () => {
    const readVariables = () => readFile(join(stack.state, "host", ".dev.vars"), "utf8");
    const variables = await readVariables();
    const options = ["--port", String(port), "--state", stack.state, "--vars", "/dev/null"];
    await expect(promisify(execFile)("npm", ["run", "dev", "--", ...options])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`Port ${port} cannot be used`),
    });
    expect(await readVariables()).toBe(variables);
  });
});
