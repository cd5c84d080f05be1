// What the console downloads to draw waveforms: the peaks of the service, and an audio without peaks once it is played.
import { stat } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { fillForm, fixturePath, signIn, submitForm, waitForNewVoice } from "./console-page.ts";
import { it } from "./fixtures.ts";

/** The paths of the audio and of the peaks that the page downloads from now on. */
function recordDownloads(page: Page): string[] {
  const paths: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    const isDownload = /^\/api\/(?:audio|voices)\/[^/]+(?:\/peaks)?$/.test(pathname);
    if (isDownload && request.method() === "GET") paths.push(pathname);
  });
  return paths;
}

const drawn = (page: Page, card: string) =>
  page.locator(`${card} .waveform[data-drawn="true"] path`).first().waitFor();

/** The waveforms of a card and of the player bar are drawn each. */
const drawnCount = (page: Page) =>
  page.locator('[data-playing="true"] .waveform[data-drawn="true"], .player-bar [data-drawn="true"]').count();

describe("drawing waveforms", () => {
  it("a WAV voice is drawn from its peaks, and no byte of it is downloaded before it is played", async ({
    page,
    stack,
    subscribedOrg,
  }) => {
    await signIn(page, subscribedOrg);
    await fillForm(page, "Uncompressed", fixturePath("speech.wav"));
    await submitForm(page);
    await waitForNewVoice(page, "Uncompressed");
    // The page that is left asks for the peaks as well: it has them before the next one is observed.
    await drawn(page, '[data-new="true"]');
    const downloads = recordDownloads(page);
    await page.goto(stack.url);
    await page.getByRole("radio", { name: "Your own" }).check();
    const card = page.locator('[data-voice]:not([data-voice^="voice_system"])');
    const path = `/api/voices/${await card.first().getAttribute("data-voice")}`;
    await drawn(page, `[data-voice="${path.split("/").at(-1)}"]`);
    const ofVoice = () => downloads.filter((each) => each.startsWith(path));
    expect([...new Set(ofVoice())]).toEqual([`${path}/peaks`]);
    const peaks = await page.evaluate(async (url) => (await fetch(url)).text(), `${path}/peaks`);
    const { size } = await stat(fixturePath("speech.wav"));
    expect(peaks.length).toBeLessThan(size / 100);

    const peaksRequests = () => ofVoice().filter((each) => each.endsWith("/peaks")).length;
    const before = peaksRequests();
    await page.getByRole("button", { name: "Play Uncompressed" }).click();
    await expect.poll(ofVoice).toContain(path);
    await expect.poll(() => drawnCount(page)).toBe(2);
    expect(peaksRequests()).toBe(before);
  });

  it("a compressed voice has a line, is downloaded when it is played, and is drawn then", async ({
    page,
  }) => {
    const downloads = recordDownloads(page);
    await signIn(page, "org_demo");
    const card = '[data-voice="voice_system_aaron"]';
    await page.locator(`${card} .waveform[data-drawn="false"]`).waitFor();
    // The waveforms of visible cards were loaded by then.
    await page.waitForTimeout(2_000);
    expect(downloads.filter((path) => path.includes("voice_system"))).toEqual([]);
    await page.getByRole("button", { name: "Play Aaron" }).click();
    await drawn(page, card);
    expect(new Set(downloads.filter((path) => path.includes("voice_system")))).toEqual(
      new Set(["/api/voices/voice_system_aaron"]),
    );
    await expect
      .poll(() => page.locator(`${card} .played`).evaluate((path) => getComputedStyle(path).clipPath))
      .toMatch(/inset/);
  });

  it("a generation is drawn from its peaks", async ({ page }) => {
    await signIn(page, "org_demo");
    const downloads = recordDownloads(page);
    await page.getByRole("link", { name: "Generations" }).click();
    await page.locator('[data-generation="gen_demo_ready"]').scrollIntoViewIfNeeded();
    await drawn(page, '[data-generation="gen_demo_ready"]');
    const ofGeneration = downloads.filter((path) => path.includes("gen_demo_ready"));
    expect(ofGeneration).toEqual(["/api/audio/gen_demo_ready/peaks"]);
  });
});
