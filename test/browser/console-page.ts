// The local console in a page of its own, handled as its user does: by names and roles.
import { join } from "node:path";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type { LocalStack } from "../stack/local-stack.ts";

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

export const fixturePath = (name: string) => join(import.meta.dirname, "..", "fixtures", name);

/** A new organisation's id. */
export const newOrg = () => `org_${crypto.randomUUID().replaceAll("-", "")}`;

interface Options {
  viewport?: { width: number; height: number };
  colorScheme?: "light" | "dark";
}

export interface ConsolePage {
  page: Page;
  context: BrowserContext;
  /** What the browser complained about, apart from answers that the page is meant to get. */
  complaints: string[];
}

/** Opens the console in a context of its own, signed out. */
export async function openConsole(
  browser: Browser,
  { url }: LocalStack,
  { viewport = DESKTOP, colorScheme = "light" }: Options = {},
): Promise<ConsolePage> {
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    const isComplaint = message.type() === "error" || message.type() === "warning";
    if (isComplaint && !message.text().startsWith("Failed to load resource")) complaints.push(message.text());
  });
  await page.goto(url);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  return { page, context, complaints };
}

/** Signs in as an organisation that the door offers, or as another by its form. */
export async function signIn(page: Page, orgId: string): Promise<void> {
  const offered = page.getByRole("button", { name: new RegExp(`^${orgId}`) });
  if ((await offered.count()) > 0) {
    await offered.click();
  } else {
    await page.getByLabel("Organisation").fill(orgId);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  }
  await page.getByRole("heading", { name: "Voices" }).waitFor();
}

/** Gives an organisation a subscription. */
export async function subscribe({ url }: LocalStack, orgId: string): Promise<void> {
  const answer = await fetch(`${url}/__dev/polar/subscriptions/${orgId}`, {
    method: "PUT",
    body: JSON.stringify({ active: true }),
  });
  expect(answer.status).toBe(200);
}

export const voiceCard = (page: Page, name: string): Locator =>
  page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });

export const positionIn = (page: Page, label: string): Locator =>
  page.getByRole("slider", { name: `Position in ${label}` });

/** Fills the form for a new voice; the recording is a path, or bytes with a name. */
export async function fillForm(
  page: Page,
  name: string,
  recording: string | { name: string; mimeType: string; buffer: Buffer },
): Promise<void> {
  await page.getByRole("link", { name: "New voice" }).click();
  await page.locator('input[type="file"]').setInputFiles(recording);
  await page.getByLabel("Name", { exact: true }).fill(name);
}

export const create = (page: Page): Promise<void> =>
  page.getByRole("button", { name: "Create the voice" }).click();
