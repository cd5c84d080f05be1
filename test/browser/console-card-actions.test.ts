// What can be done in the cards of the console: edit, delete, copy a link, download. Needs chromium.
import type { Locator, Page } from "playwright-core";
import { describe, expect } from "vitest";
import { MAX_DESCRIPTION_CHARACTERS, MAX_NAME_CHARACTERS } from "../../src/platform/voice-fields.ts";
import { createVoiceElsewhere, signIn, voiceCard } from "./console-page.ts";
import { it } from "./fixtures.ts";

const focusedLabel = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    return element?.getAttribute("aria-label") ?? element?.textContent;
  });

describe("editing a voice", () => {
  it.beforeEach(async ({ page, subscribedOrg }) => {
    await signIn(page, subscribedOrg);
    await createVoiceElsewhere(page, { name: "Before", description: "A description" });
    await page.reload();
    await page.getByRole("button", { name: "Edit Before" }).click();
  });
  const editor = (page: Page) => page.getByRole("form", { name: "Edit Before" });
  const field = (page: Page, label: string): Locator => editor(page).getByLabel(label, { exact: true });

  it("changes name, category, language and description in place, also of the voice that is loaded", async ({
    page,
  }) => {
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Play Before" }).click();
    await page.getByRole("button", { name: "Edit Before" }).click();
    await field(page, "Name").fill("After");
    await field(page, "Category").selectOption("PODCAST");
    await field(page, "Language").fill("de-CH");
    await field(page, "Description (optional)").fill("");
    await field(page, "Name").press("Enter");
    const card = voiceCard(page, "After");
    await card.waitFor();
    expect(await focusedLabel(page)).toBe("Edit After");
    expect(await card.locator(".tags").textContent()).toBe("PodcastSwiss High German");
    await page.getByRole("region", { name: "Player" }).getByText("After").waitFor();
    await page.reload();
    await card.waitFor();
    expect(await card.textContent()).not.toContain("A description");
  });

  it("shows what the service refuses beside the field, with the focus on the first one", async ({ page }) => {
    await field(page, "Name").fill(" ");
    await field(page, "Language").fill("not a tag");
    await editor(page).getByRole("button", { name: "Save" }).click();
    await editor(page).getByText("Voice name is required").waitFor();
    expect(await field(page, "Name").evaluate((input) => input === document.activeElement)).toBe(true);
    const describedBy = await field(page, "Language").getAttribute("aria-describedby");
    expect(await page.locator(`[id="${describedBy}"]`).textContent()).toContain("BCP 47");
    // The form for a new voice has the same fields: their ids differ.
    expect(await page.locator(`[id="${describedBy}"]`).count()).toBe(1);
  });

  it("takes no more characters than the service accepts", async ({ page }) => {
    const limits = { Name: MAX_NAME_CHARACTERS, "Description (optional)": MAX_DESCRIPTION_CHARACTERS };
    for (const [label, limit] of Object.entries(limits)) {
      expect(await field(page, label).getAttribute("maxlength")).toBe(String(limit));
    }
  });

  it("is left with Escape, changes nothing, and gives the focus back", async ({ page }) => {
    await field(page, "Name").fill("Discarded");
    await page.keyboard.press("Escape");
    await voiceCard(page, "Before").waitFor();
    expect(await focusedLabel(page)).toBe("Edit Before");
    await page.reload();
    await voiceCard(page, "Before").waitFor();
  });

  it("says when the session has expired, and saves after signing in again", async ({ page, orgId }) => {
    await field(page, "Name").fill("After");
    await page.context().clearCookies();
    await editor(page).getByRole("button", { name: "Save" }).click();
    await editor(page)
      .getByRole("button", { name: `Sign in again as ${orgId}` })
      .click();
    await voiceCard(page, "After").waitFor();
  });
});

describe("deleting", () => {
  it("a generation asks first, moves the focus to the next card, and deletes it for good", async ({
    page,
  }) => {
    await signIn(page, "org_demo");
    await page.getByRole("link", { name: "Generations" }).click();
    const rows = page.locator("[data-generation]");
    await rows.first().waitFor();
    const count = await rows.count();
    const failed = rows.filter({ hasText: "ran out of memory" });
    const next = await failed.evaluate((card) => card.nextElementSibling?.getAttribute("data-generation"));
    await failed.getByRole("button", { name: /^Delete/ }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await rows.count()).toBe(count);
    expect(await focusedLabel(page)).toMatch(/^Delete/);
    await failed.getByRole("button", { name: /^Delete/ }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await failed.waitFor({ state: "detached" });
    expect(
      await page.evaluate(() => document.activeElement?.closest("li")?.getAttribute("data-generation")),
    ).toBe(next);
    await page.reload();
    await rows.first().waitFor();
    expect(await rows.count()).toBe(count - 1);
  });

  it("a voice that was deleted elsewhere removes its card", async ({ page, stack, subscribedOrg }) => {
    await signIn(page, subscribedOrg);
    const id = await createVoiceElsewhere(page, { name: "Twice deleted" });
    await page.reload();
    await page.getByRole("button", { name: "Delete Twice deleted" }).click();
    await page.request.delete(`${stack.url}/api/voices/${id}`, { headers: { Origin: stack.url } });
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await voiceCard(page, "Twice deleted").waitFor({ state: "detached" });
  });
});

describe("a playback link", () => {
  const card = (page: Page) => voiceCard(page, "Aaron");

  it("is copied, says until when it plays, and plays without a session until then", async ({
    page,
    browser,
  }) => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await signIn(page, "org_demo");
    await page.getByRole("button", { name: "Copy a link to Aaron" }).click();
    await card(page).getByText("Link copied.").waitFor();
    const end = Date.parse((await card(page).locator("time[datetime]").getAttribute("datetime")) ?? "");
    expect(end - Date.now()).toBeGreaterThan(50 * 60_000);
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const stranger = await browser.newContext();
    const response = await stranger.request.get(link);
    await stranger.close();
    expect(response.status()).toBe(200);
    expect(response.headers()["content-type"]).toBe("audio/mpeg");
  });

  it("is shown when the browser refuses to copy it, and an error says why there is none", async ({
    page,
  }) => {
    await signIn(page, "org_demo");
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new DOMException("", "NotAllowedError"));
    });
    await page.getByRole("button", { name: "Copy a link to Aaron" }).click();
    await card(page).getByText("/api/voices/voice_system_aaron?link=").waitFor();
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Copy a link to Aaron" }).click();
    await card(page).getByText("No link, 401").waitFor();
  });

  it("downloads the audio under the name of the voice", async ({ page }) => {
    await signIn(page, "org_demo");
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download Aaron" }).click();
    expect((await downloading).suggestedFilename()).toBe("Aaron.mp3");
  });
});
