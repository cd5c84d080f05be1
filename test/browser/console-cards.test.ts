// The cards of the console: texts of every length and direction, colours, waveforms and facts. Needs chromium.
import { describe, expect } from "vitest";
import { createVoiceElsewhere, signIn, voiceCard } from "./console-page.ts";
import { it } from "./fixtures.ts";

const LONG_NAME = "Großmutter ".repeat(18).trim();
const RTL_NAME = "סבתא שרה";

describe("a card", () => {
  it("cuts a long name and description, shows all of them on demand, and follows their direction", async ({
    page,
    subscribedOrg,
  }) => {
    await signIn(page, subscribedOrg);
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
    subscribedOrg,
  }) => {
    await signIn(page, subscribedOrg);
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

  it("states the levels of an uncompressed recording", async ({ page, subscribedOrg }) => {
    await signIn(page, subscribedOrg);
    await createVoiceElsewhere(page, { name: "Uncompressed" }, "speech.wav");
    await page.reload();
    const facts = voiceCard(page, "Uncompressed").locator(".card-foot");
    await expect
      .poll(() => facts.textContent())
      .toMatch(/PCM · .*kHz.*peak −?\d+\.\d dBFS · silence [\d.]+ %/);
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
