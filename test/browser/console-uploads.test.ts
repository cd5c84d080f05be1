// Creating a voice in the local console: from a file, by drag and drop, from the microphone; and deleting it. Needs
// chromium.
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import {
  fillForm,
  fixturePath,
  openForm,
  positionOf,
  signIn,
  submitForm,
  voiceCard,
  waitForNewVoice,
} from "./console-page.ts";
import { it } from "./fixtures.ts";

describe("a new voice", () => {
  it.beforeEach(async ({ page, subscribedOrg }) => {
    await signIn(page, subscribedOrg);
  });

  const waitForMeteredVoice = async (page: Page, orgId: string, name: string) => {
    await waitForNewVoice(page, name);
    await page.locator("#billing-panel li", { hasText: orgId }).getByText("voice_creation").waitFor();
  };

  it("is uploaded with increasing progress, is listed at once and is metered", async ({ page, orgId }) => {
    await throttleUploads(page, 300_000);
    const progress = await watchProgress(page);
    await fillForm(page, "Grandma", fixturePath("speech.wav"));
    await submitForm(page);
    await waitForMeteredVoice(page, orgId, "Grandma");
    const between = (await progress()).filter((value) => value > 0.05 && value < 0.95);
    expect(new Set(between).size).toBeGreaterThan(2);
    expect(between).toEqual(between.toSorted((a, b) => a - b));
    await page.getByRole("button", { name: "Play Grandma" }).click();
    await expect.poll(() => positionOf(page, "Grandma")).toBeGreaterThan(0.3);
  });

  it("is created from a dropped file", async ({ page, orgId }) => {
    await openForm(page);
    await dropFile(page, "speech.mp3", "audio/mpeg");
    await page.getByText("speech.mp3", { exact: true }).waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Dropped");
    await submitForm(page);
    await waitForMeteredVoice(page, orgId, "Dropped");
    await page.getByRole("searchbox", { name: "Search voices" }).fill("british");
    await voiceCard(page, "Dropped").waitFor({ state: "detached" });
    await voiceCard(page, "Abigail").waitFor();
  });

  it("is recorded from the microphone, played and uploaded", async ({ page, orgId }) => {
    await openForm(page);
    await page.getByRole("button", { name: "Record" }).click();
    await page.getByText(/at least \d+ s more/).waitFor();
    await page.getByText("long enough").waitFor({ timeout: 20_000 });
    await page.waitForTimeout(600);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("recording.webm", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Play recording.webm" }).click();
    await expect.poll(() => positionOf(page, "recording.webm")).toBeGreaterThan(0.5);
    await page.getByLabel("Name", { exact: true }).fill("Spoken");
    await submitForm(page);
    await waitForMeteredVoice(page, orgId, "Spoken");
    await voiceCard(page, "Spoken").getByText("WEBM").waitFor();
  }, 60_000);

  it("can be cancelled during the upload, which keeps the form", async ({ page }) => {
    await throttleUploads(page, 100_000);
    await fillForm(page, "Cancelled", fixturePath("speech.wav"));
    await submitForm(page);
    await page.getByText(/Uploading, [1-9]/).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("The upload was cancelled. No voice was created.").waitFor();
    await page.getByRole("button", { name: "Create voice" }).waitFor();
    await page.getByText("speech.wav", { exact: true }).waitFor();
  });

  it("is deleted only after confirmation", async ({ page }) => {
    await fillForm(page, "Short-lived", fixturePath("speech.mp3"));
    await submitForm(page);
    const card = voiceCard(page, "Short-lived");
    await card.getByRole("button", { name: "Delete Short-lived" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await card.count()).toBe(1);
    await card.getByRole("button", { name: "Delete Short-lived" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await card.waitFor({ state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Voices");
    await page.reload();
    await page.getByRole("radio", { name: "Your own" }).check();
    await page.getByText("You have no voices of your own yet.").waitFor();
  });
});

async function throttleUploads(page: Page, bytesPerSecond: number): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
}

/** Records each value of the progress bar from now on. Returns a function that reads the recorded values. */
async function watchProgress(page: Page): Promise<() => Promise<number[]>> {
  const recorded = await page.evaluateHandle(() => {
    const values: number[] = [];
    new MutationObserver(() => {
      const bar = document.querySelector("progress");
      if (bar?.hasAttribute("value") && values.at(-1) !== bar.value) values.push(bar.value);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
    return values;
  });
  return () => recorded.jsonValue();
}

async function dropFile(page: Page, name: string, type: string): Promise<void> {
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
