// How the local console shows each error and what it offers the user to resolve it. Needs chromium.
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import {
  activateSubscription,
  fillForm,
  fixturePath,
  openForm,
  signIn,
  submitForm,
  waitForNewVoice,
} from "./console-page.ts";
import { it } from "./fixtures.ts";

const CREATE = "**/api/voices/create?*";
const SPEECH = fixturePath("speech.mp3");
const errorBox = (page: Page) => page.getByRole("alert").filter({ has: page.getByRole("heading") });
const waitForError = (page: Page, title: string) =>
  errorBox(page).getByRole("heading", { name: title }).waitFor();

it.beforeEach(({ page, orgId }) => signIn(page, orgId));
it.afterEach(async ({ stack }) => {
  await fetch(`${stack.url}/__dev/polar`, { method: "DELETE" });
});

describe("without a subscription", () => {
  it("a voice is created only after the local subscription was activated in the error box", async ({
    page,
    orgId,
  }) => {
    await fillForm(page, "Paid for", SPEECH);
    await submitForm(page);
    await waitForError(page, "Subscription required");
    await errorBox(page).getByRole("button", { name: "Activate the local subscription and retry" }).click();
    await waitForNewVoice(page, "Paid for");
    const subscription = page.getByRole("switch", { name: `Subscription of ${orgId}` });
    await expect.poll(() => subscription.isChecked()).toBe(true);
  });

  it("the switch activates a subscription and cancels it again", async ({ page, orgId }) => {
    const subscription = page.getByRole("switch", { name: `Subscription of ${orgId}` });
    await subscription.click();
    await expect.poll(() => subscription.isChecked()).toBe(true);
    await subscription.click();
    await expect.poll(() => subscription.isChecked()).toBe(false);
    await fillForm(page, "Not paid for", SPEECH);
    await submitForm(page);
    await waitForError(page, "Subscription required");
  });
});

describe("with a subscription", () => {
  it.beforeEach(({ stack, orgId }) => activateSubscription(stack, orgId));

  it("a form without a recording asks for one", async ({ page }) => {
    await openForm(page);
    await submitForm(page);
    await page.getByText("Choose an audio file or record one first.").waitFor();
  });

  it("an invalid field is described by its message, and the corrected form succeeds", async ({ page }) => {
    await fillForm(page, " ", SPEECH);
    await page.locator("#voice-language").fill("not a tag");
    await submitForm(page);
    await page.getByText("Voice name is required").waitFor();
    const name = page.getByLabel("Name", { exact: true });
    await expect.poll(() => name.evaluate((field) => field === document.activeElement)).toBe(true);
    const language = page.locator("#voice-language");
    const descriptionOf = async (id: string | null) => page.locator(`#${id}`).textContent();
    expect(await descriptionOf(await name.getAttribute("aria-describedby"))).toBe("Voice name is required");
    expect(await descriptionOf(await language.getAttribute("aria-describedby"))).toContain("BCP 47");
    await name.fill("Named");
    await language.fill("en-GB");
    await submitForm(page);
    await waitForNewVoice(page, "Named");
  });

  it("after a session expired, signing in again in the error box continues the upload", async ({
    page,
    orgId,
  }) => {
    await fillForm(page, "Carried on", SPEECH);
    await page.context().clearCookies();
    await submitForm(page);
    await waitForError(page, "You are signed out");
    await errorBox(page)
      .getByRole("button", { name: `Sign in again as ${orgId}` })
      .click();
    await waitForNewVoice(page, "Carried on");
  });

  it.for([
    ["too large", 413, "Audio file exceeds the 20 MB size limit", "The recording is too large"],
    ["not audio", 422, "File is not a valid audio file", "The file is not a supported audio file"],
  ] as const)(
    "a recording that only the service finds %s is rejected with a reason and can be replaced",
    async ([, status, error, title], { page }) => {
      await fillForm(page, "Second try", SPEECH);
      await page.route(CREATE, (route) => route.fulfill({ status, json: { error } }));
      await submitForm(page);
      await waitForError(page, title);
      expect(await errorBox(page).evaluate((box) => box === document.activeElement)).toBe(true);
      await page.unroute(CREATE);
      await errorBox(page).getByRole("button", { name: "Choose another recording" }).click();
      await page.locator('input[type="file"]').setInputFiles(SPEECH);
      await submitForm(page);
      await waitForNewVoice(page, "Second try");
    },
  );

  it("an issue that only the service finds in a field is shown beside it, and the field is focused", async ({
    page,
  }) => {
    const issues = [{ code: "custom", message: "Language is not spoken here", path: ["language"] }];
    await fillForm(page, "Understood", SPEECH);
    await page.route(CREATE, (route) =>
      route.fulfill({ status: 400, json: { error: "Invalid input", issues } }),
    );
    await submitForm(page);
    await page.getByText("Language is not spoken here").waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("voice-language");
    expect(await errorBox(page).count()).toBe(0);
  });

  it("an organisation over the rate limit sees how long to wait, and the retry button is disabled", async ({
    page,
    orgId,
  }) => {
    const statuses = await page.evaluate(async (org) => {
      // Users are limited too, and the other tests share theirs.
      const body = JSON.stringify({ orgId: org, userId: "user_hurried" });
      await fetch("/__dev/session", { method: "POST", body });
      const start = async () => (await fetch("/api/voices/create", { method: "POST" })).status;
      return Promise.all(Array.from({ length: 31 }, start));
    }, orgId);
    expect(statuses).toContain(429);
    await fillForm(page, "Too often", SPEECH);
    await submitForm(page);
    await waitForError(page, "Too many uploads");
    const retry = errorBox(page).getByRole("button", { name: /^Try again in \d+ s$/ });
    expect(await retry.isDisabled()).toBe(true);
    const first = await retry.textContent();
    await expect.poll(() => retry.textContent()).not.toBe(first);
  });
});

