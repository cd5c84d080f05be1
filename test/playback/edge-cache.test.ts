// System voices in the edge cache: what is cached, under which URL and for how long.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { failing } from "../support/bindings.ts";
import { bytesOf, call, newCountingIsolate, newIsolate, statusOf } from "../support/call.ts";
import { givenVoice } from "../support/fixtures.ts";

const BYTES = crypto.getRandomValues(new Uint8Array(5000));
const NEW_BYTES = crypto.getRandomValues(new Uint8Array(4000));

const play = (id: string, isolate: Env, headers: HeadersInit = {}, method = "GET") =>
  call(`/api/voices/${id}`, { as: "org_a", isolate, headers, method });

async function givenCachedVoice(): Promise<string> {
  const id = await givenVoice(null, "ready", { bytes: BYTES });
  await statusOf(play(id, newIsolate()));
  return id;
}

const HOST = "https://app.example.com";
/** The URLs under which the Worker of the tests caches a voice: its current version, and the bytes of that. */
const versionUrl = (id: string, host = HOST) => `${host}/api/voices/${id}/edge-cache`;
const bytesUrl = (id: string, etag: string) => `${versionUrl(id)}/${encodeURIComponent(etag)}`;

const cacheStatus = (response: Response) => response.headers.get("Cache-Status");

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("a system voice", () => {
  it("that is not cached takes one D1 query and one R2 read to serve, and one R2 read to fill the edge cache", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const { isolate, d1, r2 } = newCountingIsolate();
    const response = await play(id, isolate);
    expect(cacheStatus(response)).toBe("Resonance; fwd=uri-miss; stored");
    expect(await bytesOf(response)).toEqual(BYTES);
    expect({ d1, r2 }).toEqual({ d1: { "first-unconstrained": 1 }, r2: { get: 2 } });
  });

  it.each([
    ["the isolate that filled it", true],
    ["another isolate", false],
  ])(
    "that is cached is served by %s without D1 and R2: whole, range, 304 and HEAD",
    async (_isolate, isSame) => {
      const id = await givenVoice(null, "ready", { bytes: BYTES });
      const filler = newCountingIsolate();
      await statusOf(play(id, filler.isolate));
      const { isolate, d1, r2 } = isSame ? filler : newCountingIsolate();
      const before = { d1: { ...d1 }, r2: { ...r2 } };

      const whole = await play(id, isolate);
      expect(cacheStatus(whole)).toBe("Resonance; hit");
      expect(whole.headers.get("Cache-Control")).toBe("public, max-age=86400");
      expect(await bytesOf(whole)).toEqual(BYTES);
      const part = await play(id, isolate, { Range: "bytes=100-199" });
      expect([part.status, cacheStatus(part)]).toEqual([206, "Resonance; hit"]);
      expect(await bytesOf(part)).toEqual(BYTES.slice(100, 200));
      const unmodified = await play(id, isolate, { "If-None-Match": whole.headers.get("ETag") ?? "" });
      expect([unmodified.status, cacheStatus(unmodified)]).toEqual([304, "Resonance; hit"]);
      const head = await play(id, isolate, {}, "HEAD");
      expect([head.status, head.headers.get("Content-Length")]).toEqual([200, "5000"]);
      expect({ d1, r2 }).toEqual(before);
    },
  );

  it("is cached as a whole after a cache miss with a Range header, which is itself answered by 206", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const first = await play(id, newIsolate(), { Range: "bytes=4000-" });
    expect([first.status, cacheStatus(first)]).toEqual([206, "Resonance; fwd=uri-miss; stored"]);
    expect(await bytesOf(first)).toEqual(BYTES.slice(4000));
    const { isolate, d1, r2 } = newCountingIsolate();
    expect(await bytesOf(play(id, isolate))).toEqual(BYTES);
    expect({ d1, r2 }).toEqual({ d1: {}, r2: {} });
  });

  it("is stored in the edge cache once when 50 parallel requests miss it", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const { isolate, r2 } = newCountingIsolate();
    const responses = await Promise.all(Array.from({ length: 50 }, () => play(id, isolate)));
    for (const response of responses) expect(await bytesOf(response)).toEqual(BYTES);
    expect(responses.filter((response) => cacheStatus(response)?.endsWith("stored"))).toHaveLength(1);
    expect(r2).toEqual({ get: 51 });
  });

  it("that is cached is 401 without a session", async () => {
    const id = await givenCachedVoice();
    const response = await call(`/api/voices/${id}`);
    expect(response.status).toBe(401);
    expect(cacheStatus(response)).toBeNull();
  });

  it("is confirmed by D1 and R2 after 60 seconds, without its bytes being stored again", async () => {
    const id = await givenCachedVoice();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    const { isolate, d1, r2 } = newCountingIsolate();
    const response = await play(id, isolate);
    expect(cacheStatus(response)).toBe("Resonance; fwd=uri-miss; stored");
    expect(await bytesOf(response)).toEqual(BYTES);
    expect({ d1, r2 }).toEqual({ d1: { "first-unconstrained": 1 }, r2: { get: 1 } });
  });

  it("that was replaced is served in its new version within 60 seconds", async () => {
    const id = await givenCachedVoice();
    await env.AUDIO.put(`voices/system/${id}`, NEW_BYTES);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    const isolate = newIsolate();
    expect(await bytesOf(play(id, isolate))).toEqual(NEW_BYTES);
    const hit = await play(id, isolate);
    expect(cacheStatus(hit)).toBe("Resonance; hit");
    expect(await bytesOf(hit)).toEqual(NEW_BYTES);
  });

  it("that was deleted is 404 within 60 seconds, also in an isolate that has cached it", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const isolate = newIsolate();
    await statusOf(play(id, isolate));
    await env.DB.prepare("delete from voices where id = ?").bind(id).run();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    expect((await play(id, isolate)).status).toBe(404);
    expect((await play(id, newIsolate())).status).toBe(404);
  });

  it("that is cached takes one look-up in the edge cache to play, and none for a HEAD, a 304 or a 416", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const isolate = newIsolate();
    const filled = await play(id, isolate);
    const etag = filled.headers.get("ETag") ?? "";
    await filled.arrayBuffer();
    const lookUps = vi.spyOn(Cache.prototype, "match");
    for (const headers of [{}, { Range: "bytes=9-" }]) {
      lookUps.mockClear();
      await statusOf(play(id, isolate, headers));
      expect(lookUps).toHaveBeenCalledTimes(1);
    }
    lookUps.mockClear();
    expect(await statusOf(play(id, isolate, {}, "HEAD"))).toBe(200);
    expect(await statusOf(play(id, isolate, { "If-None-Match": etag }))).toBe(304);
    expect(await statusOf(play(id, isolate, { Range: `bytes=${BYTES.length}-` }))).toBe(416);
    expect(lookUps).not.toHaveBeenCalled();
  });

  it("whose bytes the edge cache has evicted is served from R2, and cached again after a minute", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const isolate = newIsolate();
    const filled = await play(id, isolate);
    const etag = filled.headers.get("ETag") ?? "";
    await filled.arrayBuffer();
    const cache = await caches.open("system-voices");
    expect(await cache.delete(bytesUrl(id, etag))).toBe(true);
    const response = await play(id, isolate);
    expect(cacheStatus(response)).toBe("Resonance; fwd=uri-miss");
    expect(await bytesOf(response)).toEqual(BYTES);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
    expect(cacheStatus(await play(id, isolate))).toBe("Resonance; fwd=uri-miss; stored");
    const hit = await play(id, isolate);
    expect(cacheStatus(hit)).toBe("Resonance; hit");
    expect(await bytesOf(hit)).toEqual(BYTES);
  });

  it("that is cached is served while R2 is down", async () => {
    const id = await givenCachedVoice();
    const response = await play(id, newIsolate({ AUDIO: failing(env.AUDIO, "get") }));
    expect(await bytesOf(response)).toEqual(BYTES);
  });
});

