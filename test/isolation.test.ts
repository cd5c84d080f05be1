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
