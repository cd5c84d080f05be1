// What becomes of an upload in the local console when its answer is lost, when it is cancelled and when it is submitted
// twice. Needs chromium.
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import {
  type ConsoleOptions,
  fillForm,
  fixturePath,
  SMALLEST_PHONE,
  signIn,
  submitForm,
  waitForNewVoice,
} from "./console-page.ts";
import { it as base } from "./fixtures.ts";
import { type ConnectionFault, startLossyProxy } from "./lossy-proxy.ts";
import { expectAccessible } from "./violations.ts";

const SPEECH = fixturePath("speech.mp3");
/** Longer than the three seconds after which a lost upload is repeated. */
/** Every repetition is lost, until the test has emptied the list of faults. */
const LOST_UNTIL_CLEARED: ConnectionFault[] = ["lose-answer", ...Array(40).fill("lose-request")];

const it = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires a destructuring pattern
  .extend("proxy", async ({}, { onCleanup }) => {
    const proxy = await startLossyProxy();
    onCleanup(() => proxy.stop());
    return proxy;
  })
  /** Opens the console through the proxy, signed in to an organisation with a subscription. */
  .extend(
    "openThroughProxy",
    ({ openSignedIn, proxy }) =>
      (options: ConsoleOptions = {}) =>
        openSignedIn({ ...options, proxy: { server: proxy.server } }),
  );

/** The names of the organisation's own voices. */
const ownVoices = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const { items } = await (await fetch("/api/voices?variant=CUSTOM")).json();
    return items.map(({ name }: { name: string }) => name);
  });

