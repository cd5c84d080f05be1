// The D1 and R2 operations of a playback request, and what an isolate caches for how long.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { failing, withMethods } from "../support/bindings.ts";
import { call, newCountingIsolate, newIsolate, statusOf } from "../support/call.ts";
import { AUDIO_TEXT, givenGeneration, givenVoice, newOrg } from "../support/fixtures.ts";
import { claimsWith, sessionToken, signed } from "../support/tokens.ts";

const kinds = [
  { path: "/api/audio/", given: givenGeneration, table: "generations" },
  { path: "/api/voices/", given: givenVoice, table: "voices" },
];

afterEach(() => vi.useRealTimers());

for (const { path, given, table } of kinds) {
  describe(`GET ${path}{id}`, () => {
    it("takes one D1 query and one R2 read at first, and one R2 read once the row is cached", async () => {
      const url = path + (await given("org_a"));
      const { isolate, d1, r2 } = newCountingIsolate();
      await statusOf(call(url, { as: "org_a", isolate }));
      expect([d1, r2]).toEqual([{ "first-unconstrained": 1 }, { get: 1 }]);
      await statusOf(call(url, { as: "org_a", isolate, headers: { Range: "bytes=5-" } }));
      expect([d1, r2]).toEqual([{ "first-unconstrained": 1 }, { get: 2 }]);
    });

    it("answers a HEAD without reading the body from R2", async () => {
      const { isolate, r2 } = newCountingIsolate();
      const response = await call(path + (await given("org_a")), { as: "org_a", isolate, method: "HEAD" });
      expect(response.headers.get("Content-Length")).toBe(String(AUDIO_TEXT.length));
      expect(r2).toEqual({ head: 1 });
    });

    it("retries an R2 read that fails once, and is 502 when it fails twice", async () => {
      const url = path + (await given("org_a"));
      for (const [times, status] of [
        [1, 200],
        [2, 502],
      ] as const) {
        const overrides = { AUDIO: failing(env.AUDIO, "get", { times }) };
        expect(await statusOf(call(url, { as: "org_a", env: overrides }))).toBe(status);
      }
    });

    it("queries the primary before it answers 404 or 409", async () => {
      for (const [id, status] of [
        [crypto.randomUUID(), 404],
        [await given("org_a", "processing"), 409],
      ] as const) {
        const { isolate, d1, r2 } = newCountingIsolate();
        expect(await statusOf(call(path + id, { as: "org_a", isolate }))).toBe(status);
        // The object of a generation is opened before D1 has answered.
        const speculative = path === "/api/audio/" ? { get: 1 } : {};
        expect([d1, r2]).toEqual([{ "first-unconstrained": 1, "first-primary": 1 }, speculative]);
      }
    });

    it("does not cache that a row was processing", async () => {
      const id = await given("org_a", "processing");
      const isolate = newIsolate();
      expect((await call(path + id, { as: "org_a", isolate })).status).toBe(409);
      await env.AUDIO.put("ready-now", AUDIO_TEXT);
      await env.DB.prepare(`update ${table} set r2_object_key = 'ready-now' where id = ?`).bind(id).run();
      const response = await call(path + id, { as: "org_a", isolate });
      expect(await response.text()).toBe(AUDIO_TEXT);
    });

    it("is 404 at once when a cached row and its object have been deleted", async () => {
      const id = await given("org_a");
      const isolate = newIsolate();
      await statusOf(call(path + id, { as: "org_a", isolate }));
      const key = await env.DB.prepare(`delete from ${table} where id = ? returning r2_object_key as key`)
        .bind(id)
        .first<string>("key");
      await env.AUDIO.delete(key ?? "");
      expect((await call(path + id, { as: "org_a", isolate })).status).toBe(404);
    });

    it("caches a row for 60 seconds", async () => {
      const id = await given("org_a");
      const { isolate, d1 } = newCountingIsolate();
      await statusOf(call(path + id, { as: "org_a", isolate }));
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
      await statusOf(call(path + id, { as: "org_a", isolate }));
      expect(d1).toEqual({ "first-unconstrained": 2 });
    });

    it("is 401 without a session, whatever the conditional and Range headers", async () => {
      const url = path + (await given("org_a"));
      for (const headers of [{ Range: "bytes=9999-" }, { "If-None-Match": "*" }, { "If-Match": '"a"' }]) {
        for (const method of ["GET", "HEAD"]) {
          expect((await call(url, { method, headers })).status).toBe(401);
        }
      }
    });

    it("does not serve a cached row to another organisation or without a session", async () => {
      const id = await given("org_a");
      const isolate = newIsolate();
      await statusOf(call(path + id, { as: "org_a", isolate }));
      expect((await call(path + id, { as: "org_b", isolate })).status).toBe(404);
      expect((await call(path + id, { isolate })).status).toBe(401);
    });
  });
}

