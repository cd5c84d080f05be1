// The cards of the console: texts of every length and direction, facts, and what can be done in place. Needs chromium.
import type { Locator, Page } from "playwright-core";
import { describe, expect } from "vitest";
import { MAX_DESCRIPTION_CHARACTERS, MAX_NAME_CHARACTERS } from "../../src/platform/voice-fields.ts";
import { activateSubscription, createVoiceElsewhere, signIn, voiceCard } from "./console-page.ts";
import { it } from "./fixtures.ts";

const LONG_NAME = "Großmutter ".repeat(18).trim();
const RTL_NAME = "סבתא שרה";
const WITHIN = { timeout: 15_000 };

const focusedLabel = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    return element?.getAttribute("aria-label") ?? element?.textContent;
  });

describe("a card", () => {
  it("cuts a long name and description, shows all of them on demand, and follows their direction", async ({
    page,
    stack,
    orgId,
  }) => {
    await activateSubscription(stack, orgId);
    await signIn(page, orgId);
    await createVoiceElsewhere(page, { name: RTL_NAME, description: "תיאור קצר" });
    await createVoiceElsewhere(page, { name: LONG_NAME, description: "Spoken slowly. ".repeat(120) });
    await page.setViewportSize({ width: 320, height: 568 });
    await page.reload();
    const card = voiceCard(page, LONG_NAME);
    const height = async () => (await card.boundingBox())?.height ?? 0;
    const toggle = card.getByRole("button", { name: /^Show all/ });
    await toggle.waitFor();
    expect(await height()).toBeLessThan(420);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await toggle.click();
    expect(await height()).toBeGreaterThan(1_000);
    await card.getByRole("button", { name: /^Show less/ }).click();
    expect(await height()).toBeLessThan(420);

    const directions = await voiceCard(page, RTL_NAME)
      .locator("h4, .description p")
      .evaluateAll((texts) => texts.map((text) => getComputedStyle(text).direction));
    expect(directions).toEqual(["rtl", "rtl"]);
    expect(await voiceCard(page, RTL_NAME).getByRole("button", { name: /^Show/ }).count()).toBe(0);
  });

  it("names the language, with the tag as its title", async ({ page }) => {
    await signIn(page, "org_demo");
    const language = voiceCard(page, "Abigail").getByText("British English");
    expect(await language.getAttribute("title")).toBe("en-GB");
  });

  it("has a colour of its own, and every colour has the contrast of WCAG AA in both themes", async ({
    page,
  }) => {
    await signIn(page, "org_demo");
    await voiceCard(page, "Walter").waitFor();
    const colours = await page
      .locator("[data-voice] .avatar")
      .evaluateAll((avatars) => avatars.map((avatar) => getComputedStyle(avatar).backgroundColor));
    expect(new Set(colours).size).toBeGreaterThan(0.9 * colours.length);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const worst = await page
        .locator(".card .avatar")
        .first()
        .evaluate((avatar: HTMLElement) => {
          const luminance = (colour: string) => {
            const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((channel) => {
              const value = Number(channel) / 255;
              return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
          };
          const contrasts = Array.from({ length: 360 }, (_, hue) => {
            avatar.style.setProperty("--hue", String(hue));
            const { color, backgroundColor } = getComputedStyle(avatar);
            const [lower = 0, higher = 0] = [luminance(color), luminance(backgroundColor)].toSorted(
              (a, b) => a - b,
            );
            return (higher + 0.05) / (lower + 0.05);
          });
          return Math.min(...contrasts);
        });
      expect(worst).toBeGreaterThan(4.5);
    }
  });

  it("has its waveform at the height of those beside it, whatever stands above and below it", async ({
    page,
    stack,
    orgId,
  }) => {
    await activateSubscription(stack, orgId);
    await signIn(page, orgId);
    await createVoiceElsewhere(page, { name: "Short" });
    await createVoiceElsewhere(page, { name: "With levels" }, "speech.wav");
    await createVoiceElsewhere(page, { name: LONG_NAME, description: "Spoken slowly. ".repeat(20) });
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.reload();
    const topOf = async (name: string) => (await voiceCard(page, name).locator(".waveform").boundingBox())?.y;
    await voiceCard(page, "Short").waitFor();
    expect(await topOf("Short")).toBe(await topOf(LONG_NAME));
    expect(await topOf("With levels")).toBe(await topOf(LONG_NAME));
  });

  it("states the levels of an uncompressed recording", async ({ page, stack, orgId }) => {
    await activateSubscription(stack, orgId);
    await signIn(page, orgId);
    await createVoiceElsewhere(page, { name: "Uncompressed" }, "speech.wav");
    await page.reload();
    const facts = voiceCard(page, "Uncompressed").locator(".card-foot");
    await expect
      .poll(() => facts.textContent(), WITHIN)
      .toMatch(/PCM · .*kHz.*peak −?\d+\.\d dBFS · silence [\d.]+ %/);
  });
});

describe("editing a voice", () => {
  it.beforeEach(async ({ page, stack, orgId }) => {
    await activateSubscription(stack, orgId);
    await signIn(page, orgId);
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

  it("a voice that was deleted elsewhere removes its card", async ({ page, stack, orgId }) => {
    await activateSubscription(stack, orgId);
    await signIn(page, orgId);
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

it("no filter is cut at 320 pixels", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 568 });
  await signIn(page, "org_demo");
  for (const view of ["Voices", "Generations"]) {
    await page.getByRole("link", { name: view }).click();
    await page.getByRole("heading", { name: view, exact: true }).waitFor();
    const cut = await page.locator(".content > :not([hidden]) .filters").evaluate((filters) => {
      const context = document.createElement("canvas").getContext("2d");
      if (!context) throw new Error("no canvas");
      const selects = [...filters.querySelectorAll("select")].filter((select) => {
        const { font, paddingLeft, paddingRight } = getComputedStyle(select);
        context.font = font;
        const text = select.selectedOptions[0]?.textContent ?? "";
        const room = select.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
        return context.measureText(text).width > room;
      });
      const outside = [...filters.querySelectorAll("label, span, button")].filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return left < 0 || right > innerWidth || element.scrollWidth > element.clientWidth + 1;
      });
      return [...selects, ...outside]
        .filter((element) => !element.closest(".visually-hidden"))
        .map(({ textContent }) => textContent);
    });
    expect(cut).toEqual([]);
  }
});
