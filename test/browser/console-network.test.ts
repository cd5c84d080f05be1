// What opening the console's voices view transfers, measured by Chromium's own network log. Needs chromium.
import type { CDPSession } from "playwright-core";
import { describe, expect } from "vitest";
import { signIn, voiceCard } from "./console-page.ts";
import { it } from "./fixtures.ts";

const AUDIO = /^\/api\/(?:audio|voices)\/[^/]+$/;
const LISTS_AND_PEAKS = /^\/api\/(?:voices|generations)$|\/peaks$/;
/** Five times what the demo's 23 voices take, compressed. Drawn from their audio, they took 660,000. */
const MAX_BYTES = 20_000;
/** Without a new request for this long, the view has loaded what it wants. */
const QUIET_MS = 2_000;

/** The requests to the service from now on, with the bytes on the wire of each. */
async function recordNetwork(session: CDPSession) {
  const requests = new Map<string, { path: string; bytes: number }>();
  session.on("Network.requestWillBeSent", ({ requestId, request }) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/api/")) requests.set(requestId, { path: pathname, bytes: 0 });
  });
  session.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    const request = requests.get(requestId);
    if (request) request.bytes += encodedDataLength;
  });
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  return () => [...requests.values()];
}

const sum = (requests: { bytes: number }[]) => requests.reduce((total, { bytes }) => total + bytes, 0);

describe("opening the voices view", () => {
  it("transfers the list and peaks, and no byte of audio before Play", async ({ page }) => {
    await signIn(page, "org_demo");
    const recorded = await recordNetwork(await page.context().newCDPSession(page));
    await page.reload();
    await voiceCard(page, "Aaron").waitFor();
    // Cards far down are in view as well.
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    let count = 0;
    while (count !== recorded().length) {
      count = recorded().length;
      await page.waitForTimeout(QUIET_MS);
    }
    const opened = recorded();
    const audio = opened.filter(({ path }) => AUDIO.test(path));
    console.log(
      `Opening the voices view: ${opened.length} requests, ${sum(opened)} bytes, of which audio ${sum(audio)}`,
    );
    expect(audio).toEqual([]);
    expect(opened.filter(({ path }) => !LISTS_AND_PEAKS.test(path))).toEqual([]);
    expect(sum(opened)).toBeGreaterThan(1_000);
    expect(sum(opened)).toBeLessThan(MAX_BYTES);
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.getByRole("button", { name: "Play Aaron" }).click();
    await expect.poll(() => sum(recorded().filter(({ path }) => AUDIO.test(path)))).toBeGreaterThan(0);
  });
});