describe("while Polar fails", () => {
  const injectFault = async (page: Page, target: string, kind: string, times: string) => {
    await page.getByLabel("Operation").selectOption(target);
    await page.locator("#billing-panel").getByLabel("Fault").selectOption(kind);
    await page.getByLabel("times").fill(times);
    await page.getByRole("button", { name: "Inject" }).click();
    await page.getByText(`${times} more`).waitFor();
  };

  it("an upload waits for the check, fails, and can be retried after the time in Retry-After", async ({
    page,
    stack,
    orgId,
  }) => {
    await injectFault(page, "customers", "hang", "1");
    await fillForm(page, "In the end", SPEECH);
    await submitForm(page);
    await page.getByText("Checking the recording…").waitFor();
    // The service has the whole recording, so it would create the voice all the same.
    expect(await page.getByRole("button", { name: "Cancel" }).count()).toBe(0);
    await waitForError(page, "Request failed");
    await errorBox(page).getByText("could not be checked right now").first().waitFor();
    await activateSubscription(stack, orgId);
    await errorBox(page).getByRole("button", { name: "Try again", exact: true }).click({ timeout: 20_000 });
    await waitForNewVoice(page, "In the end");
  }, 90_000);

  it("an undelivered event is delivered by the cron", async ({ page, stack, orgId }) => {
    await activateSubscription(stack, orgId);
    await injectFault(page, "events", "status 503", "3");
    await fillForm(page, "Metered late", SPEECH);
    await submitForm(page);
    await waitForNewVoice(page, "Metered late");
    const event = page.locator("#billing-panel li", { hasText: orgId });
    await expect.poll(() => page.getByText("2 more times").count()).toBe(1);
    expect(await event.count()).toBe(0);
    await page.getByRole("button", { name: "Clear faults" }).click();
    await page.getByLabel("Current time of the cron").selectOption({ label: "as of 1 hour from now" });
    await page.getByRole("button", { name: "Run the cron" }).click();
    await event.getByText("voice_creation").waitFor();
  });
});

it("a list that cannot be loaded shows an error, and the retry loads it", async ({ page }) => {
  await page.route("**/api/generations?*", (route) => route.abort("internetdisconnected"));
  await page.getByRole("link", { name: "Generations" }).click();
  await page.getByRole("button", { name: "Reload" }).click();
  await waitForError(page, "The service did not respond");
  await page.unroute("**/api/generations?*");
  await errorBox(page).getByRole("button", { name: "Try again" }).click();
  await page.getByText("No generations yet").waitFor();
});
