// `npm run smoke` against the local stack with one thing damaged at a time: the check of that thing must fail.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Damage } from "./damaging-proxy.ts";
import { type SmokeStack, startSmokeStack } from "./smoke-stack.ts";

let stack: SmokeStack;
beforeAll(async () => {
  stack = await startSmokeStack();
});
afterAll(() => stack.stop());
beforeEach(() => stack.runCron());
afterEach(() => {
  stack.proxy.damage = {};
});

const ofPath = (path: RegExp, damage: (headers: Record<string, unknown>) => void): Damage => ({
  response: (request, { headers }) => {
    if (path.test(request.path)) damage(headers);
  },
});
const withStatus = (path: RegExp, status: number): Damage => ({
  response: (request, reply) => {
    if (path.test(request.path)) reply.status = status;
  },
});
const withoutLengthOfHead: Damage = {
  response: ({ method }, { headers }) => {
    if (method === "HEAD") delete headers["content-length"];
  },
};
const signingVisitorsIn: Damage = {
  request: ({ headers }) => {
    headers.authorization ??= `Bearer ${stack.token}`;
  },
};
const answering = (path: RegExp, status: number, body: string): Damage => ({
  answer: (request) =>
    path.test(request.path) ? { status, body, headers: { "content-type": "text/html" } } : undefined,
});

