// System voices while the edge cache stores nothing, fails, hangs, loses what it stored, or does not exist.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { failing, withMethods } from "../support/bindings.ts";
import { bytesOf, call, newIsolate, statusOf } from "../support/call.ts";
import { givenVoice } from "../support/fixtures.ts";
import { captureLog, type LogLine } from "../support/log.ts";

const BYTES = crypto.getRandomValues(new Uint8Array(54_641));

const play = (id: string, isolate: Env, headers: HeadersInit = {}) =>
  call(`/api/voices/${id}`, { as: "org_a", isolate, headers });
const cacheStatusOf = async (pending: Promise<Response>) => {
  const response = await pending;
  await response.arrayBuffer();
  return response.headers.get("Cache-Status");
};

const failures = (lines: LogLine[]) => lines.filter(({ event }) => event === "edge_cache_failed");

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

async function seekTenTimes(id: string, isolate: Env): Promise<void> {
  for (let seek = 0; seek < 10; seek += 1) {
    const from = seek * 5000;
    const response = await play(id, isolate, { Range: `bytes=${from}-${from + 999}` });
    expect(response.status).toBe(206);
    expect(await bytesOf(response)).toEqual(BYTES.slice(from, from + 1000));
  }
}

const injected = () => Promise.reject(new Error("injected fault"));
const hang = () => new Promise<never>(() => undefined);

/** Replaces what `caches.open` returns by the real cache with some of its methods replaced. */
async function withCacheMethods(methods: Parameters<typeof withMethods<Cache>>[1]): Promise<void> {
  const cache = withMethods(await caches.open("system-voices"), methods);
  vi.spyOn(caches, "open").mockResolvedValue(cache);
}

/** Cloudflare's `put` where no cache is available: it reads the response and resolves. */
const storeNothing = () =>
  withCacheMethods({ put: async (_key: unknown, response: Response) => void (await response.arrayBuffer()) });

/** Makes timers of `milliseconds` fire at once. */
function expireTimers(milliseconds: number): void {
  const original = globalThis.setTimeout;
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((handler: () => void, delay: number) =>
    original(handler, delay === milliseconds ? 0 : delay)) as typeof setTimeout);
}

const WITHOUT_FILL = 10_000;
const WITH_ONE_FILL = WITHOUT_FILL + BYTES.byteLength;

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("with an edge cache", () => {
  it.each<[string, number, () => void | Promise<void>]>([
    ["stores nothing", WITH_ONE_FILL, storeNothing],
    ["fails to store", WITH_ONE_FILL, () => withCacheMethods({ put: injected })],
    ["fails to look up", WITHOUT_FILL, () => withCacheMethods({ match: injected })],
    ["cannot be opened", WITHOUT_FILL, () => void vi.spyOn(caches, "open").mockImplementation(injected)],
    ["does not exist", WITHOUT_FILL, () => void vi.stubGlobal("caches", undefined)],
    [
      "does not answer a look-up within two seconds",
      WITHOUT_FILL,
      async () => {
        await withCacheMethods({ match: hang });
        expireTimers(2_000);
      },
    ],
    [
      "does not store within twenty seconds",
      WITH_ONE_FILL,
      async () => {
        await withCacheMethods({ put: hang });
        expireTimers(20_000);
      },
    ],
  ])(
    "that %s, ten seeks of 1,000 bytes are right and read %i bytes from R2, and one line is logged",
    async (_fault, expectedBytes, breakCache) => {
      const id = await givenVoice(null, "ready", { bytes: BYTES });
      const lines = captureLog();
      await breakCache();
      const { bucket, read } = meteredBucket();
      await seekTenTimes(id, newIsolate({ AUDIO: bucket }));
      expect(read.bytes).toBe(expectedBytes);
      expect(failures(lines)).toMatchObject([{ pausedSeconds: 300 }]);
    },
  );

  it("that loses the bytes right after it has stored them, ten seeks read them whole from R2 once", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const cache = await caches.open("system-voices");
    const kept = new Set<string>();
    await withCacheMethods({
      put: async (url: string, response: Response) => {
        await cache.put(url, response);
        kept.add(url);
      },
      // Finds an entry once: that is the look-up by which a fill verifies it.
      match: async (request: Request | string) =>
        kept.delete(typeof request === "string" ? request : request.url) ? cache.match(request) : undefined,
    });
    const { bucket, read } = meteredBucket();
    await seekTenTimes(id, newIsolate({ AUDIO: bucket }));
    expect(read.bytes).toBe(WITH_ONE_FILL);
  });

  it("that fails for ten requests at the same time, one line is logged", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    await withCacheMethods({ match: injected });
    const lines = captureLog();
    const isolate = newIsolate();
    const statuses = await Promise.all(Array.from({ length: 10 }, () => statusOf(play(id, isolate))));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(failures(lines)).toHaveLength(1);
  });

  it("that did not work, an isolate tries it again after five minutes, and then serves from it", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    await storeNothing();
    const isolate = newIsolate();
    expect(await cacheStatusOf(play(id, isolate))).toBe("Resonance; fwd=uri-miss; stored");
    vi.restoreAllMocks();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 299_000 });
    expect(await cacheStatusOf(play(id, isolate))).toBe("Resonance; fwd=uri-miss");
    vi.setSystemTime(Date.now() + 2_000);
    expect(await cacheStatusOf(play(id, isolate))).toBe("Resonance; fwd=uri-miss; stored");
    expect(await cacheStatusOf(play(id, isolate))).toBe("Resonance; hit");
  });

  it("that fails only for the bytes, a voice is served from R2", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    await statusOf(play(id, newIsolate()));
    const cache = await caches.open("system-voices");
    await withCacheMethods({
      match: (request: Request | string) => (typeof request === "string" ? cache.match(request) : injected()),
    });
    expect(await bytesOf(play(id, newIsolate()))).toEqual(BYTES);
  });

  it("that works, a fill that R2 fails does not pause it: other voices are served from it", async () => {
    const cached = await givenVoice(null, "ready", { bytes: BYTES });
    await statusOf(play(cached, newIsolate()));
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const lines = captureLog();
    // The play reads once; the fill reads twice, because a failed read is repeated.
    const isolate = newIsolate({ AUDIO: failing(env.AUDIO, "get", { after: 1, times: 2 }) });
    expect(await bytesOf(play(id, isolate))).toEqual(BYTES);
    expect(lines.map(({ event }) => event)).toContain("edge_fill_failed");
    expect(failures(lines)).toEqual([]);
    expect(await cacheStatusOf(play(cached, isolate))).toBe("Resonance; hit");
  });
});
