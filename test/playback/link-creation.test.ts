// POST /api/audio/{id}/link and /api/voices/{id}/link: who gets a link, and what it says.
import { afterEach, describe, expect, it, vi } from "vitest";
import { bytesOf, call, newCountingIsolate } from "../support/call.ts";
import { AUDIO_TEXT, givenGeneration, givenVoice, newOrg } from "../support/fixtures.ts";
import { createLink } from "../support/links.ts";
import { sessionToken } from "../support/tokens.ts";
import { itRejectsUnauthenticated } from "../support/unauthenticated.ts";

afterEach(() => vi.useRealTimers());

const kinds = [
  { path: "/api/audio/", given: givenGeneration, metadata: (id: string) => `/api/generations/${id}` },
  { path: "/api/voices/", given: givenVoice, metadata: (id: string) => `/api/voices/${id}/metadata` },
];

describe.each(kinds)("POST $path{id}/link", ({ path, given, metadata }) => {
  itRejectsUnauthenticated(`${path}x/link`, { method: "POST" });

  it("answers a relative URL that plays the audio without a session, and when it expires: in an hour", async () => {
    const now = new Date("2026-11-26T12:00:00.700Z");
    vi.useFakeTimers({ toFake: ["Date"], now });
    const orgId = newOrg();
    const id = await given(orgId);
    const link = await createLink(path + id, { as: orgId });
    expect(link).toEqual({
      url: expect.stringMatching(new RegExp(`^${path}${id}\\?link=[\\w.-]+$`)),
      expiresAt: "2026-11-26T13:00:00.000Z",
    });
    const played = await call(link.url);
    expect(played.status).toBe(200);
    expect(new TextDecoder().decode(await bytesOf(played))).toBe(AUDIO_TEXT);
  });

  it("is not cached, and costs one row and no object", async () => {
    const orgId = newOrg();
    const id = await given(orgId);
    const { isolate, d1, r2 } = newCountingIsolate();
    const response = await call(`${path}${id}/link`, { method: "POST", as: orgId, isolate });
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect({ d1, r2 }).toEqual({ d1: { "first-unconstrained": 1 }, r2: {} });
  });

  it("is 409 while the audio is not stored", async () => {
    const orgId = newOrg();
    const id = await given(orgId, "processing");
    const response = await call(`${path}${id}/link`, { method: "POST", as: orgId });
    expect(response.status).toBe(409);
  });

  it("with the session cookie and a foreign Origin is 403", async () => {
    const orgId = newOrg();
    const id = await given(orgId);
    const Cookie = `__session=${await sessionToken({ orgId })}`;
    const post = (headers: Record<string, string>) =>
      call(`${path}${id}/link`, { method: "POST", headers: { Cookie, ...headers } });
    expect((await post({ Origin: "https://evil.example" })).status).toBe(403);
    expect((await post({ Origin: "https://app.example.com" })).status).toBe(200);
  });

  it("is 404 for members when LINK_SECRET is unset, and the metadata has no linkUrl", async () => {
    const orgId = newOrg();
    const id = await given(orgId);
    const env = { LINK_SECRET: "" };
    const response = await call(`${path}${id}/link`, { method: "POST", as: orgId, env });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: "This service has no playback links" });
    expect(await (await call(metadata(id), { as: orgId, env })).json()).toMatchObject({ linkUrl: null });
  });

  it("is where the metadata's linkUrl points to, which is null while the audio is not stored", async () => {
    const orgId = newOrg();
    const linkUrlOf = async (id: string) =>
      ((await (await call(metadata(id), { as: orgId })).json()) as { linkUrl: string | null }).linkUrl;
    const id = await given(orgId);
    expect(await linkUrlOf(id)).toBe(`${path}${id}/link`);
    expect(await linkUrlOf(await given(orgId, "processing"))).toBeNull();
  });

  it("cannot be called with a link instead of a session", async () => {
    const orgId = newOrg();
    const id = await given(orgId);
    const { url } = await createLink(path + id, { as: orgId });
    const response = await call(url.replace("?", "/link?"), { method: "POST" });
    expect(response.status).toBe(401);
  });
});

it("a failed generation has no link: 409", async () => {
  const orgId = newOrg();
  const id = await givenGeneration(orgId, "processing", { failedAt: new Date() });
  expect((await call(`/api/audio/${id}/link`, { method: "POST", as: orgId })).status).toBe(409);
});

it("the ids of a path need not be plain: a link of a voice with a space in its id plays", async () => {
  const id = await givenVoice(null, "ready", { id: `a voice ${crypto.randomUUID()}` });
  const { url } = await createLink(`/api/voices/${encodeURIComponent(id)}`, { as: newOrg() });
  expect((await call(url)).status).toBe(200);
});

it("links are signed with the first key of LINK_SECRET, and every key verifies", async () => {
  const [older, newer] = [`old:${"o".repeat(32)}`, `new:${"n".repeat(32)}`];
  const orgId = newOrg();
  const path = `/api/audio/${await givenGeneration(orgId)}`;
  const link = async (LINK_SECRET: string) =>
    (await createLink(path, { as: orgId, env: { LINK_SECRET } })).url;
  const statusWith = async (url: string, LINK_SECRET: string) => {
    const response = await call(url, { env: { LINK_SECRET } });
    await response.arrayBuffer();
    return response.status;
  };
  const before = await link(older);
  const rotated = `${newer}, ${older}`;
  const after = await link(rotated);
  expect([await statusWith(before, rotated), await statusWith(after, rotated)]).toEqual([200, 200]);
  expect([await statusWith(before, newer), await statusWith(after, newer)]).toEqual([401, 200]);
  expect(await statusWith(after, older)).toBe(401);
});