describe("npm run smoke reports", () => {
  it.each<[check: string, fault: string, damage: Damage, detail: string]>([
    ["health", "an unhealthy service", withStatus(/^\/health/, 503), "503"],
    ["health", "another service", answering(/^\/health/, 200, "<html>"), "200 without a JSON body"],
    [
      "play",
      "another type",
      ofPath(/^\/api\/voices\//, (headers) => Object.assign(headers, { "content-type": "text/html" })),
      "text/html",
    ],
    [
      "play",
      "a missing header",
      ofPath(/^\/api/, (headers) => delete headers["x-content-type-options"]),
      "x-content-type-options",
    ],
    [
      "play",
      "a compressed body without its length",
      ofPath(/^\/api\/voices\//, (headers) => delete headers["content-length"]),
      "Content-Length absent",
    ],
    [
      "edge-cache",
      "a cache that stores nothing",
      ofPath(/^\/api/, (headers) => Object.assign(headers, { "cache-status": "Resonance; fwd=uri-miss" })),
      "without a hit",
    ],
    [
      "range",
      "an ignored Range",
      { request: ({ headers }) => void delete headers.range },
      "200 instead of 206",
    ],
    [
      "range",
      "a wrong Content-Range",
      ofPath(/^\/api/, (headers) => Object.assign(headers, { "content-range": "bytes 0-99/*" })),
      "bytes 0-99/*",
    ],
    [
      "head-http1",
      "a HEAD without Content-Length",
      withoutLengthOfHead,
      "HTTP/1.1 200, Content-Length absent",
    ],
    ["head-http2", "a HEAD without Content-Length", withoutLengthOfHead, "HTTP/2 200, Content-Length absent"],
    ["link", "a link that does not play", withStatus(/\?link=/, 401), "401 instead of 200"],
    [
      "link",
      "a link that a shared cache may store",
      ofPath(/\?link=/, (headers) => Object.assign(headers, { "cache-control": "public, max-age=60" })),
      "Cache-Control public, max-age=60",
    ],
    ["oversize", "an upload that is too large and accepted", withStatus(/create/, 201), "instead of 413"],
    [
      "early-401",
      "a connection that breaks before the answer",
      { breakConnection: ({ method }) => (method === "POST" ? "at once" : undefined) },
      "the connection failed",
    ],
    [
      "early-401",
      "an upload without a session that is accepted",
      withStatus(/create/, 201),
      "instead of 401",
    ],
    ["signed-out", "audio for a visitor without a session", signingVisitorsIn, "200 instead of 401"],
    [
      "signed-out",
      "another service",
      answering(/^\/api\/voices\//, 401, "<html>"),
      "401 without a JSON body",
    ],
    [
      "headers",
      "an answer that may be cached",
      ofPath(/^\/health/, (headers) => delete headers["cache-control"]),
      "absent instead of no-store",
    ],
    [
      "headers",
      "a weaker policy",
      ofPath(/^\/api/, (headers) => Object.assign(headers, { "content-security-policy": "default-src *" })),
      "content-security-policy",
    ],
    ["webhook", "a forged notice that is accepted", withStatus(/webhooks/, 204), "204"],
    [
      "webhook",
      "another service that refuses it",
      answering(/webhooks/, 403, '{"received":false}'),
      "is not this service's 403",
    ],
    ["play", "another service with a JSON object", answering(/^\/api\/voices\?/, 200, "{}"), "200: no list"],
    [
      "health",
      "another service with JSON that is no object",
      answering(/^\/health/, 200, "null"),
      "no JSON object",
    ],
    [
      "webhook",
      "a path that does not reach the service",
      answering(/webhooks/, 404, "<html>"),
      "404 without a JSON body",
    ],
    [
      "cors",
      "a foreign origin that is allowed",
      ofPath(/^\/api\/voices$/, (headers) => Object.assign(headers, { "access-control-allow-origin": "*" })),
      "is allowed: *",
    ],
    [
      "cors",
      "a preflight of a foreign origin that is allowed",
      ofPath(/create$/, (headers) =>
        Object.assign(headers, { "access-control-allow-origin": "https://smoke-test.invalid" }),
      ),
      "OPTIONS from",
    ],
    [
      "cron",
      "a cron that stopped",
      {
        answer: ({ path }) =>
          path === "/health"
            ? { status: 200, headers: {}, body: '{"lastCronAt":"2026-01-01T00:00:00Z"}' }
            : undefined,
      },
      "last ran at 2026-01-01",
    ],
    [
      "cron",
      "a cron that never ran",
      {
        answer: ({ path }) =>
          path === "/health" ? { status: 200, headers: {}, body: '{"lastCronAt":null}' } : undefined,
      },
      "has never run",
    ],
  ])("as a failure of %s: %s", async (check, _, damage, detail) => {
    stack.proxy.damage = damage;
    const { code, output } = await stack.run(["--only", check]);
    const rows = output.split("\n");
    const failed = rows.findIndex((row) => row.startsWith("failed ") && row.includes(` ${check} `));
    expect(rows[failed], rows.join("\n")).toContain(detail);
    expect(rows[failed + 1]).toMatch(/^ +→ \S/);
    expect(code).toBe(1);
  });

  it("a webhook without a secret as disabled", async () => {
    stack.proxy.damage = {
      answer: ({ path }) =>
        path.includes("webhooks")
          ? { status: 404, headers: { "x-request-id": "a" }, body: '{"error":"Not found"}' }
          : undefined,
    };
    const { code, output } = await stack.run(["--only", "webhook"]);
    expect(code).toBe(0);
    expect(output).toMatch(/^not applicable +webhook +404: the webhook is disabled/m);
  });

  it("a voice that is still played after its deletion", async () => {
    stack.proxy.damage = {
      answer: ({ method }) => (method === "DELETE" ? { status: 204, headers: {}, body: "" } : undefined),
    };
    const { code, output } = await stack.run(["--create", "--only", "create"]);
    expect(code).toBe(1);
    expect(output).toMatch(/^failed +create +200 instead of 404 after the deletion/m);
    await deleteLeftVoice();
  });

  it("the voice that it could not delete", async () => {
    stack.proxy.damage = withStatusOf("DELETE", 500);
    const { code, output } = await stack.run(["--create", "--only", "create"]);
    expect(code).toBe(1);
    expect(output).toMatch(/^failed +create +the voice "Smoke test \S+" may still be there/m);
    await deleteLeftVoice();
  });
});

const withStatusOf = (method: string, status: number): Damage => ({
  answer: (request) => (request.method === method ? { status, headers: {}, body: "" } : undefined),
});

async function deleteLeftVoice(): Promise<void> {
  const left = await stack.leftVoices();
  expect(left).toHaveLength(1);
  await stack.deleteVoice(left[0] ?? "");
}
