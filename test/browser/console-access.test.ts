// The accessibility of the console: axe-core in every state of console-states.ts, and the keyboard. Needs chromium.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { fixturePath, positionOf, voiceCard, waitForNewVoice } from "./console-page.ts";
import { STATES } from "./console-states.ts";
import { it } from "./fixtures.ts";
import { findViolations, overflowPixels } from "./violations.ts";

/** What depends on the theme. Everything else is the same in both. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

async function useTheme(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-theme="${colorScheme}"]`).waitFor();
}

const WIDTHS = [320, 390, 768, 1280, 1920];
const HEIGHT = 844;

it.for(Object.entries(STATES))(
  "%s: axe-core finds nothing and nothing scrolls sideways, in both themes on five widths",
  async ([, steps], { open, stack }) => {
    const viewport = { width: 1280, height: HEIGHT };
    const opened = await open({ viewport, colorScheme: "light", reducedMotion: "reduce" });
    const { page } = opened;
    for (const step of steps) await step(page);
    await fetch(`${stack.url}/__dev/polar/faults`, { method: "DELETE" });
    const found: unknown[] = [];
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHT });
      const violations = await findViolations(opened);
      await useTheme(page, "dark");
      violations.push(...(await findViolations(opened, COLOUR_RULES)));
      await useTheme(page, "light");
      const overflow = await overflowPixels(page);
      if (violations.length > 0 || overflow > 0) found.push({ width, violations, overflow });
    }
    expect(found).toEqual([]);
  },
);

it("the theme switch changes the colours and the choice survives a reload", async ({ open }) => {
  const { page } = await open({ colorScheme: "light" });
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await background();
  await page.getByRole("button", { name: "Use dark colours" }).click();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  await page.getByRole("button", { name: "Use light colours" }).waitFor();
  expect(await background()).toBe(dark);
});

it("the keyboard alone is enough to sign in, search, play, seek and upload", async ({ page, stack }) => {
  const focused = () =>
    page.evaluate(() => {
      const { activeElement: element } = document;
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null;
      return element?.getAttribute("aria-label") ?? label ?? element?.textContent ?? "";
    });
  const tabTo = async (label: string | RegExp) => {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press("Tab");
      if ((await focused()).match(label)) return;
    }
    throw new Error(`Tab did not reach ${label}; the focus is on ${await focused()}`);
  };
  await tabTo(/^org_demo/);
  await page.keyboard.press("Enter");
  await voiceCard(page, "Aaron").waitFor();

  await tabTo("Search voices");
  await page.keyboard.type("Gavin");
  await voiceCard(page, "Aaron").waitFor({ state: "detached" });
  await tabTo("Play Gavin");
  await page.keyboard.press("Enter");
  const position = () => positionOf(page, "Gavin");
  await expect.poll(position).toBeGreaterThan(0.2);
  await tabTo("Position in Gavin");
  for (let presses = 0; presses < 8; presses += 1) await page.keyboard.press("ArrowRight");
  await expect.poll(position).toBeGreaterThan(7.5);

  // The address without the search.
  await page.goto(stack.url);
  await voiceCard(page, "Aaron").waitFor();
  // Awaited from here on, because Playwright needs time to intercept file choosers.
  const choosing = page.waitForEvent("filechooser");
  await tabTo(/^New voice/);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Create voice" }).waitFor();
  await tabTo(/^Drop an audio file/);
  await page.keyboard.press("Enter");
  await (await choosing).setFiles(fixturePath("speech.mp3"));
  await tabTo(/^Name/);
  await page.keyboard.type("By keyboard");
  await tabTo("Create voice");
  await page.keyboard.press("Enter");
  await waitForNewVoice(page, "By keyboard");
  expect(await focused()).toBe("By keyboard");
});
