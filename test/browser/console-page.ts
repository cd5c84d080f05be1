// Opens the local console in a browser context and operates it as a user does: by roles and names.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type { LocalStack } from "../stack/local-stack.ts";

const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };
export const SMALLEST_PHONE = { width: 320, height: 568 };

export const fixturePath = (name: string) => join(import.meta.dirname, "..", "fixtures", name);

export interface ConsoleOptions {
  viewport?: { width: number; height: number };
  colorScheme?: "light" | "dark";
  reducedMotion?: "reduce";
  /** Between the browser and the stack. */
  proxy?: { server: string };
}

export interface ConsolePage {
  page: Page;
  context: BrowserContext;
  /** Errors and warnings in the browser's console, without those for unsuccessful responses. */
  consoleErrors: string[];
}

/** Opens the console, signed out, in a new browser context. */
export async function openConsole(
  browser: Browser,
  { url }: LocalStack,
  options: ConsoleOptions = {},
): Promise<ConsolePage> {
  const context = await browser.newContext({ viewport: DESKTOP, colorScheme: "light", ...options });
  const page = await context.newPage();
  const consoleErrors: string[] = [];
  page.on("pageerror", (error) => consoleErrors.push(error.message));
  page.on("console", (message) => {
    const isError = message.type() === "error" || message.type() === "warning";
    if (isError && !message.text().startsWith("Failed to load resource")) consoleErrors.push(message.text());
  });
  await page.goto(url);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  return { page, context, consoleErrors };
}

/** Signs in as a demo organisation by its button, or as another organisation by the form. */
export async function signIn(page: Page, orgId: string): Promise<void> {
  const demoOrg = page.getByRole("button", { name: new RegExp(`^${orgId}`) });
  if ((await demoOrg.count()) > 0) {
    await demoOrg.click();
  } else {
    await page.getByLabel("Organisation").fill(orgId);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  }
  await page.getByRole("heading", { name: "Voices" }).waitFor();
}

/** Activates an organisation's subscription in the Polar fake. */
export async function activateSubscription({ url }: LocalStack, orgId: string): Promise<void> {
  const response = await fetch(`${url}/__dev/polar/subscriptions/${orgId}`, {
    method: "PUT",
    body: JSON.stringify({ active: true }),
  });
  expect(response.status).toBe(200);
}

export const voiceCard = (page: Page, name: string): Locator =>
  page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });

/** The list of the organisation's own voices. */
export const ownVoices = (page: Page): Locator => page.getByRole("region", { name: "Your own" });

/** Waits until the card of a voice that was just created is shown. */
export const waitForNewVoice = (page: Page, name: string): Promise<void> =>
  voiceCard(page, name).getByText("New", { exact: true }).waitFor();

/** The player bar. */
export const playerBar = (page: Page): Locator => page.getByRole("region", { name: "Player" });

export const positionSlider = (page: Page, label: string): Locator =>
  page.getByRole("slider", { name: `Position in ${label}` });

/** The playback position in seconds. */
export const positionOf = async (page: Page, label: string): Promise<number> =>
  Number(await positionSlider(page, label).inputValue());

/** Creates a voice of the organisation that is signed in, as another window of the app would. Returns its id. */
export async function createVoiceElsewhere(
  page: Page,
  fields: { name: string; description?: string },
  recording = "speech.mp3",
): Promise<string> {
  const query = new URLSearchParams({ category: "GENERAL", language: "en-US", ...fields });
  const { origin } = new URL(page.url());
  const response = await page.request.post(`${origin}/api/voices/create?${query}`, {
    data: await readFile(fixturePath(recording)),
    headers: { "Content-Type": "audio/mpeg", Origin: origin },
  });
  expect(response.status()).toBe(201);
  return (await response.json()).id;
}

/** Shows the form for a new voice. The view changes some time after the click, and what is hidden takes no focus. */
export async function openForm(page: Page): Promise<void> {
  await page.getByRole("link", { name: "New voice" }).click();
  await page.getByRole("button", { name: "Create voice" }).waitFor();
}

/** Fills in the form for a new voice. `recording` is a path, or a name with bytes. */
export async function fillForm(
  page: Page,
  name: string,
  recording: string | { name: string; mimeType: string; buffer: Buffer },
): Promise<void> {
  await openForm(page);
  await page.locator('input[type="file"]').setInputFiles(recording);
  await page.getByLabel("Name", { exact: true }).fill(name);
}

export const submitForm = (page: Page): Promise<void> =>
  page.getByRole("button", { name: "Create voice" }).click();
