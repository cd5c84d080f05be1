// What Chromium's HTTP cache replays of private audio after a change of session. Needs chromium.
import { describe, expect } from "vitest";
import {
  fetchAudio,
  openAudioPage,
  play,
  playFrom,
  storeGeneration,
  storeVoice,
  tokenOf,
} from "./audio-page.ts";
import { it as base } from "./fixtures.ts";

const demo = tokenOf("org_demo");
/** A renewed token of the same organisation. */
const renewed = tokenOf("org_demo");
const other = tokenOf("org_free");

const it = base
  /** A page that is signed in to org_demo. */
  .extend("app", async ({ stack, browser }, { onCleanup }) => {
    const context = await browser.newContext();
    onCleanup(() => context.close());
    const app = await openAudioPage(context, stack);
    await app.signIn(demo);
    return { ...app, signOut: () => context.clearCookies() };
  });

// In a hook, so that its time does not count against the test that uses it.
it.beforeAll(({ longGeneration: _longGeneration }) => undefined);

describe.each([
  ["a custom voice", storeVoice],
  ["a generation", storeGeneration],
])("%s that Chromium has cached", (_kind, store) => {
  it("is replayed to the same token without a request, and costs a 304 after the token was renewed", async ({
    app,
    stack,
  }) => {
    const path = await store(stack, "org_demo");
    const first = await fetchAudio(app.page, path);
    expect(first.status).toBe(200);
    expect(await fetchAudio(app.page, path)).toEqual(first);
    expect(app.statuses).toEqual([200]);
    await app.signIn(renewed);
    expect(await fetchAudio(app.page, path)).toEqual(first);
    expect(app.statuses).toEqual([200, 304]);
  });

  it("is 404 after a switch to another organisation, by fetch and by an audio element", async ({
    app,
    stack,
  }) => {
    const path = await store(stack, "org_demo");
    expect(await play(app.page, path)).toBe("played");
    expect((await fetchAudio(app.page, path)).status).toBe(200);
    await app.signIn(other);
    expect((await fetchAudio(app.page, path)).status).toBe(404);
    await app.page.reload();
    expect(await play(app.page, path)).toBe("failed");
  });

  it("is 401 after a sign-out, by fetch and by an audio element", async ({ app, stack }) => {
    const path = await store(stack, "org_demo");
    expect(await play(app.page, path)).toBe("played");
    expect((await fetchAudio(app.page, path)).status).toBe(200);
    await app.signOut();
    expect((await fetchAudio(app.page, path)).status).toBe(401);
    await app.page.reload();
    expect(await play(app.page, path)).toBe("failed");
  });
});

describe("a voice that Chromium has cached", () => {
  it("is 404 once the token was renewed after someone else deleted it", async ({ app, stack }) => {
    const path = await storeVoice(stack, "org_demo");
    expect((await fetchAudio(app.page, path)).status).toBe(200);
    const headers = { Authorization: `Bearer ${renewed}` };
    expect((await fetch(stack.url + path, { method: "DELETE", headers })).status).toBe(204);
    await app.signIn(renewed);
    expect((await fetchAudio(app.page, path)).status).toBe(404);
    expect(await play(app.page, path)).toBe("failed");
  });

  it("is 404 at once after this browser deleted it", async ({ app, stack }) => {
    const path = await storeVoice(stack, "org_demo");
    expect((await fetchAudio(app.page, path)).status).toBe(200);
    // RFC 9111 §4.4: a successful DELETE of a URL invalidates what is stored for it.
    const remove = async (url: string) => (await fetch(url, { method: "DELETE" })).status;
    expect(await app.page.evaluate(remove, path)).toBe(204);
    expect((await fetchAudio(app.page, path)).status).toBe(404);
  });

  it("is 401 after a sign-out also when it is a system voice, which is public by its Cache-Control", async ({
    app,
  }) => {
    const path = "/api/voices/voice_system_gavin";
    expect((await fetchAudio(app.page, path)).status).toBe(200);
    await app.signOut();
    expect((await fetchAudio(app.page, path)).status).toBe(401);
  });
});

describe("an audio element", () => {
  it("seeks and plays on after the token was renewed, also in a new document", async ({
    app,
    longGeneration: { path },
  }) => {
    expect(await play(app.page, path)).toBe("played");
    await app.signIn(renewed);
    expect(await playFrom(app.page, 170)).toBe("played");
    expect(await playFrom(app.page, 60)).toBe("played");
    await app.signIn(tokenOf("org_demo"));
    await app.page.reload();
    const before = app.statuses.length;
    expect(await play(app.page, path)).toBe("played");
    expect(await playFrom(app.page, 170)).toBe("played");
    expect(app.statuses.length).toBeGreaterThan(before);
    expect(app.statuses.every((status) => status === 206 || status === 304)).toBe(true);
  });
});
