// What a page of another origin gets of audio with its visitor's session cookie, without CORS. Needs chromium.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { describe, expect } from "vitest";
import { startLocalStack } from "../stack/local-stack.ts";
import { openAudioPage, play, storeVoice, tokenOf } from "./audio-page.ts";
import { launchWithThirdPartyCookies } from "./chromium.ts";
import { it as base } from "./fixtures.ts";

const demo = tokenOf("org_demo");

// The stack is on localhost. A page on another port has another origin; its site is its host without the port.
const SAME_SITE = "localhost";
const CROSS_SITE = "127.0.0.1";

const it = base
  /** The port of a server of empty pages. */
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires a destructuring pattern
  .extend("foreignPort", { scope: "file" }, async ({}, { onCleanup }) => {
    const server = createServer((_request, response) => {
      response.setHeader("Content-Type", "text/html").end("<!doctype html>");
    }).listen(0, "127.0.0.1");
    onCleanup(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    return (server.address() as AddressInfo).port;
  })
  /** A stack whose APP_ORIGINS has the same-site page. */
  .extend("allowingStack", { scope: "file" }, async ({ stack, foreignPort }, { onCleanup }) => {
    const vars = join(stack.state, "allowing.vars");
    await writeFile(vars, `APP_ORIGINS=http://${SAME_SITE}:${foreignPort}\n`);
    const allowing = await startLocalStack({ vars });
    onCleanup(() => allowing.stop());
    return allowing;
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires a destructuring pattern
  .extend("context", async ({}, { onCleanup }) => {
    const profile = await mkdtemp(join(tmpdir(), "resonance-profile-"));
    const context = await launchWithThirdPartyCookies(profile);
    onCleanup(async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    });
    return context;
  });

it.beforeAll(({ allowingStack: _allowingStack }) => undefined);

/** Replaces the session cookie by one that is sent across sites, as Clerk sets it inside a frame of another site. */
const signInAcrossSites = (context: BrowserContext) =>
  context.addCookies([
    { name: "__session", value: demo, domain: "localhost", path: "/", sameSite: "None", secure: true },
  ]);

/** What a fetch without CORS gives away: that is what the events of an image, a script or a preload show. */
const probe = (page: Page, url: string): Promise<"answered" | "blocked"> =>
  page.evaluate(
    (target) =>
      fetch(target, { mode: "no-cors", credentials: "include", cache: "no-store" }).then(
        () => "answered" as const,
        () => "blocked" as const,
      ),
    url,
  );

describe("a page of another origin", () => {
  it.for([
    ["on the same site, with Clerk's SameSite=Lax cookie,", SAME_SITE],
    ["on another site, with a SameSite=None cookie,", CROSS_SITE],
  ] as const)(
    "%s can neither play audio nor tell from an answer whether it exists",
    async ([, host], { stack, context, foreignPort }) => {
      const path = await storeVoice(stack, "org_demo");
      const app = await openAudioPage(context, stack);
      await app.signIn(demo);
      expect(await play(app.page, path)).toBe("played");
      if (host === CROSS_SITE) await signInAcrossSites(context);
      await app.page.goto(`http://${host}:${foreignPort}/`);
      const before = app.statuses.length;
      expect(await play(app.page, `${stack.url}${path}?foreign`)).toBe("failed");
      expect(await probe(app.page, stack.url + path)).toBe("blocked");
      expect(await probe(app.page, `${stack.url}/api/voices/none`)).toBe("blocked");
      // The cookie was sent: it is the browser that withholds the answers.
      expect(app.statuses.slice(before)).toEqual([206, 200, 404]);
    },
  );

  it("on the same site can play audio once APP_ORIGINS is set, which the browser cannot restrict to its origins", async ({
    allowingStack,
    context,
    foreignPort,
  }) => {
    const path = await storeVoice(allowingStack, "org_demo");
    const app = await openAudioPage(context, allowingStack);
    await app.signIn(demo);
    await app.page.goto(`http://${SAME_SITE}:${foreignPort}/`);
    expect(await play(app.page, allowingStack.url + path)).toBe("played");
  });

  it("on another site cannot play audio with a SameSite=None cookie, not even once APP_ORIGINS is set", async ({
    allowingStack,
    context,
    foreignPort,
  }) => {
    const path = await storeVoice(allowingStack, "org_demo");
    const app = await openAudioPage(context, allowingStack);
    await app.signIn(demo);
    await signInAcrossSites(context);
    await app.page.goto(`http://${CROSS_SITE}:${foreignPort}/`);
    const before = app.statuses.length;
    expect(await play(app.page, allowingStack.url + path)).toBe("failed");
    expect(await probe(app.page, allowingStack.url + path)).toBe("blocked");
    expect(app.statuses.slice(before)).toEqual([206, 200]);
  });
});
