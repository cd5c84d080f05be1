// System voices in the edge cache: what is cached, for how long, and what happens when the cache fails.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { edgeUrlOf } from "../../src/playback/edge-cache.ts";
import { failing, withMethods } from "../support/bindings.ts";
import { bytesOf, call, newCountingIsolate, newIsolate, statusOf } from "../support/call.ts";
import { givenVoice } from "../support/fixtures.ts";
import { captureLog } from "../support/log.ts";

const BYTES = crypto.getRandomValues(new Uint8Array(5000));
const NEW_BYTES = crypto.getRandomValues(new Uint8Array(4000));

const play = (id: string, isolate: Env, headers: HeadersInit = {}, method = "GET") =>
  call(`/api/voices/${id}`, { as: "org_a", isolate, headers, method });

async function givenCachedVoice(): Promise<string> {
  const id = await givenVoice(null, "ready", { bytes: BYTES });
  await statusOf(play(id, newIsolate()));
  return id;
}

/** Where the Worker of the tests caches a voice. */
const edgeUrl = (id: string) => edgeUrlOf("https://app.example.com/", id);

/** Replaces what `caches.open` returns by the real cache with some of its methods replaced. */
async function withCacheMethods(methods: Parameters<typeof withMethods<Cache>>[1]): Promise<void> {
  const cache = withMethods(await caches.open("system-voices"), methods);
  vi.spyOn(caches, "open").mockResolvedValue(cache);
}

/** A bucket that adds up the bytes that its reads request. */
function meteredBucket() {
  const read = { bytes: 0 };
  const bucket = withMethods(env.AUDIO, {
    get: async (key: string, options: R2GetOptions & { range?: { length?: number } }) => {
      const object = await env.AUDIO.get(key, options);
      read.bytes += options.range?.length ?? object?.size ?? 0;
      return object;
    },
  });
  return { bucket, read };
}

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

  it("whose bytes the edge cache has evicted is served from R2 and cached again", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const isolate = newIsolate();
    const filled = await play(id, isolate);
    const etag = filled.headers.get("ETag") ?? "";
    await filled.arrayBuffer();
    const cache = await caches.open("system-voices");
    expect(await cache.delete(`${edgeUrl(id)}/${encodeURIComponent(etag)}`)).toBe(true);
    const response = await play(id, isolate);
    expect(cacheStatus(response)).toBe("Resonance; fwd=uri-miss; stored");
    expect(await bytesOf(response)).toEqual(BYTES);
  });

  it("that is cached is served while R2 is down", async () => {
    const id = await givenCachedVoice();
    const response = await play(id, newIsolate({ AUDIO: failing(env.AUDIO, "get") }));
    expect(await bytesOf(response)).toEqual(BYTES);
  });
});

describe("the edge URL of a cached voice", () => {
  it("is on the host of the request and is 404 for a client, with a session and without", async () => {
    const id = await givenCachedVoice();
    const url = edgeUrl(id);
    const cache = await caches.open("system-voices");
    const current = await cache.match(url);
    const { etag } = await (current as Response).json<{ etag: string }>();
    const bodyUrl = `${url}/${encodeURIComponent(etag)}`;
    expect((await bytesOf((await cache.match(bodyUrl)) as Response)).byteLength).toBe(BYTES.byteLength);
    for (const path of [url, bodyUrl].map((cached) => new URL(cached).pathname)) {
      expect((await call(path, { as: "org_a" })).status).toBe(404);
      expect((await call(path)).status).toBe(404);
    }
  });

  it("differs between hosts, so that one deployment never plays what another one cached", async () => {
    const id = "voice a/b";
    expect(edgeUrlOf("https://app.example.com/api/voices/x?y#z", id)).toBe(
      "https://app.example.com/api/voices/voice%20a%2Fb/edge-cache",
    );
    expect(edgeUrlOf("https://staging.example.com/api/voices/x", id)).toMatch(/^https:\/\/staging\./);
  });
});

describe("with an edge cache that does not work", () => {
  const BIG = crypto.getRandomValues(new Uint8Array(54_641));
  const injected = () => Promise.reject(new Error("injected fault"));

  /** Ten seeks of 1,000 bytes, and the bytes that they read from R2. */
  async function seekTenTimes(id: string, isolate: Env): Promise<void> {
    for (let seek = 0; seek < 10; seek += 1) {
      const from = seek * 5000;
      const response = await play(id, isolate, { Range: `bytes=${from}-${from + 999}` });
      expect(response.status).toBe(206);
      expect(await bytesOf(response)).toEqual(BIG.slice(from, from + 1000));
    }
  }

  it.each<[string, number, () => Promise<void>]>([
    ["stores nothing", 10_000 + BIG.byteLength, () => withCacheMethods({ put: consumeWithoutStoring })],
    ["fails to store", 10_000 + BIG.byteLength, () => withCacheMethods({ put: injected })],
    ["fails to look up", 10_000, () => withCacheMethods({ match: injected })],
    ["cannot be opened", 10_000, async () => void vi.spyOn(caches, "open").mockImplementation(injected)],
  ])(
    "that %s, ten seeks of 1,000 bytes are right and read %i bytes from R2, and one line is logged",
    async (_fault, expectedBytes, breakCache) => {
      const id = await givenVoice(null, "ready", { bytes: BIG });
      await breakCache();
      const lines = captureLog();
      const { bucket, read } = meteredBucket();
      await seekTenTimes(id, newIsolate({ AUDIO: bucket }));
      expect(read.bytes).toBe(expectedBytes);
      expect(lines.filter(({ event }) => event === "edge_cache_failed")).toMatchObject([
        { pausedSeconds: 300 },
      ]);
    },
  );

  it("an isolate tries the cache again after five minutes, and then serves from it", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    await withCacheMethods({ put: consumeWithoutStoring });
    const isolate = newIsolate();
    expect(cacheStatus(await play(id, isolate))).toBe("Resonance; fwd=uri-miss; stored");
    vi.restoreAllMocks();
    expect(cacheStatus(await play(id, isolate))).toBe("Resonance; fwd=uri-miss");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 5 * 60_000 + 1 });
    expect(cacheStatus(await play(id, isolate))).toBe("Resonance; fwd=uri-miss; stored");
    expect(cacheStatus(await play(id, isolate))).toBe("Resonance; hit");
  });

  it("a voice whose bytes cannot be read from it is served from R2", async () => {
    const id = await givenCachedVoice();
    const cache = await caches.open("system-voices");
    await withCacheMethods({
      match: (request: Request | string) => (typeof request === "string" ? cache.match(request) : injected()),
    });
    expect(await bytesOf(play(id, newIsolate()))).toEqual(BYTES);
  });
});

/** Cloudflare's `put` where no cache is available: it reads the response and resolves. */
async function consumeWithoutStoring(_key: unknown, response: Response): Promise<void> {
  await response.arrayBuffer();
}

describe("a custom voice", () => {
  it("is never stored in the edge cache", async () => {
    const id = await givenVoice("org_a", "ready", { bytes: BYTES });
    const puts = vi.spyOn(Cache.prototype, "put");
    try {
      for (let turn = 0; turn < 2; turn += 1) {
        const response = await play(id, newIsolate());
        expect(cacheStatus(response)).toBe("Resonance; fwd=bypass");
        await response.arrayBuffer();
      }
      expect(puts).not.toHaveBeenCalled();
    } finally {
      puts.mockRestore();
    }
    const cache = await caches.open("system-voices");
    expect(await cache.match(edgeUrl(id))).toBeUndefined();
  });
});
