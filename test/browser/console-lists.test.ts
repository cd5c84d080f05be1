// The lists of the console: their addresses and order, and what they show while they load. Needs chromium.
import type { Locator, Page } from "playwright-core";
import { describe, expect } from "vitest";
import { createVoiceElsewhere, ownVoices, signIn, voiceCard } from "./console-page.ts";
import { it } from "./fixtures.ts";

const search = (page: Page) => page.getByRole("searchbox", { name: "Search voices" });
const names = (page: Page) => page.locator("[data-voice] h4").allTextContents();

describe("the address", () => {
  it.beforeEach(async ({ page }) => {
    await signIn(page, "org_demo");
    await voiceCard(page, "Aaron").waitFor();
  });

  it("has the view, the search and the filters: a reload and another page restore them", async ({
    page,
    stack,
  }) => {
    await search(page).fill("a");
    await page.getByRole("radio", { name: "System" }).check();
    await page.getByLabel("Category").first().selectOption("NARRATIVE");
    await page.getByLabel("Language").first().selectOption("en");
    await expect.poll(() => names(page)).toEqual(["Walter", "Archer"]);
    const address = page.url();
    expect(address).toBe(`${stack.url}/#voices?search=a&category=NARRATIVE&variant=SYSTEM&language=en`);
    const expectRestored = async (restored: Page) => {
      await expect.poll(() => names(restored)).toEqual(["Walter", "Archer"]);
      expect(await search(restored).inputValue()).toBe("a");
      expect(await restored.getByRole("radio", { name: "System" }).isChecked()).toBe(true);
    };
    await page.reload();
    await expectRestored(page);
    const other = await page.context().newPage();
    await other.goto(address);
    await expectRestored(other);
  });

  it("goes back and forward through filters, a search being one step", async ({ page }) => {
    await page.getByLabel("Language").first().selectOption("en-GB");
    await expect.poll(() => names(page)).toEqual(["Abigail"]);
    await page.getByLabel("Language").first().selectOption("");
    await voiceCard(page, "Aaron").waitFor();
    for (const typed of ["g", "ga", "gavin"]) {
      await search(page).fill(typed);
      await page.waitForURL(`**/#voices?search=${typed}`);
    }
    await expect.poll(() => names(page)).toEqual(["Gavin"]);
    await page.goBack();
    await voiceCard(page, "Aaron").waitFor();
    expect(await search(page).inputValue()).toBe("");
    await page.goBack();
    await expect.poll(() => names(page)).toEqual(["Abigail"]);
    await page.goForward();
    await page.goForward();
    await expect.poll(() => names(page)).toEqual(["Gavin"]);
  });

  it("of a view that was left keeps its filter, and values that no filter has are ignored", async ({
    page,
    stack,
  }) => {
    await page.getByRole("radio", { name: "Your own" }).check();
    await page.getByRole("link", { name: "Generations" }).click();
    await page.getByRole("radio", { name: "Failed" }).check();
    await page.getByRole("link", { name: "Voices" }).click();
    expect(page.url()).toBe(`${stack.url}/#voices?variant=CUSTOM`);
    await page.goto(`${stack.url}/#voices?category=NONE&variant=x&language=y`);
    await voiceCard(page, "Aaron").waitFor();
    expect(await page.getByLabel("Category").first().inputValue()).toBe("");
  });
});

describe("the organisation's own voices", () => {
  it("come before the system voices, the newest first, each list with its number", async ({
    page,
    subscribedOrg,
  }) => {
    await signIn(page, subscribedOrg);
    await createVoiceElsewhere(page, { name: "Zoe" });
    await page.reload();
    await ownVoices(page).getByText("1 voice", { exact: true }).waitFor();
    await createVoiceElsewhere(page, { name: "Adam" });
    await page.reload();
    await ownVoices(page).getByText("2 voices", { exact: true }).waitFor();
    await voiceCard(page, "Walter").waitFor();
    const listed = await names(page);
    expect(listed.slice(0, 2)).toEqual(["Adam", "Zoe"]);
    expect(listed.slice(2)).toEqual(listed.slice(2).toSorted());
    expect(listed).toHaveLength(22);
  });

  it("are offered to be made when there are none", async ({ page, orgId }) => {
    await signIn(page, orgId);
    await ownVoices(page).getByText("You have no voices of your own yet.").waitFor();
    await ownVoices(page).getByRole("link", { name: "Create the first one" }).click();
    await page.getByRole("heading", { name: "New voice" }).waitFor();
  });
});

describe("while a list loads", () => {
  it("cards of the same shape take its place, and nothing says that there is none", async ({ page }) => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route("**/api/voices?*", async (route) => {
      await held;
      await route.continue();
    });
    await signIn(page, "org_demo");
    const skeleton = page.locator(".skeleton").last();
    await skeleton.waitFor();
    expect(await page.locator(".content").textContent()).not.toMatch(/\bNo\b|no voices/);
    /** The height of a card, and where its play button is in it. */
    const shape = async (card: Locator) => {
      const [outer, button] = [await card.boundingBox(), await card.locator(".play-button").boundingBox()];
      return [outer?.height, (button?.y ?? 0) - (outer?.y ?? 0), (button?.x ?? 0) - (outer?.x ?? 0)];
    };
    const expected = await shape(skeleton);
    answer();
    await voiceCard(page, "Walter").waitFor();
    for (const [index, value] of (await shape(voiceCard(page, "Walter"))).entries()) {
      expect(Math.abs((value ?? 0) - (expected[index] ?? 0))).toBeLessThan(24);
    }
  });
});
