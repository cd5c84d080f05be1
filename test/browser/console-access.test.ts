// The local console for everybody: by keyboard alone, light and dark, on a phone and a desktop. Needs chromium.
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalStack, startLocalStack } from "../stack/local-stack.ts";
import { launchChromium } from "./chromium.ts";
import {
  type ConsolePage,
  create,
  DESKTOP,
  fillForm,
  fixturePath,
  openConsole,
  PHONE,
  positionIn,
  signIn,
  voiceCard,
} from "./console-page.ts";

let stack: LocalStack;
let browser: Browser;

beforeAll(async () => {
  stack = await startLocalStack();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

/** What axe-core objects to, each with the elements concerned. */
async function objections({ page, complaints }: ConsolePage): Promise<string[]> {
  const before = complaints.length;
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  });
  // It styles elements on its way, which the page's policy refuses aloud: no complaint about the page.
  complaints.length = before;
  return found;
}

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe.each([
  { name: "on the smallest phone", viewport: { width: 320, height: 568 } },
  { name: "on a phone", viewport: PHONE },
  { name: "on a desktop", viewport: DESKTOP },
])("$name", ({ viewport }) => {
  it.each(["light", "dark"] as const)(
    "axe-core objects to nothing in %s colours, and nothing sticks out",
    async (colorScheme) => {
      const opened = await openConsole(browser, stack, { viewport, colorScheme });
      const { page, context, complaints } = opened;
      const expectSound = async (view: string) => {
        expect({ view, objections: await objections(opened), overflow: await overflow(page) }).toEqual({
          view,
          objections: [],
          overflow: 0,
        });
      };
      await expectSound("signing in");
      await signIn(page, "org_demo");
      await voiceCard(page, "Aaron").waitFor();
      await page.getByRole("button", { name: "Play Aaron" }).click();
      await page.getByRole("button", { name: "Pause Aaron" }).waitFor();
      await page.locator('[data-drawn="true"]').first().waitFor();
      await expectSound("voices");
      await page.getByRole("button", { name: "Delete Demo voice (ready)" }).click();
      await expectSound("deleting");
      await page.getByRole("button", { name: "Keep it" }).click();
      for (const view of ["generations", "requests", "billing"]) {
        await page.goto(`${stack.url}/#${view}`);
        await expectSound(view);
      }
      await fillForm(page, "", fixturePath("short.mp3"));
      await expectSound("a new voice");
      await create(page);
      await page.getByRole("heading", { name: "Something is missing or not right" }).waitFor();
      await expectSound("a new voice, refused");
      await context.close();
      expect(complaints).toEqual([]);
    },
  );
});

it("the switch turns the colours over, and is remembered", async () => {
  const { page, context } = await openConsole(browser, stack, { colorScheme: "light" });
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.getByRole("button", { name: "Use dark colours" }).click();
  const dark = await ground();
  expect(dark).not.toBe(light);
  await page.reload();
  await page.getByRole("button", { name: "Use light colours" }).waitFor();
  expect(await ground()).toBe(dark);
  await context.close();
});

it("the keyboard alone signs in, searches, plays, seeks and uploads", async () => {
  const { page, context, complaints } = await openConsole(browser, stack);
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
    throw new Error(`Tab never came to ${label}; it is at ${await focused()}`);
  };
  await tabTo(/^org_demo/);
  await page.keyboard.press("Enter");
  await voiceCard(page, "Aaron").waitFor();

  await tabTo("Search voices");
  await page.keyboard.type("Gavin");
  await voiceCard(page, "Aaron").waitFor({ state: "detached" });
  await tabTo("Play Gavin");
  await page.keyboard.press("Enter");
  const position = async () => Number(await positionIn(page, "Gavin").inputValue());
  await expect.poll(position).toBeGreaterThan(0.2);
  await tabTo("Position in Gavin");
  for (let presses = 0; presses < 8; presses += 1) await page.keyboard.press("ArrowRight");
  await expect.poll(position).toBeGreaterThan(7.5);

  await page.reload();
  await voiceCard(page, "Aaron").waitFor();
  // From here on, as it takes a moment until choosers are caught.
  const choosing = page.waitForEvent("filechooser");
  await tabTo(/^New voice/);
  await page.keyboard.press("Enter");
  await tabTo(/^Drop an audio file/);
  await page.keyboard.press("Enter");
  await (await choosing).setFiles(fixturePath("speech.mp3"));
  await tabTo(/^Name/);
  await page.keyboard.type("By keyboard");
  await tabTo("Create the voice");
  await page.keyboard.press("Enter");
  await voiceCard(page, "By keyboard").getByText("New", { exact: true }).waitFor();
  expect(await focused()).toBe("By keyboard");
  await context.close();
  expect(complaints).toEqual([]);
});
