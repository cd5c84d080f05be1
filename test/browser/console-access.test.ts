// The accessibility of the console: axe-core in both themes on three screen sizes, and the keyboard. Needs chromium.
import { describe, expect } from "vitest";
import {
  DESKTOP,
  fillForm,
  fixturePath,
  PHONE,
  positionOf,
  signIn,
  submitForm,
  voiceCard,
  waitForNewVoice,
} from "./console-page.ts";
import { it } from "./fixtures.ts";
import { findViolations, overflowPixels } from "./violations.ts";

describe.each([
  { name: "on the smallest phone", viewport: { width: 320, height: 568 } },
  { name: "on a phone", viewport: PHONE },
  { name: "on a desktop", viewport: DESKTOP },
])("$name", ({ viewport }) => {
  it.for(["light", "dark"] as const)(
    "in the %s theme every view passes axe-core and nothing overflows horizontally",
    async (colorScheme, { open, stack }) => {
      const opened = await open({ viewport, colorScheme });
      const { page } = opened;
      const expectAccessible = async (view: string) => {
        expect({
          view,
          violations: await findViolations(opened),
          overflow: await overflowPixels(page),
        }).toEqual({
          view,
          violations: [],
          overflow: 0,
        });
      };
      await expectAccessible("signing in");
      await signIn(page, "org_demo");
      await voiceCard(page, "Aaron").waitFor();
      await page.getByRole("button", { name: "Play Aaron" }).click();
      await page.getByRole("button", { name: "Pause Aaron" }).waitFor();
      await page.locator('[data-drawn="true"]').first().waitFor();
      await expectAccessible("voices");
      await page.getByRole("button", { name: "Delete Demo voice (ready)" }).click();
      await expectAccessible("deleting");
      await page.getByRole("button", { name: "Cancel" }).click();
      for (const view of ["generations", "requests", "billing"]) {
        await page.goto(`${stack.url}/#${view}`);
        await expectAccessible(view);
      }
      await fillForm(page, "", fixturePath("short.mp3"));
      await expectAccessible("a new voice");
      await submitForm(page);
      await page.getByText("Voice name is required").waitFor();
      await expectAccessible("a new voice with errors");
    },
  );
});

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

it("the keyboard alone is enough to sign in, search, play, seek and upload", async ({ page }) => {
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

  await page.reload();
  await voiceCard(page, "Aaron").waitFor();
  // Awaited from here on, because Playwright needs time to intercept file choosers.
  const choosing = page.waitForEvent("filechooser");
  await tabTo(/^New voice/);
  await page.keyboard.press("Enter");
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
