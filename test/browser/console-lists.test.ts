// The lists of the console: their addresses and order, and what they show while they load, fail and wait. Needs chromium.
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { describe, expect } from "vitest";
import { LOCAL_INGEST_SECRET } from "../../dev/identities.ts";
import {
  activateSubscription,
  createVoiceElsewhere,
  fillForm,
  fixturePath,
  signIn,
  submitForm,
  voiceCard,
} from "./console-page.ts";
import { it } from "./fixtures.ts";
import { givenManyVoices } from "./given-rows.ts";

const WITHIN = { timeout: 15_000 };
const LISTS = "**/api/voices?*";
const search = (page: Page) => page.getByRole("searchbox", { name: "Search voices" });
const names = (page: Page) => page.locator("[data-voice] h4").allTextContents();
const own = (page: Page) => page.getByRole("region", { name: "Your own" });
const offline = (page: Page, pattern: string) =>
  page.route(pattern, (route) => route.abort("internetdisconnected"));

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
    stack,
    orgId,
  }) => {
    await activateSubscription(stack, orgId);
    await signIn(page, orgId);
    await createVoiceElsewhere(page, { name: "Zoe" });
    await page.reload();
    await own(page).getByText("1 voice", { exact: true }).waitFor();
    await createVoiceElsewhere(page, { name: "Adam" });
    await page.reload();
    await own(page).getByText("2 voices", { exact: true }).waitFor();
    await voiceCard(page, "Walter").waitFor();
    const listed = await names(page);
    expect(listed.slice(0, 2)).toEqual(["Adam", "Zoe"]);
    expect(listed.slice(2)).toEqual(listed.slice(2).toSorted());
    expect(listed).toHaveLength(22);
  });

  it("are offered to be made when there are none", async ({ page, orgId }) => {
    await signIn(page, orgId);
    await own(page).getByText("You have no voices of your own yet.").waitFor();
    await own(page).getByRole("link", { name: "Create the first one" }).click();
    await page.getByRole("heading", { name: "New voice" }).waitFor();
  });
});

describe("while a list loads", () => {
  it("cards of the same shape take its place, and nothing says that there is none", async ({ page }) => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route(LISTS, async (route) => {
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
    stack,
    orgId,
  }) => {
    await activateSubscription(stack, orgId);
    await signIn(page, orgId);
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
    await own(page).getByText("First 50 voices").waitFor();
    await offline(page, "**/api/voices?*cursor=*");
    await page.getByRole("button", { name: "Load more" }).click();
    const notice = page.getByRole("alert").filter({ hasText: "The rest could not be loaded" });
    await notice.waitFor();
    expect(await own(page).locator("[data-voice]").count()).toBe(50);
    await page.unroute("**/api/voices?*cursor=*");
    await notice.getByRole("button", { name: "Try again" }).click();
    await own(page).getByText("60 voices").waitFor();
  });
});

describe("a generation that is processing", () => {
  const ingest = (url: string, path: string, body: BodyInit) =>
    fetch(`${url}/internal/generations/${path}`, {
      method: "PUT",
      body,
      headers: { Authorization: `Bearer ${LOCAL_INGEST_SECRET}`, "Content-Type": "application/json" },
    });

  it.beforeEach(async ({ page, stack, orgId }) => {
    const generation = { orgId, voiceId: "voice_system_andy", voiceName: "Andy", text: "In a moment" };
    await ingest(stack.url, `gen_${orgId}`, JSON.stringify(generation));
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
    await ingest(stack.url, `gen_${orgId}/audio`, new Uint8Array(await readFile(fixturePath("speech.wav"))));
    await page.clock.runFor(2_000);
    await page.getByRole("button", { name: "Play “In a moment”" }).waitFor();
    await expect
      .poll(async () => {
        await page.clock.runFor(2_000);
        return page.locator("[data-generation]").textContent();
      }, WITHIN)
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