describe("the URL under which a voice is cached", () => {
  it("has the host of the request, and is 404 for a client with a session and without", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const puts = vi.spyOn(Cache.prototype, "put");
    const filled = await play(id, newIsolate());
    const urls = [bytesUrl(id, filled.headers.get("ETag") ?? ""), versionUrl(id)];
    await filled.arrayBuffer();
    expect(puts.mock.calls.map(([url]) => url)).toEqual(urls);
    const cache = await caches.open("system-voices");
    for (const url of urls) {
      await (await cache.match(url))?.body?.cancel();
      for (const method of ["GET", "HEAD", "POST", "DELETE"]) {
        expect(await statusOf(call(url, { as: "org_a", method }))).toBe(404);
        expect(await statusOf(call(url, { method }))).toBe(404);
      }
    }
  });

  it("is another one for another host: a deployment never plays what another one has cached", async () => {
    const id = await givenCachedVoice();
    const { isolate, d1, r2 } = newCountingIsolate();
    const response = await call(`https://staging.example.com/api/voices/${id}`, { as: "org_a", isolate });
    expect(cacheStatus(response)).toBe("Resonance; fwd=uri-miss; stored");
    expect(await bytesOf(response)).toEqual(BYTES);
    expect({ d1, r2 }).toEqual({ d1: { "first-unconstrained": 1 }, r2: { get: 2 } });
  });

  it.each([
    ["over 100 characters", "a".repeat(101)],
    ["a slash", "a%2Fb"],
    ["a colon", "a:b"],
  ])("does not exist for an id with %s, so that no request makes the edge cache fail", async (_fact, id) => {
    await givenVoice(null, "ready", { id: decodeURIComponent(id), bytes: BYTES });
    const [lookUps, puts] = [vi.spyOn(Cache.prototype, "match"), vi.spyOn(Cache.prototype, "put")];
    const response = await play(id, newIsolate());
    expect(cacheStatus(response)).toBe("Resonance; fwd=uri-miss");
    expect(await bytesOf(response)).toEqual(BYTES);
    expect(lookUps).not.toHaveBeenCalled();
    expect(puts).not.toHaveBeenCalled();
  });
});

describe("a custom voice", () => {
  it("is never stored in the edge cache", async () => {
    const id = await givenVoice("org_a", "ready", { bytes: BYTES });
    const puts = vi.spyOn(Cache.prototype, "put");
    for (let turn = 0; turn < 2; turn += 1) {
      const response = await play(id, newIsolate());
      expect(cacheStatus(response)).toBe("Resonance; fwd=bypass");
      await response.arrayBuffer();
    }
    expect(puts).not.toHaveBeenCalled();
  });
});
