// Two organisations, every route that names a row, every state a row can be in: nothing crosses.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { call, replacing } from "./support/call.ts";
import { type AudioState, givenGeneration, givenVoice } from "./support/fixtures.ts";

const played: Record<AudioState, number> = { ready: 200, processing: 409, "object missing": 502 };
const told: Record<AudioState, number> = { ready: 200, processing: 200, "object missing": 200 };
const routes = [
  { path: "/api/audio/", given: givenGeneration, ownAnswer: played },
  { path: "/api/voices/", given: givenVoice, ownAnswer: played },
  { path: "/api/generations/", given: givenGeneration, ownAnswer: told },
  { path: "/api/voices/", suffix: "/metadata", given: givenVoice, ownAnswer: told },
];
const tenants = [
  { owner: "org_a", stranger: "org_b" },
  { owner: "org_b", stranger: "org_a" },
];

for (const { path, suffix = "", given, ownAnswer } of routes) {
  for (const { owner, stranger } of tenants) {
    for (const [state, status] of Object.entries(ownAnswer) as [AudioState, number][]) {
      describe(`GET ${path}{id}${suffix} of ${owner}, ${state}`, () => {
        it(`is ${status} to ${owner}`, async () => {
          const response = await call(path + (await given(owner, state)) + suffix, { as: owner });
          expect(response.status).toBe(status);
          await response.arrayBuffer();
        });

        it(`looks to ${stranger} just like an absent one, and its object is never read`, async () => {
          const keysRead: string[] = [];
          const reading = (key: string) => {
            keysRead.push(key);
            return env.AUDIO.get(key);
          };
          const asStranger = { as: stranger, env: { AUDIO: replacing(env.AUDIO, "get", reading) } };
          const foreign = await call(path + (await given(owner, state)) + suffix, asStranger);
          const absent = await call(path + crypto.randomUUID() + suffix, asStranger);
          expect(foreign.status).toBe(404);
          expect(await fingerprint(foreign)).toEqual(await fingerprint(absent));
          // A generation is looked for ahead of its row, among the stranger's own objects only.
          expect(keysRead.every((key) => key.startsWith(`generations/orgs/${stranger}/`))).toBe(true);
          if (path !== "/api/audio/") expect(keysRead).toEqual([]);
        });
      });
    }
  }
}

/** All of an answer but its own id, and the milliseconds it took. */
async function fingerprint(response: Response) {
  const { "x-request-id": _, ...headers } = Object.fromEntries(response.headers);
  const timing = headers["server-timing"]?.replaceAll(/dur=\d+/g, "dur");
  return {
    status: response.status,
    headers: { ...headers, "server-timing": timing },
    body: await response.text(),
  };
}
