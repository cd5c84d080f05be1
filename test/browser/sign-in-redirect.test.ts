// A browser that opens audio after its session has expired: to the app's sign-in page and back. Needs chromium.
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { startLocalStack } from "../stack/local-stack.ts";
import { openAudioPage, tokenOf } from "./audio-page.ts";
import { it as base } from "./fixtures.ts";

const PATH = "/api/audio/gen_demo_ready";

const it = base
  /** A sign-in page that renews the session, as Clerk's does, or not. It returns to redirect_url at once. */
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires a destructuring pattern
  .extend("signInPage", { scope: "file" }, async ({}, { onCleanup }) => {
    const page: { visits: string[]; token: string; url: string } = { visits: [], token: "", url: "" };
    const server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? "", page.url);
      const returnUrl = searchParams.get("redirect_url") ?? "";
      page.visits.push(returnUrl);
      // Cookies of localhost are sent to every port.
      if (page.token) response.setHeader("Set-Cookie", `__session=${page.token}; Path=/; SameSite=Lax`);
      response.setHeader("Content-Type", "text/html");
      response.end(`<!doctype html><script>location.replace(${JSON.stringify(returnUrl)})</script>`);
    }).listen(0, "localhost");
    onCleanup(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    page.url = `http://localhost:${(server.address() as AddressInfo).port}/sign-in`;
    return page;
  })
  /** A stack whose SIGN_IN_URL is that page. */
  .extend("redirecting", { scope: "file" }, async ({ stack, signInPage }, { onCleanup }) => {
    const vars = join(stack.state, "redirecting.vars");
    await writeFile(vars, `SIGN_IN_URL=${signInPage.url}\n`);
    const redirecting = await startLocalStack({ vars });
    onCleanup(() => redirecting.stop());
    return redirecting;
  })
  .extend("app", async ({ redirecting, browser }, { onCleanup }) => {
    const context = await browser.newContext();
    onCleanup(() => context.close());
    return { context, ...(await openAudioPage(context, redirecting)) };
  });

it.beforeAll(({ redirecting: _redirecting }) => undefined);

describe("opening audio without a valid session", () => {
  it("ends at the audio when the sign-in page renews the session", async ({
    app: { page, context },
    redirecting,
    signInPage,
  }) => {
    signInPage.visits.length = 0;
    signInPage.token = tokenOf("org_demo");
    const played = page.waitForResponse((response) => response.url().includes(PATH) && response.ok());
    await page.goto(redirecting.url + PATH);
    expect((await played).headers()["content-type"]).toBe("audio/wav");
    expect(signInPage.visits).toEqual([expect.stringContaining(`${redirecting.url}${PATH}?sign_in_at=`)]);
    await context.clearCookies();
  });

  it("ends at 401 after one visit when the sign-in page does not help, instead of going round", async ({
    app: { page, statuses },
    redirecting,
    signInPage,
  }) => {
    signInPage.visits.length = 0;
    signInPage.token = "";
    const refused = page.waitForResponse((response) => response.status() === 401);
    await page.goto(redirecting.url + PATH);
    expect(await (await refused).json()).toEqual({ error: "Unauthorized" });
    await page.waitForTimeout(500);
    expect(signInPage.visits).toHaveLength(1);
    // 200 is the sign-in page, to which the first request was redirected.
    expect(statuses).toEqual([302, 200, 401]);
  });

  it("is 401 for a fetch, an audio element and a link with the attribute `download`, which gets no page to save", async ({
    app: { page, statuses },
    signInPage,
  }) => {
    signInPage.visits.length = 0;
    const failed = page.waitForEvent("download").then((download) => download.failure());
    const status = await page.evaluate(async (path) => {
      const response = await fetch(path);
      await new Promise((resolve) => {
        new Audio(path).onerror = resolve;
      });
      Object.assign(document.createElement("a"), { href: path, download: "words.wav" }).click();
      return response.status;
    }, PATH);
    expect(status).toBe(401);
    expect(await failed).not.toBeNull();
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(signInPage.visits).toEqual([]);
  });
});
