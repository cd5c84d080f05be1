// A voice made in the local console: from a file, by drag and drop, from the microphone; and its end. Needs chromium.
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

const SHOWN = { timeout: 15_000 };

let stack: LocalStack;
let browser: Browser;
let opened: ConsolePage;
let page: Page;

beforeAll(async () => {
  stack = await startLocalStack();
  browser = await launchChromium();
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
    await page.getByRole("searchbox", { name: "Search voices" }).fill("british");
    await voiceCard(page, "Dropped").waitFor({ state: "detached" });
    await voiceCard(page, "Abigail").waitFor();
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