describe("a generation, whose object is opened before D1 has answered,", () => {
  const otherKey = "generations/elsewhere";

  it("is read again when its row has another key", async () => {
    const id = await givenGeneration("org_a", "ready", { r2ObjectKey: otherKey });
    await env.AUDIO.put(otherKey, "elsewhere");
    const { isolate, r2 } = newCountingIsolate();
    const response = await call(`/api/audio/${id}`, { as: "org_a", isolate });
    expect(await response.text()).toBe("elsewhere");
    expect(r2).toEqual({ get: 2 });
  });

  it.each([
    ["Range: bytes=9999-", { Range: "bytes=9999-" }],
    ['If-Match: "a"', { "If-Match": '"a"' }],
    ["If-None-Match: *", { "If-None-Match": "*" }],
  ])(
    "is 404 with %s when its row does not exist but its object does",
    async (_fact, headers: Record<string, string>) => {
      const id = await givenGeneration("org_a");
      await env.DB.prepare("delete from generations where id = ?").bind(id).run();
      const response = await call(`/api/audio/${id}`, { as: "org_a", headers });
      expect(response.status).toBe(404);
    },
  );

  it("is served when its object is stored between the two reads", async () => {
    const id = await givenGeneration("org_a", "object missing");
    let reads = 0;
    const get = async (key: string) => {
      reads += 1;
      if (reads === 1) return null;
      await env.AUDIO.put(key, AUDIO_TEXT);
      return env.AUDIO.get(key);
    };
    const AUDIO = withMethods(env.AUDIO, { get });
    const response = await call(`/api/audio/${id}`, { as: "org_a", env: { AUDIO } });
    expect(await response.text()).toBe(AUDIO_TEXT);
  });

  it("is 404 when it has no row and R2 fails", async () => {
    const broken = { AUDIO: failing(failing(env.AUDIO, "get"), "head") };
    expect((await call("/api/audio/none", { as: "org_a", env: broken })).status).toBe(404);
  });

  it("is not read from R2 under an id that cannot be part of a key", async () => {
    const { isolate, r2 } = newCountingIsolate();
    expect((await call("/api/audio/a%2Fb", { as: "org_a", isolate })).status).toBe(404);
    expect(r2).toEqual({});
  });
});

describe("a session token", () => {
  const verifications = () => vi.spyOn(crypto.subtle, "verify");

  it("is verified once by an isolate, and is 401 after its exp", async () => {
    const verify = verifications();
    try {
      const orgId = newOrg();
      const path = `/api/audio/${await givenGeneration(orgId)}`;
      const headers = { Authorization: `Bearer ${await sessionToken({ orgId, expiresInSeconds: 30 })}` };
      const isolate = newIsolate();
      for (let turn = 0; turn < 3; turn += 1) await statusOf(call(path, { headers, isolate }));
      expect(verify).toHaveBeenCalledTimes(1);
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 40_000 });
      expect((await call(path, { headers, isolate })).status).toBe(401);
    } finally {
      verify.mockRestore();
    }
  });

  it("is verified again after 60 seconds, also when it lasts longer", async () => {
    const verify = verifications();
    try {
      const orgId = newOrg();
      const path = `/api/audio/${await givenGeneration(orgId)}`;
      const headers = { Authorization: `Bearer ${await sessionToken({ orgId, expiresInSeconds: 3600 })}` };
      const isolate = newIsolate();
      await statusOf(call(path, { headers, isolate }));
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
      await statusOf(call(path, { headers, isolate }));
      expect(verify).toHaveBeenCalledTimes(2);
    } finally {
      verify.mockRestore();
    }
  });

  it("that was rejected because it is not yet valid is accepted once it is", async () => {
    const isolate = newIsolate();
    const now = Math.floor(Date.now() / 1000);
    const headers = { Authorization: `Bearer ${await signed(claimsWith({ nbf: now + 30, exp: now + 90 }))}` };
    const path = `/api/audio/${await givenGeneration("org_a")}`;
    expect((await call(path, { headers, isolate })).status).toBe(401);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31_000 });
    expect(await statusOf(call(path, { headers, isolate }))).toBe(200);
  });

  it("that was verified is rejected under other authorised parties", async () => {
    const path = `/api/audio/${await givenGeneration("org_a")}`;
    const headers = { Authorization: `Bearer ${await sessionToken({ orgId: "org_a" })}` };
    await statusOf(call(path, { headers, isolate: newIsolate() }));
    const elsewhere = newIsolate({ CLERK_AUTHORIZED_PARTIES: "https://elsewhere.example" });
    expect((await call(path, { headers, isolate: elsewhere })).status).toBe(401);
  });
});

it("an R2 read that fails while the body is sent aborts the response instead of ending it early", async () => {
  const path = `/api/audio/${await givenGeneration("org_a")}`;
  const get = async (key: string) => {
    const object = await env.AUDIO.get(key);
    await object?.body.cancel();
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(4));
        controller.error(new Error("R2 connection lost"));
      },
    });
    // A spread does not copy the accessors of an R2 object.
    const { size, httpEtag, uploaded } = object ?? {};
    return { ...object, size, httpEtag, uploaded, body };
  };
  const AUDIO = withMethods(env.AUDIO, { get });
  const response = await call(path, { as: "org_a", env: { AUDIO } });
  expect(response.status).toBe(200);
  await expect(response.arrayBuffer()).rejects.toThrow();
});
