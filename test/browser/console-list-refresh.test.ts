// The lists of the console while the service cannot be reached, and while it still works on a row. Needs chromium.
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { putGeneration } from "../stack/ingest.ts";
import { fillForm, fixturePath, ownVoices, signIn, submitForm, voiceCard } from "./console-page.ts";
import { it } from "./fixtures.ts";
import { givenManyVoices } from "./given-rows.ts";

const LISTS = "**/api/voices?*";
const offline = (page: Page, pattern: string) =>
  page.route(pattern, (route) => route.abort("internetdisconnected"));

describe("offline", () => {
  it("a list keeps its rows, says that it is out of date, and the retry loads it", async ({ page }) => {
    await signIn(page, "org_demo");
    await page.getByRole("link", { name: "Generations" }).click();
    const rows = page.locator("[data-generation]");
    await rows.first().waitFor();
    const before = await rows.count();
    await offline(page, "**/api/generations?*");
    await page.getByRole("button", { name: "Reload" }).click();
    const notice = page.getByRole("alert").filter({ hasText: "This list is out of date" });
    await notice.waitFor();
    expect(await rows.count()).toBe(before);
    await page.unroute("**/api/generations?*");
    await notice.getByRole("button", { name: "Try again" }).click();
    await notice.waitFor({ state: "detached" });
    expect(await rows.count()).toBe(before);
  });

  it("a new voice is shown although the list cannot be loaded, and keeps the focus when it can", async ({
    page,
    subscribedOrg,
  }) => {
    await signIn(page, subscribedOrg);
    await voiceCard(page, "Aaron").waitFor();
    await fillForm(page, "Just made", fixturePath("speech.mp3"));
    await offline(page, LISTS);
    await submitForm(page);
    const card = voiceCard(page, "Just made");
    await card.getByText("Its details are not loaded yet").waitFor();
    const focusedText = () => page.evaluate(() => document.activeElement?.textContent);
    await expect.poll(focusedText).toBe("Just made");
    const notice = page.getByRole("alert").filter({ hasText: "This list is out of date" });
    await notice.waitFor();
    expect(await voiceCard(page, "Aaron").count()).toBe(1);
    await page.unroute(LISTS);
    await notice.getByRole("button", { name: "Try again" }).click();
    await card.getByRole("button", { name: "Play Just made" }).waitFor();
    expect(await focusedText()).toBe("Just made");
  });

  it("the pages that were loaded stay when a further one fails, and the retry continues", async ({
    page,
    stack,
  }) => {
    await signIn(page, givenManyVoices(stack, 60));
    await ownVoices(page).getByText("First 50 voices").waitFor();
    await offline(page, "**/api/voices?*cursor=*");
    await page.getByRole("button", { name: "Load more" }).click();
    const notice = page.getByRole("alert").filter({ hasText: "The rest could not be loaded" });
    await notice.waitFor();
    expect(await ownVoices(page).locator("[data-voice]").count()).toBe(50);
    await page.unroute("**/api/voices?*cursor=*");
    await notice.getByRole("button", { name: "Try again" }).click();
    await ownVoices(page).getByText("60 voices").waitFor();
  });
});

describe("a generation that is processing", () => {
  it.beforeEach(async ({ page, stack, orgId }) => {
    const generation = { orgId, voiceId: "voice_system_andy", voiceName: "Andy", text: "In a moment" };
    await putGeneration(stack, `gen_${orgId}`, generation);
    await page.clock.install();
    await signIn(page, orgId);
    await page.getByRole("link", { name: "Generations" }).click();
    await page.getByText("Processing: no audio yet.").waitFor();
  });

  it("becomes playable by itself when its audio is stored, and then shows its levels", async ({
    page,
    stack,
    orgId,
  }) => {
    const audio = new Uint8Array(await readFile(fixturePath("speech.wav")));
    await putGeneration(stack, `gen_${orgId}/audio`, audio);
    await page.clock.runFor(2_000);
    await page.getByRole("button", { name: "Play “In a moment”" }).waitFor();
    await expect
      .poll(async () => {
        await page.clock.runFor(2_000);
        return page.locator("[data-generation]").textContent();
      })
      .toMatch(/peak −?\d+\.\d dBFS · silence \d/);
  });

  it("is asked for ever more rarely, by a visible page only, and not for ever", async ({ page }) => {
    let requests = 0;
    page.on("requestfinished", (request) => {
      if (request.url().includes("/api/generations?")) requests += 1;
    });
    const passSeconds = (seconds: number) => page.clock.runFor(seconds * 1000);
    const hide = (hidden: boolean) =>
      page.evaluate((isHidden) => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
        document.dispatchEvent(new Event("visibilitychange"));
      }, hidden);
    await hide(true);
    await passSeconds(10);
    expect(requests).toBe(0);
    await hide(false);
    await expect.poll(() => requests).toBe(1);
    for (const [index, seconds] of [4, 8, 16, 32, 60, 60, 60].entries()) {
      // Until the page has the response, and waits again.
      await page.waitForTimeout(200);
      await passSeconds(seconds - 1);
      expect(requests).toBe(index + 1);
      await passSeconds(1);
      await expect.poll(() => requests).toBe(index + 2);
    }
    await page.waitForTimeout(200);
    await passSeconds(600);
    await page.getByRole("button", { name: "Reload" }).click();
    await expect.poll(() => requests).toBe(9);
  });
});