describe("an upload", () => {
  it("whose answer is lost is repeated under its key until the voice is shown, and creates one voice", async ({
    openThroughProxy,
    proxy,
  }) => {
    const { page } = await openThroughProxy();
    proxy.faults.push("lose-answer", "lose-request");
    await fillForm(page, "Found again", SPEECH);
    await submitForm(page);
    await page.getByText("The answer is missing").waitFor();
    await waitForNewVoice(page, "Found again");
    expect(proxy.keys).toHaveLength(3);
    expect(new Set(proxy.keys).size).toBe(1);
    expect(await ownVoices(page)).toEqual(["Found again"]);
  });

  it("that never reached the service is repeated until it has created the voice", async ({
    openThroughProxy,
    proxy,
  }) => {
    const { page } = await openThroughProxy();
    proxy.faults.push("lose-request");
    await fillForm(page, "At last", SPEECH);
    await submitForm(page);
    await page.getByText("The answer is missing").waitFor();
    await waitForNewVoice(page, "At last");
    expect(await ownVoices(page)).toEqual(["At last"]);
  });

  it("that is cancelled after its answer was lost leads to the voice, which can be deleted", async ({
    openThroughProxy,
    proxy,
  }) => {
    const { page } = await openThroughProxy();
    proxy.faults.push(...LOST_UNTIL_CLEARED);
    await fillForm(page, "Too late", SPEECH);
    await submitForm(page);
    await page.getByText("The answer is missing").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelling…").waitFor();
    proxy.faults.length = 0;
    await page.getByText("created before it could be cancelled").waitFor();
    expect(await ownVoices(page)).toEqual(["Too late"]);
    await page.getByRole("button", { name: "Show the voice" }).click();
    await waitForNewVoice(page, "Too late");
    await page.getByRole("button", { name: "Delete Too late" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await expect.poll(() => ownVoices(page)).toEqual([]);
  });

  it("that is cancelled before the service received it creates no voice, also not later", async ({
    openThroughProxy,
    proxy,
  }) => {
    const { page } = await openThroughProxy();
    proxy.faults.push(...LOST_UNTIL_CLEARED.slice(1));
    await fillForm(page, "Never", SPEECH);
    await submitForm(page);
    await page.getByText("The answer is missing").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelling…").waitFor();
    proxy.faults.length = 0;
    await page.getByText("No voice was created.").waitFor();
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("Never");
    expect(await ownVoices(page)).toEqual([]);
  });

  it.for([
    ["was created", LOST_UNTIL_CLEARED, ["Outlives the page"]],
    ["was not created", LOST_UNTIL_CLEARED.slice(1), []],
  ] as const)(
    "whose answer is missing when the page is reloaded is followed by its key: the voice %s",
    async ([outcome, faults, voices], { openThroughProxy, proxy }) => {
      const { page } = await openThroughProxy();
      page.on("dialog", (dialog) => dialog.accept());
      proxy.faults.push(...faults);
      await fillForm(page, "Outlives the page", SPEECH);
      await submitForm(page);
      await page.getByText("The answer is missing").waitFor();
      await page.reload();
      await page.getByRole("heading", { name: "New voice" }).waitFor();
      proxy.faults.length = 0;
      const notice = `The page was left while “\u2068Outlives the page\u2069” was uploaded. The voice ${outcome}.`;
      await page.locator(".toast").getByText(notice).waitFor();
      expect(new Set(proxy.keys).size).toBe(1);
      expect(await ownVoices(page)).toEqual(voices);
      // Its outcome is known now: nothing is left to follow.
      const requests = proxy.keys.length;
      await page.reload();
      await page.getByRole("heading", { name: "New voice" }).waitFor();
      await page.waitForTimeout(1_000);
      expect(proxy.keys).toHaveLength(requests);
    },
  );

  it("that is submitted twice at once is sent once", async ({ openThroughProxy, proxy }) => {
    const { page } = await openThroughProxy();
    await fillForm(page, "Once", SPEECH);
    await page.locator("form.create").evaluate((form: HTMLFormElement) => {
      form.requestSubmit();
      form.requestSubmit();
    });
    await waitForNewVoice(page, "Once");
    await fillForm(page, "Twice clicked", SPEECH);
    await page.getByRole("button", { name: "Create voice" }).dblclick();
    await waitForNewVoice(page, "Twice clicked");
    expect(proxy.keys).toHaveLength(2);
    const voices = await ownVoices(page);
    expect(voices).toHaveLength(2);
    expect(new Set(voices)).toEqual(new Set(["Once", "Twice clicked"]));
  });

  it("whose session ends while its answer is missing continues after signing in again", async ({
    openThroughProxy,
    proxy,
    orgId,
  }) => {
    const { page } = await openThroughProxy();
    proxy.faults.push(...LOST_UNTIL_CLEARED);
    await fillForm(page, "Carried over", SPEECH);
    await submitForm(page);
    await page.getByText("The answer is missing").waitFor();
    await page.context().clearCookies();
    proxy.faults.length = 0;
    await page.getByRole("button", { name: `Sign in again as ${orgId}` }).click();
    await waitForNewVoice(page, "Carried over");
    expect(await ownVoices(page)).toEqual(["Carried over"]);
  });

  it("does not go on after signing out, so that it cannot create the voice in another organisation", async ({
    openThroughProxy,
    proxy,
    orgId,
  }) => {
    const { page } = await openThroughProxy();
    proxy.faults.push("lose-request");
    await fillForm(page, "Left behind", SPEECH);
    await submitForm(page);
    await page.getByText("The answer is missing").waitFor();
    await page.getByRole("link", { name: "Voices" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await signIn(page, `${orgId}_b`);
    await page.waitForTimeout(4_000);
    expect(proxy.keys).toHaveLength(1);
  });
});

it.for(["light", "dark"] as const)(
  "in the %s theme the states of an upload pass axe-core and do not overflow on the smallest phone",
  async (colorScheme, { openThroughProxy, proxy }) => {
    const opened = await openThroughProxy({ viewport: SMALLEST_PHONE, colorScheme });
    const { page } = opened;
    proxy.faults.push(...LOST_UNTIL_CLEARED);
    await fillForm(page, "Kept in view", SPEECH);
    await submitForm(page);
    await page.getByText("The answer is missing").waitFor();
    await expectAccessible(opened, "a lost answer");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelling…").waitFor();
    await expectAccessible(opened, "cancelling");
    proxy.faults.length = 0;
    await page.getByText("created before it could be cancelled").waitFor();
    await expectAccessible(opened, "cancelled too late");
  },
);
