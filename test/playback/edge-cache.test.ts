import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { call, countingBucket, countingDatabase, failing, newIsolate } from "../support/call.ts";
import { givenVoice } from "../support/fixtures.ts";

const BYTES = crypto.getRandomValues(new Uint8Array(5000));
const NEW_BYTES = crypto.getRandomValues(new Uint8Array(4000));

const newCountingIsolate = () => {
  const database = countingDatabase(env.DB);
  const bucket = countingBucket(env.AUDIO);
  const isolate = newIsolate({ DB: database.binding, AUDIO: bucket.binding });
  return { isolate, operations: () => ({ d1: { ...database.calls }, r2: { ...bucket.calls } }) };
};
const NONE = { d1: {}, r2: {} };

const play = (id: string, isolate: Env, headers: HeadersInit = {}, method = "GET") =>
  call(`/api/voices/${id}`, { as: "org_a", isolate, headers, method });

async function givenCachedVoice(): Promise<string> {
  const id = await givenVoice(null, "ready", { bytes: BYTES });
  await (await play(id, newIsolate())).arrayBuffer();
  return id;
}

const status = (response: Response) => response.headers.get("Cache-Status");
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

afterEach(() => vi.useRealTimers());

describe("a system voice in the edge cache", () => {
  it("takes one D1 query and one R2 read to answer, and one R2 read behind the answer to fill", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const { isolate, operations } = newCountingIsolate();
    const response = await play(id, isolate);
    expect(status(response)).toBe("Resonance; fwd=uri-miss; stored");
    expect(await bytesOf(response)).toEqual(BYTES);
    expect(operations()).toEqual({ d1: { "first-unconstrained": 1 }, r2: { get: 2 } });
  });

  it.each([
    ["the isolate that filled it", true],
    ["another isolate", false],
  ])("is then answered by %s without D1 and R2", async (_fact, same) => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const filler = newCountingIsolate();
    await (await play(id, filler.isolate)).arrayBuffer();
    const { isolate, operations } = same ? filler : newCountingIsolate();
    const before = operations();

    const whole = await play(id, isolate);
    expect(status(whole)).toBe("Resonance; hit");
    expect(whole.headers.get("Cache-Control")).toBe("public, max-age=86400");
    expect(await bytesOf(whole)).toEqual(BYTES);
    const part = await play(id, isolate, { Range: "bytes=100-199" });
    expect([part.status, status(part)]).toEqual([206, "Resonance; hit"]);
    expect(await bytesOf(part)).toEqual(BYTES.slice(100, 200));
    const unmodified = await play(id, isolate, { "If-None-Match": whole.headers.get("ETag") ?? "" });
    expect([unmodified.status, status(unmodified)]).toEqual([304, "Resonance; hit"]);
    const head = await play(id, isolate, {}, "HEAD");
    expect([head.status, head.headers.get("Content-Length")]).toEqual([200, "5000"]);
    expect(operations()).toEqual(before);
  });

  it("is filled by a ranged miss, which answers with its range at once", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const first = await play(id, newIsolate(), { Range: "bytes=4000-" });
    expect([first.status, status(first)]).toEqual([206, "Resonance; fwd=uri-miss; stored"]);
    expect(await bytesOf(first)).toEqual(BYTES.slice(4000));
    const { isolate, operations } = newCountingIsolate();
    expect(await bytesOf(await play(id, isolate))).toEqual(BYTES);
    expect(operations()).toEqual(NONE);
  });

  it("is filled once under 50 parallel misses", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const { isolate, operations } = newCountingIsolate();
    const responses = await Promise.all(Array.from({ length: 50 }, () => play(id, isolate)));
    for (const response of responses) expect(await bytesOf(response)).toEqual(BYTES);
    expect(responses.filter((response) => status(response)?.endsWith("stored"))).toHaveLength(1);
    expect(operations().r2).toEqual({ get: 51 });
  });

  it("is not to be had without a session, cached or not", async () => {
    const id = await givenCachedVoice();
    const response = await call(`/api/voices/${id}`);
    expect(response.status).toBe(401);
    expect(status(response)).toBeNull();
  });

  it("is known for 60 seconds and then confirmed by D1 and R2, without its bytes being stored again", async () => {
    const id = await givenCachedVoice();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    const { isolate, operations } = newCountingIsolate();
    const response = await play(id, isolate);
    expect(status(response)).toBe("Resonance; fwd=uri-miss; stored");
    expect(await bytesOf(response)).toEqual(BYTES);
    expect(operations()).toEqual({ d1: { "first-unconstrained": 1 }, r2: { get: 1 } });
  });

  it("is served in its new version within 60 seconds of being replaced", async () => {
    const id = await givenCachedVoice();
    await env.AUDIO.put(`voices/system/${id}`, NEW_BYTES);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    const isolate = newIsolate();
    expect(await bytesOf(await play(id, isolate))).toEqual(NEW_BYTES);
    const hit = await play(id, isolate);
    expect(status(hit)).toBe("Resonance; hit");
    expect(await bytesOf(hit)).toEqual(NEW_BYTES);
  });

  it("is 404 within 60 seconds of being deleted, also in the isolate that remembers it", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const isolate = newIsolate();
    await (await play(id, isolate)).arrayBuffer();
    await env.DB.prepare("delete from voices where id = ?").bind(id).run();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    expect((await play(id, isolate)).status).toBe(404);
    expect((await play(id, newIsolate())).status).toBe(404);
  });

  it("is answered from R2 when the cache has dropped its bytes", async () => {
    const id = await givenVoice(null, "ready", { bytes: BYTES });
    const isolate = newIsolate();
    const filled = await play(id, isolate);
    const etag = filled.headers.get("ETag") ?? "";
    await filled.arrayBuffer();
    const cache = await caches.open("system-voices");
    expect(await cache.delete(`https://voices.invalid/${id}/${encodeURIComponent(etag)}`)).toBe(true);
    const response = await play(id, isolate);
    expect(status(response)).toBe("Resonance; fwd=uri-miss; stored");
    expect(await bytesOf(response)).toEqual(BYTES);
  });

  it("is answered from R2 when the cache fails", async () => {
    const id = await givenCachedVoice();
    const open = vi.spyOn(caches, "open").mockRejectedValue(new Error("injected fault"));
    try {
      expect(await bytesOf(await play(id, newIsolate()))).toEqual(BYTES);
    } finally {
      open.mockRestore();
    }
  });

  it("plays although R2 is down", async () => {
    const id = await givenCachedVoice();
    const response = await play(id, newIsolate({ AUDIO: failing(env.AUDIO, "get") }));
    expect(await bytesOf(response)).toEqual(BYTES);
  });
});

describe("a private audio", () => {
  it("never enters the edge cache", async () => {
    const id = await givenVoice("org_a", "ready", { bytes: BYTES });
    const puts = vi.spyOn(Cache.prototype, "put");
    try {
      for (let turn = 0; turn < 2; turn += 1) {
        const response = await play(id, newIsolate());
        expect(status(response)).toBe("Resonance; fwd=bypass");
        await response.arrayBuffer();
      }
      expect(puts).not.toHaveBeenCalled();
    } finally {
      puts.mockRestore();
    }
    const cache = await caches.open("system-voices");
    expect(await cache.match(`https://voices.invalid/${id}`)).toBeUndefined();
  });
});
