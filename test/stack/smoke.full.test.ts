// `npm run smoke` against the stack that `npm run dev` starts, through TLS with HTTP/2, as a deployment is reached.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type SmokeStack, sessionToken, startSmokeStack } from "./smoke-stack.ts";

let stack: SmokeStack;
beforeAll(async () => {
  stack = await startSmokeStack();
});
afterAll(() => stack.stop());
beforeEach(() => stack.runCron());
afterEach(() => {
  stack.proxy.damage = {};
});

describe("npm run smoke", () => {
  it("finds nothing wrong with the local stack behind TLS, asks every check, and leaves nothing", async () => {
    const { stdout, code } = await stack.runProcess(["--create"]);
    const table = stdout.split("\n").filter((line) => /^ok /.test(line));
    expect(table.map((row) => row.split(/\s+/)[1])).toEqual([
      ...["health", "play", "edge-cache", "range", "head-http1", "head-http2", "link", "create", "oversize"],
      ...["signed-out", "early-401", "headers", "webhook", "cors", "cron"],
    ]);
    expect(stdout).toContain("HTTP/2 200, Content-Length");
    expect(stdout).toContain("No check failed.");
    expect(code).toBe(0);
    expect(await stack.leftVoices()).toEqual([]);
  });

  it("over plain http, calls HTTP/2 not applicable instead of ok", async () => {
    const { code, output } = await stack.run(["--only", "health,head-http1,head-http2"], { url: stack.url });
    expect(code).toBe(0);
    expect(output).toMatch(/^not applicable +head-http2 +HTTP\/2 is not offered over plain http$/m);
    expect(output).toMatch(/^ok +head-http1 +HTTP\/1\.1 200/m);
  });

  it("creates nothing without --create, and says that it was not asked", async () => {
    await fetch(`${stack.url}/__dev/polar`, { method: "DELETE" });
    const { code, output } = await stack.run(["--only", "create"]);
    expect(code).toBe(0);
    expect(output).toMatch(/^not asked +create +add --create: one creation is billed/m);
    const events = await fetch(`${stack.url}/__dev/polar/events`);
    expect(await events.json()).toMatchObject({ items: [] });
  });

  it("calls uploads not applicable for an organisation without a subscription", async () => {
    const { code, output } = await stack.run(["--create", "--only", "create,oversize"], {
      as: sessionToken("--org", "org_free"),
    });
    expect(code).toBe(0);
    expect(output).toMatch(/^not applicable +create +403 SUBSCRIPTION_REQUIRED/m);
    expect(output).toMatch(/^not applicable +oversize +403 SUBSCRIPTION_REQUIRED/m);
  });

  it("plays a voice of the organisation that is named, and does not expect it at the edge", async () => {
    const { code, output } = await stack.run(["--voice", "voice_demo_ready", "--only", "play,edge-cache"]);
    expect(code).toBe(0);
    expect(output).toMatch(/^ok +play +voice_demo_ready: \d+ bytes/m);
    expect(output).toMatch(/^not applicable +edge-cache +only system voices/m);
  });

  it("stops after the first check when nothing answers at the address", async () => {
    const { code, output } = await stack.run([], { url: "https://localhost:1" });
    expect(code).toBe(1);
    expect(output).toMatch(/^failed +health +the connection failed: /m);
    expect(output.match(/^not asked .*the host does not answer$/gm)).toHaveLength(14);
    expect(output).toContain("1 of 15 checks failed.");
  });

  it("reports a token that expires on the way as that, and not as a fault of the deployment", async () => {
    stack.proxy.damage = { request: () => new Promise((resolve) => setTimeout(resolve, 2_100)) };
    const as = sessionToken("--expires-in", "2");
    const { code, output } = await stack.run(["--only", "health,play"], { as });
    expect(code).toBe(1);
    expect(output).toMatch(/^ok +health/m);
    expect(output).toMatch(/^token expired +play/m);
    expect(output).toContain("window.Clerk.session.getToken()");
  });
});

describe("the voice that npm run smoke creates is deleted", () => {
  it("when it cannot be played", async () => {
    stack.proxy.damage = {
      response: ({ method, path }, reply) => {
        if (method === "GET" && path.startsWith("/api/voices/")) reply.status = 502;
      },
    };
    const { output } = await stack.run(["--create", "--only", "create"]);
    expect(output).toMatch(/^failed +create +502 instead of 200/m);
    expect(await stack.leftVoices()).toEqual([]);
  });

  it("when the answer to its creation is lost", async () => {
    stack.proxy.damage = {
      breakConnection: ({ method }) => (method === "POST" ? "after the answer" : undefined),
    };
    const { output } = await stack.run(["--create", "--only", "create"]);
    expect(output).toMatch(/^failed +create +the connection failed/m);
    expect(await stack.leftVoices()).toEqual([]);
  });

  it("or named, when the answer to its creation is lost and it cannot be looked for", async () => {
    stack.proxy.damage = {
      breakConnection: ({ method }) => (method === "POST" ? "after the answer" : undefined),
      answer: ({ path }) =>
        path.startsWith("/api/voices?search=") ? { status: 401, headers: {}, body: "" } : undefined,
    };
    const { output } = await stack.run(["--create", "--only", "create"]);
    expect(output).toMatch(/^failed +create +the voice "Smoke test \S+" may still be there: .* 401$/m);
    const left = await stack.leftVoices();
    expect(left).toHaveLength(1);
    await stack.deleteVoice(left[0] ?? "");
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "when the tool is interrupted by %s, which ends it with 1",
    async (signal) => {
      let interrupt = () => {};
      stack.proxy.damage = {
        request: async ({ method, path }) => {
          if (method !== "GET" || !path.startsWith("/api/voices/")) return;
          // The voice exists: the tool is playing it.
          expect(await stack.leftVoices()).toHaveLength(1);
          interrupt();
          await new Promise(() => undefined);
        },
      };
      const { code, stdout } = await stack.runProcess(["--create", "--only", "create,cors"], (kill) => {
        interrupt = () => kill(signal);
      });
      expect(stdout).toMatch(/^not asked +create +interrupted/m);
      expect(stdout).toMatch(/^not asked +cors +interrupted/m);
      expect(code).toBe(1);
      expect(await stack.leftVoices()).toEqual([]);
    },
  );
});
