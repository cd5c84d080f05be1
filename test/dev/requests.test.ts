// What the local host remembers of the requests that pass it: their heads, and nothing that is anybody's secret.
import { describe, expect, it } from "vitest";
import { createRequestLog, type SeenRequest } from "../../dev/requests.ts";

const audio = () =>
  new Response("audio", {
    status: 206,
    headers: { "Content-Range": "bytes 0-4/9", "Cache-Status": "Resonance; hit", "X-Request-Id": "one" },
  });

const list = async ({ routes }: ReturnType<typeof createRequestLog>) =>
  ((await (await routes.request("/")).json()) as { items: SeenRequest[] }).items;

describe("the request log", () => {
  it("hands the answer on as it came, its body unread", async () => {
    const answer = audio();
    const log = createRequestLog();
    expect(await log.remember(new Request("http://localhost/api/voices/a"), async () => answer)).toBe(answer);
    expect(answer.bodyUsed).toBe(false);
  });

  it("tells what was asked and what came", async () => {
    const log = createRequestLog();
    const headers = { Range: "bytes=0-4", "Sec-Fetch-Dest": "audio" };
    await log.remember(new Request("http://localhost/api/voices/a", { headers }), async () => audio());
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

  it("keeps no token and no query", async () => {
    const log = createRequestLog();
    const headers = { Cookie: "__session=secret-token", Authorization: "Bearer secret-token" };
    const request = new Request("http://localhost/api/voices?search=secret-words", { headers });
    await log.remember(request, async () => new Response("", { headers: { "Set-Cookie": "secret-token" } }));
    const text = JSON.stringify(await list(log));
    expect(text).toContain("/api/voices");
    expect(text).not.toContain("secret");
  });

  it("remembers the last fifty, the newest first", async () => {
    const log = createRequestLog();
    for (let count = 0; count < 53; count += 1) {
      await log.remember(new Request(`http://localhost/${count}`), async () => audio());
    }
    const items = await list(log);
    expect(items).toHaveLength(50);
    expect(items[0]).toMatchObject({ number: 53, path: "/52" });
  });
});
