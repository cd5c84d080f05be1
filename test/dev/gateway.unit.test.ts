// The gateway of the local stack in front of a server that stands for wrangler, over real sockets.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createGateway } from "../../dev/gateway.ts";
import host from "../../dev/worker.ts";
import { foreignRequests, localHosts, sendRaw } from "../support/raw-http.ts";

const SECRET = "secret-of-the-gateway";
let wrangler: Server;
let gateway: Server;
let received: { url: string; headers: Record<string, unknown>; body: string }[];

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listen = async (server: Server) => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
};

beforeAll(async () => {
  const respond = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ url: request.url ?? "", headers: request.headers, body });
    response.writeHead(206, { "Content-Range": "bytes 0-1/2", "Set-Cookie": ["a=1", "b=2"] });
    response.write("fi");
    if (request.url === "/stream") return;
    response.end("rst");
  });
  wrangler = await listen(respond);
  gateway = await listen(createGateway({ wranglerPort: portOf(wrangler), secret: SECRET }));
});
beforeEach(() => {
  received = [];
});
afterAll(() => {
  for (const server of [gateway, wrangler]) server.closeAllConnections();
  gateway.close();
  wrangler.close();
});

const url = (path: string) => `http://127.0.0.1:${portOf(gateway)}${path}`;

describe("the gateway", () => {
  it("refuses every request that is not for this machine with 421 and the address to open", async () => {
    const port = portOf(gateway);
    for (const [what, lines] of foreignRequests(port, "/__dev/requests")) {
      const { status, text } = await sendRaw(port, lines);
      expect(status, what).toBe(421);
      expect(text, what).toContain(`open http://localhost:${port}/`);
    }
    expect(received).toEqual([]);
  });

  it("forwards requests for this machine's own names, with the Host as it came", async () => {
    for (const name of localHosts(portOf(gateway))) {
      expect((await sendRaw(portOf(gateway), ["GET /a?b=%20 HTTP/1.1", `Host: ${name}`])).status).toBe(206);
      expect(received.at(-1)).toMatchObject({ url: "/a?b=%20", headers: { host: name } });
    }
  });

  it("forwards method, headers and body, but no header that controls Miniflare or proves the gateway", async () => {
    const headers = { "MF-Original-URL": "http://localhost/x", "X-Local-Gateway": "forged", "X-Kept": "yes" };
    const response = await fetch(url("/up"), { method: "POST", body: "x".repeat(100_000), headers });
    expect([response.status, await response.text()]).toEqual([206, "first"]);
    expect(response.headers.get("Content-Range")).toBe("bytes 0-1/2");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(received).toMatchObject([
      { body: "x".repeat(100_000), headers: { "x-kept": "yes", "x-local-gateway": SECRET } },
    ]);
    expect(received[0]?.headers).not.toHaveProperty("mf-original-url");
  });

  it("passes on a response before it ends, and ends wrangler's when the client leaves", async () => {
    const abort = new AbortController();
    const connected = once(wrangler, "request") as Promise<[unknown, NodeJS.EventEmitter]>;
    const response = await fetch(url("/stream"), { signal: abort.signal });
    const { value } = (await response.body?.getReader().read()) ?? {};
    expect(new TextDecoder().decode(value)).toBe("fi");
    const [, atWrangler] = await connected;
    const closed = once(atWrangler, "close");
    abort.abort();
    await closed;
  });

  it("is 503 while wrangler does not listen", async () => {
    const closed = await listen(createServer());
    const wranglerPort = portOf(closed);
    closed.close();
    const alone = await listen(createGateway({ wranglerPort, secret: SECRET }));
    const response = await fetch(`http://127.0.0.1:${portOf(alone)}/`);
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "1"]);
    alone.close();
  });
});

describe("the development host", () => {
  const bindings = {
    EDGE: { fetch: async () => new Response("edge") },
    ...{ GATEWAY_SECRET: SECRET, LOCAL_URL: "http://localhost:8787/" },
  };
  const paths = ["/__dev/requests", "/__dev/session", "/__dev/live?org=org_demo", "/api/voices", "/health"];

  it.each(paths)("refuses %s with 421 without the gateway's secret", async (path) => {
    for (const [headers, env] of [
      [{}, bindings],
      [{ "X-Local-Gateway": "forged" }, bindings],
      [{}, { ...bindings, GATEWAY_SECRET: undefined }],
    ] as const) {
      const response = await host.request(path, { headers }, env);
      expect(response.status).toBe(421);
      expect(await response.json()).toEqual({ error: expect.stringContaining("http://localhost:8787/") });
    }
  });

  it("answers what came through the gateway", async () => {
    const headers = { "X-Local-Gateway": SECRET };
    expect((await host.request("/__dev/requests", { headers }, bindings)).status).toBe(200);
    expect(await (await host.request("/api/voices", { headers }, bindings)).text()).toBe("edge");
  });
});
