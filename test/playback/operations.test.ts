// What a request costs, and what an isolate may remember.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { call, countingBucket, countingDatabase, failing, newIsolate, replacing } from "../support/call.ts";
import { AUDIO_TEXT, givenGeneration, givenVoice, newOrg } from "../support/fixtures.ts";
import { claimsWith, sessionToken, signed } from "../support/tokens.ts";

const kinds = [
  { path: "/api/audio/", given: givenGeneration, table: "generations" },
  { path: "/api/voices/", given: givenVoice, table: "voices" },
];

const newCountingIsolate = () => {
  const database = countingDatabase(env.DB);
  const bucket = countingBucket(env.AUDIO);
  const isolate = newIsolate({ DB: database.binding, AUDIO: bucket.binding });
  return { isolate, d1: database.calls, r2: bucket.calls };
};

afterEach(() => vi.useRealTimers());

for (const { path, given, table } of kinds) {
  describe(`GET ${path}{id}`, () => {
    it("costs one D1 query and one R2 read when cold, and one R2 read when warm", async () => {
      const url = path + (await given("org_a"));
      const { isolate, d1, r2 } = newCountingIsolate();
      await (await call(url, { as: "org_a", isolate })).arrayBuffer();
      expect([d1, r2]).toEqual([{ "first-unconstrained": 1 }, { get: 1 }]);
      await (await call(url, { as: "org_a", isolate, headers: { Range: "bytes=5-" } })).arrayBuffer();
      expect([d1, r2]).toEqual([{ "first-unconstrained": 1 }, { get: 2 }]);
    });

    it("does not open the body for a HEAD", async () => {
      const { isolate, r2 } = newCountingIsolate();
      const response = await call(path + (await given("org_a")), { as: "org_a", isolate, method: "HEAD" });
      expect(response.headers.get("Content-Length")).toBe(String(AUDIO_TEXT.length));
      expect(r2).toEqual({ head: 1 });
    });

    it("reads R2 again when a read fails once, and answers 502 when it fails twice", async () => {
      const url = path + (await given("org_a"));
      for (const [times, status] of [
        [1, 200],
        [2, 502],
      ] as const) {
        const response = await call(url, { as: "org_a", env: { AUDIO: failing(env.AUDIO, "get", times) } });
        expect(response.status).toBe(status);
        await response.arrayBuffer();
      }
    });

    it("asks the primary once more before it says 404 or 409", async () => {
      for (const [id, status] of [
        [crypto.randomUUID(), 404],
        [await given("org_a", "processing"), 409],
      ] as const) {
        const { isolate, d1, r2 } = newCountingIsolate();
        const response = await call(path + id, { as: "org_a", isolate });
        expect(response.status).toBe(status);
        // The object of a generation is looked for while D1 is asked.
        const ahead = path === "/api/audio/" ? { get: 1 } : {};
        expect([d1, r2]).toEqual([{ "first-unconstrained": 1, "first-primary": 1 }, ahead]);
      }
    });

    it("does not remember that a row was absent or processing", async () => {
      const id = await given("org_a", "processing");
      const isolate = newIsolate();
      expect((await call(path + id, { as: "org_a", isolate })).status).toBe(409);
      await env.AUDIO.put("ready-now", AUDIO_TEXT);
      await env.DB.prepare(`update ${table} set r2_object_key = 'ready-now' where id = ?`).bind(id).run();
      const response = await call(path + id, { as: "org_a", isolate });
      expect(await response.text()).toBe(AUDIO_TEXT);
    });

    it("notices at once that a remembered row and its object are gone", async () => {
      const id = await given("org_a");
      const isolate = newIsolate();
      await (await call(path + id, { as: "org_a", isolate })).arrayBuffer();
      const key = await env.DB.prepare(`delete from ${table} where id = ? returning r2_object_key as key`)
        .bind(id)
        .first<string>("key");
      await env.AUDIO.delete(key ?? "");
      expect((await call(path + id, { as: "org_a", isolate })).status).toBe(404);
    });

    it("forgets a row after 60 seconds", async () => {
      const id = await given("org_a");
      const { isolate, d1 } = newCountingIsolate();
      await (await call(path + id, { as: "org_a", isolate })).arrayBuffer();
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
      await (await call(path + id, { as: "org_a", isolate })).arrayBuffer();
      expect(d1).toEqual({ "first-unconstrained": 2 });
    });

    it("answers no condition and no range before the session", async () => {
      const url = path + (await given("org_a"));
      for (const headers of [{ Range: "bytes=9999-" }, { "If-None-Match": "*" }, { "If-Match": '"a"' }]) {
        for (const method of ["GET", "HEAD"]) {
          expect((await call(url, { method, headers })).status).toBe(401);
        }
      }
    });

    it("does not answer a stranger from what it remembers of the owner", async () => {
      const id = await given("org_a");
      const isolate = newIsolate();
      await (await call(path + id, { as: "org_a", isolate })).arrayBuffer();
      expect((await call(path + id, { as: "org_b", isolate })).status).toBe(404);
      expect((await call(path + id, { isolate })).status).toBe(401);
    });
  });
}

