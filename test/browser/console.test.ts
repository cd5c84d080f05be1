// The local console end to end: what a developer does with it on the first evening. Needs chromium.
import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LocalStack, startLocalStack } from "../stack/local-stack.ts";
import { launchChromium } from "./chromium.ts";
import {
  type ConsolePage,
  create,
  fillForm,
  fixturePath,
  newOrg,
  openConsole,
  positionIn,
  signIn,
  subscribe,
  voiceCard,
} from "./console-page.ts";
import { givenFailedGeneration, givenLongGeneration, givenManyVoices, risingTone } from "./given-rows.ts";

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
    givenFailedGeneration(stack, "The model ran out of memory");
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByRole("radio", { name: "Processing" }).check();
    await page.locator("[data-generation]").getByText("Being processed").waitFor();
    const players = page.locator("[data-generation]").getByRole("button", { name: /^Play/ });
    await expect.poll(() => players.count()).toBe(0);
    await page.getByRole("radio", { name: "Failed" }).check();
    await page.getByText("The model ran out of memory").waitFor();
    expect(await page.locator("[data-generation]").count()).toBe(1);
  });
});

describe("a new voice", () => {
  let orgId: string;

  beforeEach(async () => {
    orgId = newOrg();
    await subscribe(stack, orgId);
    await signIn(page, orgId);
  });

  const seesNewVoice = async (name: string) => {
    await voiceCard(page, name).getByText("New", { exact: true }).waitFor();
    await page.locator("#billing-panel li", { hasText: orgId }).getByText("voice_creation").waitFor();
  };

  it("is uploaded with its progress shown, is there at once, and is metered", async () => {
    await throttleUploads(300_000);
    const shown = await watchProgress();
    await fillForm(page, "Grandma", fixturePath("speech.wav"));
    await create(page);
    await seesNewVoice("Grandma");
    const between = (await shown()).filter((share) => share > 0.05 && share < 0.95);
    expect(new Set(between).size).toBeGreaterThan(2);
    expect(between).toEqual(between.toSorted((a, b) => a - b));
    await page.getByRole("button", { name: "Play Grandma" }).click();
    await expect.poll(() => positionOf("Grandma"), SHOWN).toBeGreaterThan(0.3);
  });

  it("is made of a file that is dropped", async () => {
    await page.getByRole("link", { name: "New voice" }).click();
    await drop("speech.mp3", "audio/mpeg");
    await page.getByText("speech.mp3", { exact: true }).waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Dropped");
    await create(page);
    await seesNewVoice("Dropped");
  });

  it("is recorded from the microphone, heard, and sent", async () => {
    await page.getByRole("link", { name: "New voice" }).click();
    await page.getByRole("button", { name: "Record" }).click();
    await page.getByText(/\d s more at least/).waitFor();
    await page.getByText("long enough").waitFor({ timeout: 20_000 });
    await page.waitForTimeout(600);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("recording.webm", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Play recording.webm" }).click();
    await expect.poll(() => positionOf("recording.webm"), SHOWN).toBeGreaterThan(0.5);
    await page.getByLabel("Name", { exact: true }).fill("Spoken");
    await create(page);
    await seesNewVoice("Spoken");
    await voiceCard(page, "Spoken").getByText("WEBM").waitFor();
  }, 60_000);

  it("can be given up while it is sent", async () => {
    await throttleUploads(100_000);
    await fillForm(page, "Given up", fixturePath("speech.wav"));
    await create(page);
    await page.getByText(/Uploading, [1-9]/).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Create the voice" }).waitFor();
    await page.getByText("speech.wav", { exact: true }).waitFor();
  });

  it("is deleted once that is confirmed", async () => {
    await fillForm(page, "Short-lived", fixturePath("speech.mp3"));
    await create(page);
    const card = voiceCard(page, "Short-lived");
    await card.getByRole("button", { name: "Delete Short-lived" }).click();
    await page.getByRole("button", { name: "Keep it" }).click();
    expect(await card.count()).toBe(1);
    await card.getByRole("button", { name: "Delete Short-lived" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await card.waitFor({ state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Voices");
    await page.reload();
    await page.getByRole("radio", { name: "Your own" }).check();
    await page.getByText("No voice is like that").waitFor();
  });
});

async function throttleUploads(bytesPerSecond: number): Promise<void> {
  const devtools = await opened.context.newCDPSession(page);
  await devtools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
}

/** From now on notes each value that the progress bar has; answers with a way to read them. */
async function watchProgress(): Promise<() => Promise<number[]>> {
  const seen = await page.evaluateHandle(() => {
    const values: number[] = [];
    new MutationObserver(() => {
      const bar = document.querySelector("progress");
      if (bar?.hasAttribute("value") && values.at(-1) !== bar.value) values.push(bar.value);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
    return values;
  });
  return () => seen.jsonValue();
}

async function drop(name: string, type: string): Promise<void> {
  const bytes = (await readFile(fixturePath(name))).toString("base64");
  const dataTransfer = await page.evaluateHandle(
    ({ encoded, ...file }) => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
      transfer.items.add(new File([content], file.name, { type: file.type }));
      return transfer;
    },
    { encoded: bytes, name, type },
  );
  for (const event of ["dragover", "drop"]) {
    await page.dispatchEvent(".drop-zone", event, { dataTransfer });
  }
}
