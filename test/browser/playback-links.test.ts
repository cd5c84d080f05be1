// Playback links in Chromium: playing on after the session has expired, without cookies, on other sites, and downloads.
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { LOCAL_LINK_SECRET } from "../../dev/identities.ts";
import { signLink } from "../../src/playback/link-token.ts";
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

const NAME = "Grandma’s words: 声";
const SAVED_AS = "Grandma’s words_ 声.wav";
/** A session token of org_demo that expired half a minute ago. */
const expired = execFileSync("npm", ["run", "-s", "token", "--", "--org", "org_demo", "--expires-in=-30"], {
  encoding: "utf8",
}).trim();

const it = base
  /** A page that is signed in to org_demo. */
  .extend("app", async ({ stack, browser }, { onCleanup }) => {
    const context = await browser.newContext();
    onCleanup(() => context.close());
    const app = await openAudioPage(context, stack);
    await app.signIn(tokenOf("org_demo"));
    return { ...app, signOut: () => context.clearCookies() };
  })
  /** The URL of an empty page on another site. The stack is on localhost. */
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires a destructuring pattern
  .extend("foreignUrl", { scope: "file" }, async ({}, { onCleanup }) => {
    const server = createServer((_request, response) => {
      response.setHeader("Content-Type", "text/html").end("<!doctype html>");
    }).listen(0, "127.0.0.1");
    onCleanup(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

it.beforeAll(({ longGeneration: _longGeneration }) => undefined);

/** Asks for a link as the app's client does. */
const createLink = (page: Page, path: string): Promise<string> =>
  page.evaluate(async (url) => {
    const response = await fetch(`${url}/link`, { method: "POST" });
    return ((await response.json()) as { url: string }).url;
  }, path);

/** Follows a plain link in the page. */
const follow = (page: Page, href: string) =>
  page.evaluate((url) => {
    const link = Object.assign(document.createElement("a"), { href: url });
    document.body.append(link);
    link.click();
  }, href);

describe("a seek in a long file after the session has expired", () => {
  it("fails without a link", async ({ app, longGeneration: { path } }) => {
    expect(await play(app.page, path)).toBe("played");
    await app.signIn(expired);
    expect(await playFrom(app.page, 170)).toBe("failed");
  });

  it("plays on with a link", async ({ app, longGeneration: { path } }) => {
    const url = await createLink(app.page, path);
    expect(await play(app.page, url)).toBe("played");
    await app.signIn(expired);
    const before = app.statuses.length;
    expect(await playFrom(app.page, 170)).toBe("played");
    expect(await playFrom(app.page, 60)).toBe("played");
    expect(app.statuses.length).toBeGreaterThan(before);
    expect(new Set(app.statuses.slice(before))).toEqual(new Set([206]));
  });
});

describe("a download by navigation after the session has expired", () => {
  it("shows an error instead of saving a file without a link", async ({ app, longGeneration }) => {
    await app.signIn(expired);
    const response = await app.page.goto(new URL(longGeneration.path, app.page.url()).href);
    expect(response?.status()).toBe(401);
    expect(response?.headers()["content-type"]).toBe("application/json");
  });

  it("saves the file under the name that the link asks for", async ({ app, longGeneration }) => {
    const { path, wav } = longGeneration;
    const url = await createLink(app.page, path);
    await app.signIn(expired);
    const downloading = app.page.waitForEvent("download");
    await follow(app.page, `${url}&download=${encodeURIComponent(NAME)}`);
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(SAVED_AS);
    expect((await readFile(await download.path())).equals(wav)).toBe(true);
  });
});

describe("a player without cookies", () => {
  it("plays and seeks by a link, and plays nothing without one", async ({
    app,
    browser,
    stack,
    longGeneration: { path },
  }) => {
    const url = await createLink(app.page, path);
    const context = await browser.newContext();
    const { page } = await openAudioPage(context, stack);
    expect(await play(page, path)).toBe("failed");
    expect(await play(page, url)).toBe("played");
    expect(await playFrom(page, 120)).toBe("played");
    await context.close();
  });

  it("plays by a link in a page of another site, as a Chromecast does, which cannot read it", async ({
    app,
    browser,
    stack,
    foreignUrl,
  }) => {
    const path = await storeVoice(stack, "org_demo");
    const url = stack.url + (await createLink(app.page, path));
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(foreignUrl);
    expect(await play(page, stack.url + path)).toBe("failed");
    expect(await play(page, url)).toBe("played");
    const read = (target: string) =>
      fetch(target).then(
        () => "read",
        () => "blocked",
      );
    expect(await page.evaluate(read, url)).toBe("blocked");
    await context.close();
  });
});

describe("what Chromium has cached of a link", () => {
  it("is replayed without a request, and after a sign-out plays on until the link expires", async ({
    app,
    stack,
  }) => {
    const path = await storeGeneration(stack, "org_demo");
    const url = await createLink(app.page, path);
    const before = app.statuses.length;
    const first = await fetchAudio(app.page, url);
    expect(first.status).toBe(200);
    expect(await fetchAudio(app.page, url)).toEqual(first);
    expect(app.statuses.slice(before)).toEqual([200]);
    await app.signOut();
    expect(await fetchAudio(app.page, url)).toEqual(first);
    expect(app.statuses.slice(before)).toEqual([200, 304]);
    await app.signIn(tokenOf("org_free"));
    expect(await fetchAudio(app.page, url)).toEqual(first);
  });

  it("is not replayed once the link has expired", async ({ app, stack }) => {
    const path = await storeGeneration(stack, "org_demo");
    const url = await linkFor(path, 4);
    expect((await fetchAudio(app.page, url)).status).toBe(200);
    expect(await play(app.page, url)).toBe("played");
    await sleep(5_000);
    expect((await fetchAudio(app.page, url)).status).toBe(401);
    await app.page.reload();
    expect(await play(app.page, url)).toBe("failed");
  });

  it("is 404 at the next request after someone else deleted the voice", async ({ app, stack }) => {
    const path = await storeVoice(stack, "org_demo");
    const url = await createLink(app.page, path);
    expect((await fetchAudio(app.page, url)).status).toBe(200);
    const headers = { Authorization: `Bearer ${tokenOf("org_demo")}` };
    expect((await fetch(stack.url + path, { method: "DELETE", headers })).status).toBe(204);
    // As Clerk does each minute, no later than what is cached becomes stale.
    await app.signIn(tokenOf("org_demo"));
    expect((await fetchAudio(app.page, url)).status).toBe(404);
  });
});

/** A link of a generation of org_demo that expires in `seconds`. */
async function linkFor(path: string, seconds: number): Promise<string> {
  const [id = "", secret = ""] = LOCAL_LINK_SECRET.split(":");
  const expiresAt = Math.floor(Date.now() / 1000) + seconds;
  const audio = { kind: "generation", id: path.replace("/api/audio/", "") } as const;
  const token = await signLink({ id, secret }, { orgId: "org_demo", ...audio, expiresAt });
  return `${path}?link=${token}`;
}