describe("a generation that is opened ahead of its row", () => {
  const strayKey = "generations/elsewhere";

  it("is read again under the key that its row has", async () => {
    const id = await givenGeneration("org_a", "ready", { r2ObjectKey: strayKey });
    await env.AUDIO.put(strayKey, "elsewhere");
    const { isolate, r2 } = newCountingIsolate();
    const response = await call(`/api/audio/${id}`, { as: "org_a", isolate });
    expect(await response.text()).toBe("elsewhere");
    expect(r2).toEqual({ get: 2 });
  });

  it.each([
    ["a range past its end", { Range: "bytes=9999-" }],
    ["another version's tag", { "If-Match": '"a"' }],
    ["its tag", { "If-None-Match": "*" }],
  ])("is not betrayed by %s when its row is gone", async (_fact, headers: Record<string, string>) => {
    const id = await givenGeneration("org_a");
    await env.DB.prepare("delete from generations where id = ?").bind(id).run();
    const response = await call(`/api/audio/${id}`, { as: "org_a", headers });
    expect(response.status).toBe(404);
  });

  it("plays when it was stored between the two reads", async () => {
    const id = await givenGeneration("org_a", "object missing");
    let reads = 0;
    const late = replacing(env.AUDIO, "get", async (key: string) => {
      reads += 1;
      if (reads === 1) return null;
      await env.AUDIO.put(key, AUDIO_TEXT);
      return env.AUDIO.get(key);
    });
    const response = await call(`/api/audio/${id}`, { as: "org_a", env: { AUDIO: late } });
    expect(await response.text()).toBe(AUDIO_TEXT);
  });

  it("is a 404 when neither row nor R2 answers for it", async () => {
    const broken = { AUDIO: failing(failing(env.AUDIO, "get"), "head") };
    expect((await call("/api/audio/none", { as: "org_a", env: broken })).status).toBe(404);
  });

  it("is not looked for under an id that none has", async () => {
    const { isolate, r2 } = newCountingIsolate();
    expect((await call("/api/audio/a%2Fb", { as: "org_a", isolate })).status).toBe(404);
    expect(r2).toEqual({});
  });
});

describe("a remembered token", () => {
  const verifications = () => vi.spyOn(crypto.subtle, "verify");

  it("is not verified again, and ends with its exp", async () => {
    const verify = verifications();
    try {
      const orgId = newOrg();
      const path = `/api/audio/${await givenGeneration(orgId)}`;
      const headers = { Authorization: `Bearer ${await sessionToken({ orgId, expiresInSeconds: 30 })}` };
      const isolate = newIsolate();
      for (let turn = 0; turn < 3; turn += 1) await (await call(path, { headers, isolate })).arrayBuffer();
      expect(verify).toHaveBeenCalledTimes(1);
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 40_000 });
      expect((await call(path, { headers, isolate })).status).toBe(401);
    } finally {
      verify.mockRestore();
    }
  });

  it("is verified again after 60 seconds, however long it lasts", async () => {
    const verify = verifications();
    try {
      const orgId = newOrg();
      const path = `/api/audio/${await givenGeneration(orgId)}`;
      const headers = { Authorization: `Bearer ${await sessionToken({ orgId, expiresInSeconds: 3600 })}` };
      const isolate = newIsolate();
      await (await call(path, { headers, isolate })).arrayBuffer();
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
      await (await call(path, { headers, isolate })).arrayBuffer();
      expect(verify).toHaveBeenCalledTimes(2);
    } finally {
      verify.mockRestore();
    }
  });

  it("is never remembered as refused", async () => {
    const isolate = newIsolate();
    const now = Math.floor(Date.now() / 1000);
    const headers = { Authorization: `Bearer ${await signed(claimsWith({ nbf: now + 30, exp: now + 90 }))}` };
    const path = `/api/audio/${await givenGeneration("org_a")}`;
    expect((await call(path, { headers, isolate })).status).toBe(401);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31_000 });
    const response = await call(path, { headers, isolate });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  });

  it("does not serve another deployment's settings", async () => {
    const path = `/api/audio/${await givenGeneration("org_a")}`;
    const headers = { Authorization: `Bearer ${await sessionToken({ orgId: "org_a" })}` };
    await (await call(path, { headers, isolate: newIsolate() })).arrayBuffer();
    const elsewhere = newIsolate({ CLERK_AUTHORIZED_PARTIES: "https://elsewhere.example" });
    expect((await call(path, { headers, isolate: elsewhere })).status).toBe(401);
  });
});

it("an object that breaks off while it is sent is an aborted answer, never a short 200", async () => {
  const path = `/api/audio/${await givenGeneration("org_a")}`;
  const breaking = new Proxy(env.AUDIO, {
    get(bucket, name) {
      if (name !== "get") return Reflect.get(bucket, name).bind(bucket);
      return async (key: string) => {
        const object = await bucket.get(key);
        await object?.body.cancel();
        const body = new ReadableStream({
          pull(controller) {
            controller.enqueue(new Uint8Array(4));
            controller.error(new Error("R2 broke off"));
          },
        });
        return (
          object && {
            ...object,
            size: object.size,
            httpEtag: object.httpEtag,
            uploaded: object.uploaded,
            body,
          }
        );
      };
    },
  });
  const response = await call(path, { as: "org_a", env: { AUDIO: breaking } });
  expect(response.status).toBe(200);
  await expect(response.arrayBuffer()).rejects.toThrow();
});
