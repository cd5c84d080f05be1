// The development host's request log: it records methods, paths, statuses and some headers, and no secrets.
import { describe, expect, it } from "vitest";
import { createRequestLog, type RecordedRequest } from "../../dev/requests.ts";
import { unsignedToken } from "./unsigned-token.ts";

const audio = () =>
  new Response("audio", {
    status: 206,
    headers: { "Content-Range": "bytes 0-4/9", "Cache-Status": "Resonance; hit", "X-Request-Id": "one" },
  });

const list = async ({ routes }: ReturnType<typeof createRequestLog>, query = "") =>
  ((await (await routes.request(`/${query}`)).json()) as { items: RecordedRequest[] }).items;

describe("the request log", () => {
  it("returns the response unchanged and does not read its body", async () => {
    const response = audio();
    const log = createRequestLog();
    expect(await log.record(new Request("http://localhost/api/voices/a"), async () => response)).toBe(
      response,
    );
    expect(response.bodyUsed).toBe(false);
  });

  it("records the request line, the request's range and the response's status and headers", async () => {
    const log = createRequestLog();
    const headers = { Range: "bytes=0-4", "Sec-Fetch-Dest": "audio" };
    await log.record(new Request("http://localhost/api/voices/a", { headers }), async () => audio());
    expect(await list(log)).toMatchObject([
      {
        number: 1,
        method: "GET",
        path: "/api/voices/a",
        destination: "audio",
        range: "bytes=0-4",
        status: 206,
        contentRange: "bytes 0-4/9",
        cacheStatus: "Resonance; hit",
        requestId: "one",
        etag: null,
      },
    ]);
  });

  it("records no cookie, no Authorization, no Set-Cookie and no query", async () => {
    const log = createRequestLog();
    const headers = { Cookie: "__session=secret-token", Authorization: "Bearer secret-token" };
    const request = new Request("http://localhost/api/voices?search=secret-words", { headers });
    await log.record(request, async () => new Response("", { headers: { "Set-Cookie": "secret-token" } }));
    const text = JSON.stringify(await list(log));
    expect(text).toContain("/api/voices");
    expect(text).not.toContain("secret");
  });

  it("lists the requests of one organisation by the token in the cookie or in Authorization", async () => {
    const log = createRequestLog();
    const send = (path: string, headers: Record<string, string>) =>
      log.record(new Request(`http://localhost${path}`, { headers }), async () => audio());
    const [own, foreign] = [unsignedToken("org_a"), unsignedToken("org_b")];
    await send("/cookie", { Cookie: `theme=dark; __session=${own}` });
    await send("/suffixed-cookie", { Cookie: `__session_Ab-1=${own}; other=1` });
    await send("/bearer", { Authorization: `Bearer ${own}` });
    await send("/foreign", { Cookie: `__session=${foreign}` });
    await send("/nobody", {});
    await send("/no-token", { Cookie: "__session=damaged", Authorization: "Bearer damaged" });
    const paths = async (org: string) => (await list(log, `?org=${org}`)).map(({ path }) => path);
    expect(await paths("org_a")).toEqual(["/bearer", "/suffixed-cookie", "/cookie"]);
    expect(await paths("org_b")).toEqual(["/foreign"]);
    expect(await paths("null")).toEqual([]);
    expect(await list(log)).toHaveLength(6);
  });

  it("keeps the requests of an organisation when another one makes a hundred", async () => {
    const log = createRequestLog();
    const send = (org: string) => {
      const headers = { Authorization: `Bearer ${unsignedToken(org)}` };
      return log.record(new Request(`http://localhost/${org}`, { headers }), async () => audio());
    };
    await send("org_a");
    for (let count = 0; count < 100; count += 1) await send("org_b");
    expect(await list(log, "?org=org_a")).toMatchObject([{ path: "/org_a" }]);
  });

  it("keeps the latest 50 requests, the newest first", async () => {
    const log = createRequestLog();
    for (let count = 0; count < 53; count += 1) {
      await log.record(new Request(`http://localhost/${count}`), async () => audio());
    }
    const items = await list(log);
    expect(items).toHaveLength(50);
    expect(items[0]).toMatchObject({ number: 53, path: "/52" });
  });
});
