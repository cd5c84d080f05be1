// The local console end to end: what a developer does with it on the first evening. Needs chromium.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LocalStack, startLocalStack } from "../stack/local-stack.ts";
import { launchChromium } from "./chromium.ts";
import { type ConsolePage, openConsole, positionIn, signIn, voiceCard } from "./console-page.ts";
import { givenLongGeneration, givenManyVoices, risingTone } from "./given-rows.ts";

const SHOWN = { timeout: 15_000 };

let stack: LocalStack;
let browser: Browser;
let opened: ConsolePage;
let page: Page;

beforeAll(async () => {
  stack = await startLocalStack();
  browser = await launchChromium();
  await givenLongGeneration(stack, risingTone());
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});
beforeEach(async () => {
  opened = await openConsole(browser, stack);
  ({ page } = opened);
  return async () => {
    await opened.context.close();
    expect(opened.complaints).toEqual([]);
  };
});

const positionOf = async (label: string) => Number(await positionIn(page, label).inputValue());
const lastRequest = () => page.locator(".last-request");

describe("signing in", () => {
  it("opens the demo organisation's voices beside the twenty of the system", async () => {
    await signIn(page, "org_demo");
    await page.getByRole("radio", { name: "System" }).check();
    await expect.poll(() => page.locator("[data-voice]").count(), SHOWN).toBe(20);
    await page.getByRole("radio", { name: "Your own" }).check();
    await voiceCard(page, "Demo voice (ready)").waitFor();
    expect(await page.locator('[data-voice^="voice_system"]').count()).toBe(0);
  });

  it("lasts over a reload, and ends with signing out", async () => {
    await signIn(page, "org_free");
    await page.reload();
    await page.getByRole("heading", { name: "Voices" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await opened.context.cookies()).toEqual([]);
  });

  it("renews its token before that ends", async () => {
    await page.clock.install();
    await signIn(page, "org_demo");
    const token = async () =>
      (await opened.context.cookies()).find(({ name }) => name === "__session")?.value;
    const first = await token();
    expect(first).toBeDefined();
    await page.clock.fastForward(45_000);
    await expect.poll(token, SHOWN).not.toBe(first);
    expect(await page.evaluate(async () => (await fetch("/api/voices")).status)).toBe(200);
  });

  it("says what an organisation's id may be", async () => {
    await page.getByLabel("Organisation").fill("no such org!");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByText("orgId has 1 to 64 letters, digits, _ or -").waitFor();
  });

  it("keeps pages of other origins from the switches", async () => {
    const post = (origin: string) =>
      fetch(`${stack.url}/__dev/session`, {
        method: "POST",
        headers: { Origin: origin },
        body: JSON.stringify({ orgId: "org_demo" }),
      });
    expect((await post("https://elsewhere.example")).status).toBe(403);
    expect((await post(stack.url)).status).toBe(200);
  });
});

describe("the voices", () => {
  beforeEach(() => signIn(page, "org_demo"));

  it("are narrowed by search, category and language, and say when none is left", async () => {
    await page.getByRole("searchbox", { name: "Search voices" }).fill("british");
    await expect.poll(() => page.locator("[data-voice]").count(), SHOWN).toBe(1);
    await voiceCard(page, "Abigail").waitFor();
    await page.getByLabel("Category").first().selectOption("MEDITATION");
    await page.getByText("No voice is like that").waitFor();
    await page.getByRole("searchbox", { name: "Search voices" }).fill("");
    await voiceCard(page, "Gavin").waitFor();
    await page.getByLabel("Category").first().selectOption("");
    await page.getByLabel("Language").first().selectOption("en-AU");
    await voiceCard(page, "Chloe").waitFor();
    expect(await page.locator("[data-voice]").count()).toBe(1);
  });

  it("play and seek, one at a time, and the request is explained", async () => {
    await page.getByRole("button", { name: "Play Aaron" }).click();
    await expect.poll(() => positionOf("Aaron"), SHOWN).toBeGreaterThan(0.5);
    await lastRequest().getByText("of 56 kB, from the edge cache").waitFor();
    expect(await lastRequest().getByText("206", { exact: true }).count()).toBe(1);
    expect(await lastRequest().textContent()).toContain("bytes=0-");

    await positionIn(page, "Aaron").fill("9");
    await expect.poll(() => positionOf("Aaron"), SHOWN).toBeGreaterThan(9.3);

    await page.getByRole("button", { name: "Play Abigail" }).click();
    await page.getByRole("button", { name: "Play Aaron" }).waitFor();
    expect(await page.getByRole("button", { name: /^Pause/ }).count()).toBe(1);
  });

  it("come page by page", async () => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await signIn(page, givenManyVoices(stack, 60));
    await page.getByRole("radio", { name: "Your own" }).check();
    await page.getByText("50 shown, there are more").waitFor();
    await page.getByRole("button", { name: "Load more" }).click();
    await page.getByText("60 voices").waitFor();
    expect(await page.locator("[data-voice]").count()).toBe(60);
    expect(await page.getByRole("button", { name: "Load more" }).count()).toBe(0);
  });

  it("are drawn as the sound is", async () => {
    await page
      .locator('[data-voice="voice_system_aaron"] .waveform[data-drawn="true"] canvas')
      .first()
      .waitFor();
  });

  it("that are being processed, or whose audio is lost, say so", async () => {
    await voiceCard(page, "Demo voice (processing)").getByText("Being processed").waitFor();
    const lost = voiceCard(page, "Demo voice (missing)");
    await lost.scrollIntoViewIfNeeded();
    await lost.getByText("502: Failed to fetch voice audio").waitFor();
  });
});

describe("the generations", () => {
  beforeEach(async () => {
    await signIn(page, "org_demo");
    await page.getByRole("link", { name: "Generations" }).click();
  });

  it("are seekable over minutes, by a range from there", async () => {
    const label = "“A long one”";
    await page.getByRole("button", { name: `Play ${label}` }).click();
    await expect.poll(() => positionOf(label), SHOWN).toBeGreaterThan(0.3);
    await positionIn(page, label).fill("170");
    await expect.poll(() => positionOf(label), SHOWN).toBeGreaterThan(170.3);
    await expect
      .poll(() => lastRequest().textContent(), SHOWN)
      .toMatch(/bytes 1[45],\d{3},\d{3}–15,876,043 of 16 MB/);
    expect(await lastRequest().textContent()).toContain("straight from R2");
  });

  it("are found by their state", async () => {
    await page.getByRole("radio", { name: "Processing" }).check();
    await page.locator("[data-generation]").getByText("Being processed").waitFor();
    const players = page.locator("[data-generation]").getByRole("button", { name: /^Play/ });
    await expect.poll(() => players.count()).toBe(0);
    await page.getByRole("radio", { name: "Failed" }).check();
    await page.getByText("The speech model ran out of memory.").waitFor();
    expect(await page.locator("[data-generation]").count()).toBe(1);
  });
});
