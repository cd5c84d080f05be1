// What Chromium's HTTP cache replays of private audio after a change of session, and what pages of other origins get.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Page } from "playwright-core";
import { describe, expect } from "vitest";
import { it as base } from "./fixtures.ts";
import { risingTone } from "./given-rows.ts";

const tokenOf = (orgId: string) =>
  execFileSync("npm", ["run", "-s", "token", "--", "--org", orgId], { encoding: "utf8" }).trim();

const demoCookie = tokenOf("org_demo");
/** A renewed token of the same session: Clerk renews it each minute. */
const renewedCookie = tokenOf("org_demo");
const otherCookie = tokenOf("org_free");

interface Fetched {
  status: number;
  bytes: number;
}

const it = base
  /** A page of the app's origin, signed in to org_demo, and the server's answers to its requests for audio. */
  .extend("app", async ({ stack, browser }, { onCleanup }) => {
    const context = await browser.newContext();
    onCleanup(() => context.close());
    const page = await context.newPage();
    // A document of the origin without a policy. Not page.route, which disables the HTTP cache.
    await page.goto(`${stack.url}/__dev/polar/events`);
    const statuses = await networkStatuses(context, page);
    const signIn = (value: string) =>
      context.addCookies([{ name: "__session", value, url: stack.url, sameSite: "Lax" }]);
    await signIn(demoCookie);
    return { page, context, statuses, signIn };
  })
  /** The path of a new voice of org_demo. */
  .extend("voicePath", async ({ stack }) => {
    const query = new URLSearchParams({ name: "Cached", category: "GENERAL", language: "en-US" });
    const created = await fetch(`${stack.url}/api/voices/create?${query}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${demoCookie}`, "Content-Type": "audio/wav" },
      body: new Uint8Array(risingTone(11)),
    });
    const { id } = (await created.json()) as { id: string };
    return `/api/voices/${id}`;
  });

/** The statuses that the server sends for audio, as the network stack sees them: a replay from the cache adds none. */
async function networkStatuses(context: BrowserContext, page: Page): Promise<number[]> {
  const statuses: number[] = [];
  const protocol = await context.newCDPSession(page);
  await protocol.send("Network.enable");
  const audioRequests = new Set<string>();
  protocol.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (/\/api\/(voices|audio)\//.test(request.url)) audioRequests.add(requestId);
  });
  protocol.on("Network.responseReceivedExtraInfo", ({ requestId, statusCode }) => {
    if (audioRequests.has(requestId)) statuses.push(statusCode);
  });
  return statuses;
}

/** Fetches as the app's client does: with the browser's default cache mode. */
const fetchAudio = (page: Page, path: string): Promise<Fetched> =>
  page.evaluate(async (url) => {
    const response = await fetch(url);
    return { status: response.status, bytes: (await response.arrayBuffer()).byteLength };
  }, path);

/**
 * Plays in a new audio element for a moment. Chromium keeps what a document has played in the document's memory, so only
 * the element of a new document asks the HTTP cache.
 */
const play = (page: Page, src: string): Promise<"played" | "failed"> =>
  page.evaluate(
    (url) =>
      new Promise<"played" | "failed">((resolve) => {
        const player = new Audio(url);
        player.onerror = () => resolve("failed");
        player.ontimeupdate = () => {
          if (player.currentTime < 0.2) return;
          player.pause();
          resolve("played");
        };
        player.play().catch(() => undefined);
      }),
    src,
  );

describe("private audio that Chromium has cached", () => {
  it("is replayed to the same token without a request, and costs a 304 after the token was renewed", async ({
    app,
    voicePath,
  }) => {
    const first = await fetchAudio(app.page, voicePath);
    expect(first.status).toBe(200);
    expect(await fetchAudio(app.page, voicePath)).toEqual(first);
    expect(app.statuses).toEqual([200]);
    await app.signIn(renewedCookie);
    expect(await fetchAudio(app.page, voicePath)).toEqual(first);
    expect(app.statuses).toEqual([200, 304]);
  });

  it("is 404 after a switch to another organisation, by fetch and by an audio element", async ({
    app,
    voicePath,
  }) => {
    expect(await play(app.page, voicePath)).toBe("played");
    expect((await fetchAudio(app.page, voicePath)).status).toBe(200);
    await app.signIn(otherCookie);
    expect((await fetchAudio(app.page, voicePath)).status).toBe(404);
    await app.page.reload();
    expect(await play(app.page, voicePath)).toBe("failed");
  });

  it("is 401 after a sign-out, by fetch and by an audio element", async ({ app, voicePath }) => {
    expect(await play(app.page, voicePath)).toBe("played");
    expect((await fetchAudio(app.page, voicePath)).status).toBe(200);
    await app.context.clearCookies();
    expect((await fetchAudio(app.page, voicePath)).status).toBe(401);
    await app.page.reload();
    expect(await play(app.page, voicePath)).toBe("failed");
  });

  it("is 404 after its deletion once the token was renewed", async ({ app, voicePath }) => {
    expect((await fetchAudio(app.page, voicePath)).status).toBe(200);
    const deleted = await app.page.evaluate(
      async (url) => (await fetch(url, { method: "DELETE" })).status,
      voicePath,
    );
    expect(deleted).toBe(204);
    await app.signIn(renewedCookie);
    expect((await fetchAudio(app.page, voicePath)).status).toBe(404);
    expect(await play(app.page, voicePath)).toBe("failed");
  });

  it("is 401 after a sign-out also when it is a system voice, which is public by its Cache-Control", async ({
    app,
  }) => {
    const path = "/api/voices/voice_system_gavin";
    expect((await fetchAudio(app.page, path)).status).toBe(200);
    await app.context.clearCookies();
    expect((await fetchAudio(app.page, path)).status).toBe(401);
  });
});

describe("a page of another origin on the same site", () => {
  it("cannot play audio with its visitor's cookie, which the browser sends", async ({ app, voicePath }) => {
    const foreign = createServer((_request, response) => {
      response.setHeader("Content-Type", "text/html").end("<!doctype html>");
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => foreign.once("listening", resolve));
    try {
      const url = new URL(voicePath, app.page.url()).href;
      expect(await play(app.page, url)).toBe("played");
      // Another port is another origin of the same site: cookies, which know no ports, are sent.
      await app.page.goto(`http://localhost:${(foreign.address() as AddressInfo).port}/`);
      expect(await play(app.page, `${url}?foreign`)).toBe("failed");
      expect(app.statuses.at(-1)).toBeLessThan(300);
    } finally {
      foreign.close();
    }
  });
});
