// No organisation can see the rows of another one: every route that takes an id, every state of a row.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { withMethods } from "./support/bindings.ts";
import { call, statusOf } from "./support/call.ts";
import { type AudioState, givenGeneration, givenVoice } from "./support/fixtures.ts";
import { silentWav } from "./support/wav.ts";

const audioStatus: Record<AudioState, number> = { ready: 200, processing: 409, "object missing": 502 };
const metadataStatus: Record<AudioState, number> = { ready: 200, processing: 200, "object missing": 200 };
const linkStatus: Record<AudioState, number> = { ready: 200, processing: 409, "object missing": 200 };
const routes = [
  { path: "/api/audio/", given: givenGeneration, ownStatus: audioStatus },
  { path: "/api/voices/", given: givenVoice, ownStatus: audioStatus },
  { path: "/api/generations/", given: givenGeneration, ownStatus: metadataStatus },
  { path: "/api/voices/", suffix: "/metadata", given: givenVoice, ownStatus: metadataStatus },
  { path: "/api/audio/", suffix: "/peaks", given: pcm(givenGeneration), ownStatus: audioStatus },
  { path: "/api/voices/", suffix: "/peaks", given: pcm(givenVoice), ownStatus: audioStatus },
  { path: "/api/audio/", suffix: "/link", given: givenGeneration, ownStatus: linkStatus, method: "POST" },
  { path: "/api/voices/", suffix: "/link", given: givenVoice, ownStatus: linkStatus, method: "POST" },
];

/** `given`, of audio that has levels. */
function pcm(given: typeof givenVoice | typeof givenGeneration) {
  return (orgId: string, state: AudioState) => given(orgId, state, { bytes: silentWav(1), codec: "PCM" });
}

const tenants = [
  { owner: "org_a", other: "org_b" },
  { owner: "org_b", other: "org_a" },
];

for (const { path, suffix = "", given, ownStatus, method = "GET" } of routes) {
  for (const { owner, other } of tenants) {
    for (const [state, status] of Object.entries(ownStatus) as [AudioState, number][]) {
      describe(`${method} ${path}{id}${suffix} of a row of ${owner} (${state})`, () => {
        it(`is ${status} to ${owner}`, async () => {
          const id = await given(owner, state);
          expect(await statusOf(call(path + id + suffix, { as: owner, method }))).toBe(status);
        });

        it(`is 404 to ${other}, identical to an unknown id, and its object is not read`, async () => {
          const keysRead: string[] = [];
          const get = (key: string) => {
            keysRead.push(key);
            return env.AUDIO.get(key);
          };
          const levels = async (key: string) => keysRead.push(key);
          const bindings = { AUDIO: withMethods(env.AUDIO, { get }), ANALYSIS: { levels } };
          const asOther = { as: other, env: bindings, method };
          const foreign = await call(path + (await given(owner, state)) + suffix, asOther);
          const unknown = await call(path + crypto.randomUUID() + suffix, asOther);
          expect(foreign.status).toBe(404);
          expect(await fingerprint(foreign)).toEqual(await fingerprint(unknown));
          // The object of a generation is opened before D1 has answered, among the caller's own objects only.
          expect(keysRead.every((key) => key.startsWith(`generations/orgs/${other}/`))).toBe(true);
          if (path !== "/api/audio/" || suffix) expect(keysRead).toEqual([]);
        });
      });
    }
  }
}

const JSON_TYPE = { "Content-Type": "application/json" };
const changes = [
  {
    ...{ method: "PATCH", path: "/api/voices/", table: "voices", given: givenVoice },
    init: { headers: JSON_TYPE, body: '{"name":"Stolen"}' },
  },
  { method: "DELETE", path: "/api/voices/", table: "voices", given: givenVoice, init: {} },
  { method: "DELETE", path: "/api/generations/", table: "generations", given: givenGeneration, init: {} },
];

for (const { method, path, table, given, init } of changes) {
  describe(`${method} ${path}{id} of another organisation`, () => {
    it.each(["ready", "processing"] as const)(
      "is 404, identical to an unknown id, and changes neither its row nor its object (%s)",
      async (state) => {
        const id = await given("org_a", state);
        const stored = async () => {
          const row = await env.DB.prepare(`select * from ${table} where id = ?`).bind(id).first();
          const key = String(row?.r2_object_key);
          return { row, etag: (await env.AUDIO.head(key))?.etag };
        };
        const before = await stored();
        const writes: string[] = [];
        const AUDIO = withMethods(env.AUDIO, { delete: async (keys: string[]) => writes.push(...keys) });
        const asOther = { as: "org_b", method, ...init, env: { AUDIO } };
        const foreign = await call(path + id, asOther);
        const unknown = await call(path + crypto.randomUUID(), asOther);
        expect(foreign.status).toBe(404);
        expect(await fingerprint(foreign)).toEqual(await fingerprint(unknown));
        expect(await stored()).toEqual(before);
        expect(before.row).not.toBeNull();
        expect(writes).toEqual([]);
      },
    );
  });
}

it("POST /api/generations/delete names a generation of another organisation as one that was not found", async () => {
  const [own, foreign] = [await givenGeneration("org_b"), await givenGeneration("org_a")];
  const response = await call("/api/generations/delete", {
    ...{ as: "org_b", method: "POST", headers: JSON_TYPE },
    body: JSON.stringify({ ids: [foreign, "unknown", own] }),
  });
  expect(await response.json()).toEqual({ deleted: [own], notFound: [foreign, "unknown"] });
  expect(await statusOf(call(`/api/audio/${foreign}`, { as: "org_a" }))).toBe(200);
});

/** A response without its request id and its durations. */
async function fingerprint(response: Response) {
  const { "x-request-id": _, ...headers } = Object.fromEntries(response.headers);
  const timing = headers["server-timing"]?.replaceAll(/dur=\d+/g, "dur");
  return {
    status: response.status,
    headers: { ...headers, "server-timing": timing },
    body: await response.text(),
  };
}
