// The local console end to end: signing in, voices and generations. Needs chromium.
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { positionOf, positionSlider, signIn, voiceCard } from "./console-page.ts";
import { it } from "./fixtures.ts";
import { givenManyVoices } from "./given-rows.ts";

const latestRequest = (page: Page) => page.locator(".latest-request");

describe("signing in", () => {
  it("shows the 20 system voices and the demo organisation's own voices", async ({ page }) => {
    await signIn(page, "org_demo");
    await page.getByRole("radio", { name: "System" }).check();
    await expect.poll(() => page.locator("[data-voice]").count()).toBe(20);
    await page.getByRole("radio", { name: "Your own" }).check();
    await voiceCard(page, "Demo voice (ready)").waitFor();
    expect(await page.locator('[data-voice^="voice_system"]').count()).toBe(0);
  });

  it("survives a reload, and signing out deletes the cookie", async ({ page }) => {
    await signIn(page, "org_free");
    await page.reload();
    await page.getByRole("heading", { name: "Voices" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await page.context().cookies()).toEqual([]);
  });

  it("renews the session token before it expires", async ({ page }) => {
    await page.clock.install();
    await signIn(page, "org_demo");
    const token = async () =>
      (await page.context().cookies()).find(({ name }) => name === "__session")?.value;
    const first = await token();
    expect(first).toBeDefined();
    await page.clock.runFor(45_000);
    await expect.poll(token).not.toBe(first);
    expect(await page.evaluate(async () => (await fetch("/api/voices")).status)).toBe(200);
  });

  it("rejects an invalid organisation id and states the allowed characters", async ({ page }) => {
    await page.getByLabel("Organisation").fill("no such org!");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByText("orgId must have 1 to 64 characters: letters, digits, _ or -").waitFor();
  });

  it("rejects a sign-in by a page of another origin with 403", async ({ stack }) => {
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

describe("the voice list", () => {
  it.beforeEach(({ page }) => signIn(page, "org_demo"));

  it("is filtered by search, category and language, and says when no voice matches", async ({ page }) => {
    await page.getByRole("searchbox", { name: "Search voices" }).fill("british");
    await expect.poll(() => page.locator("[data-voice]").count()).toBe(1);
    await voiceCard(page, "Abigail").waitFor();
    await page.getByLabel("Category").first().selectOption("MEDITATION");
    await page.getByText("No voice matches").waitFor();
    await page.getByRole("searchbox", { name: "Search voices" }).fill("");
    await voiceCard(page, "Gavin").waitFor();
    await page.getByLabel("Category").first().selectOption("");
    await page.getByLabel("Language").first().selectOption("en-AU");
    await expect.poll(() => page.locator("[data-voice] h4").allTextContents()).toEqual(["Chloe"]);
  });

  it("plays and seeks, one voice at a time, and explains the request", async ({ page }) => {
    await page.getByRole("button", { name: "Play Aaron" }).click();
    await expect.poll(() => positionOf(page, "Aaron")).toBeGreaterThan(0.5);
    // Chromium may ask twice, and the edge cache has it by then.
    await latestRequest(page)
      .getByText(/of 56 kB, from (R2|the edge cache)/)
      .waitFor();
    expect(await latestRequest(page).getByText("206", { exact: true }).count()).toBe(1);
    expect(await latestRequest(page).textContent()).toContain("bytes=0-");

    await positionSlider(page, "Aaron").fill("9");
    await expect.poll(() => positionOf(page, "Aaron")).toBeGreaterThan(9.3);

    await page.getByRole("button", { name: "Play Abigail" }).click();
    await page.getByRole("button", { name: "Play Aaron" }).waitFor();
    expect(await page.getByRole("button", { name: /^Pause \w/ }).count()).toBe(1);
  });

  it("loads 60 voices in two pages", async ({ page, stack }) => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await signIn(page, givenManyVoices(stack, 60));
    await page.getByRole("radio", { name: "Your own" }).check();
    // Until the filtered list has arrived, "Load more" ignores clicks.
    await expect.poll(() => page.locator('[data-voice^="voice_system"]').count()).toBe(0);
    await page.getByText("First 50 voices").waitFor();
    await page.getByRole("button", { name: "Load more" }).click();
    await page.getByText("60 voices").waitFor();
    expect(await page.locator("[data-voice]").count()).toBe(60);
    expect(await page.getByRole("button", { name: "Load more" }).count()).toBe(0);
  });

  it("shows the codec, the bit rate and the size of a voice, and nothing for one that was not measured", async ({
    page,
  }) => {
    const facts = (name: string) => voiceCard(page, name).locator(".card-foot > .muted").textContent();
    await voiceCard(page, "Aaron").waitFor();
    expect(await facts("Aaron")).toMatch(/^MP3 · .*\d+ kb\/s · 56 kB$/);
    expect(await facts("Demo voice (processing)")).toBe("");
  });

  it("states that a voice is processing", async ({ page }) => {
    await voiceCard(page, "Demo voice (processing)").getByText("Processing: no audio yet.").waitFor();
  });
});

describe("the generation list", () => {
  it.beforeEach(async ({ page, longGeneration: _longGeneration }) => {
    await signIn(page, "org_demo");
    await page.getByRole("link", { name: "Generations" }).click();
  });

  it("seeks to 170 s in a three-minute generation with a range request near that position", async ({
    page,
  }) => {
    const label = "“A long one”";
    await page.getByRole("button", { name: `Play ${label}` }).click();
    await expect.poll(() => positionOf(page, label)).toBeGreaterThan(0.3);
    await positionSlider(page, label).fill("170");
    await expect.poll(() => positionOf(page, label)).toBeGreaterThan(170.3);
    await expect
      .poll(() => latestRequest(page).textContent())
      .toMatch(/bytes 1[45],\d{3},\d{3}–15,876,043 of 16 MB/);
    expect(await latestRequest(page).textContent()).toContain("from R2, private audio is not cached");
  });

  it("shows codec, sample rate, channels, bit rate and size of a generation that was probed", async ({
    page,
  }) => {
    const facts = (id: string) => page.locator(`[data-generation="${id}"] .card-foot > .muted`);
    await facts("gen_demo_ready").waitFor();
    // The levels are measured when the peaks are first asked for, and shown when the list is refreshed.
    await facts("gen_demo_ready").scrollIntoViewIfNeeded();
    await expect
      .poll(() => facts("gen_demo_ready").textContent())
      .toBe("PCM · 22.05 kHz · mono · 353 kb/s · 179 kBpeak −3.3 dBFS · silence 12.5 %");
    expect(await facts("gen_demo_processing").textContent()).toBe("");
  });

  it("is filtered by state", async ({ page }) => {
    await page.getByRole("radio", { name: "Processing" }).check();
    await page.locator("[data-generation]").getByText("Processing: no audio yet.").waitFor();
    const players = page.locator("[data-generation]").getByRole("button", { name: /^Play/ });
    await expect.poll(() => players.count()).toBe(0);
    await page.getByRole("radio", { name: "Failed" }).check();
    await page.getByText("The speech model ran out of memory.").waitFor();
    expect(await page.locator("[data-generation]").count()).toBe(1);
  });
});
