// What the console tells of what happened elsewhere, and that it tells nothing of other organisations. Needs chromium.
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { putGeneration } from "../stack/ingest.ts";
import type { LocalStack } from "../stack/local-stack.ts";
import {
  activateSubscription,
  createVoiceElsewhere,
  fillForm,
  fixturePath,
  openForm,
  PHONE,
  signIn,
  submitForm,
  voiceCard,
  waitForNewVoice,
} from "./console-page.ts";
import { it } from "./fixtures.ts";

/** Longer than the console waits to learn whether a change was its own. */
const NOTICE_MS = 3_000;

const toasts = (page: Page) => page.locator(".toast");
const sidebarText = (page: Page) => page.locator(".sidebar").textContent();

/** A back end begins a generation and reports that it failed. */
async function failGeneration(stack: LocalStack, orgId: string, text: string): Promise<void> {
  const id = crypto.randomUUID();
  for (const [path, body] of [
    [id, { orgId, voiceName: "Andy", text }],
    [`${id}/failure`, { reason: "Out of memory" }],
  ] as const) {
    const response = await putGeneration(stack, path, body);
    expect(response.status, await response.text()).toBeLessThan(300);
  }
}

it.beforeEach(({ page, subscribedOrg }) => signIn(page, subscribedOrg));

describe("a notice", () => {
  it("tells of a voice that another tab created, and its button shows the voice", async ({ page }) => {
    await createVoiceElsewhere(page, { name: "Grandma" });
    await toasts(page).filter({ hasText: "Voice created: “⁨Grandma⁩”" }).waitFor();
    expect(await voiceCard(page, "Grandma").count()).toBe(0);
    await toasts(page).getByRole("button", { name: "Reload" }).click();
    await voiceCard(page, "Grandma").waitFor();
    expect(await toasts(page).count()).toBe(0);
  });

  it("tells of a voice that another tab deleted, and of a generation that a back end failed to make", async ({
    page,
    stack,
    orgId,
  }) => {
    const id = await createVoiceElsewhere(page, { name: "Short-lived" });
    await toasts(page).filter({ hasText: "Voice created" }).waitFor();
    const deleted = await page.request.delete(`${stack.url}/api/voices/${id}`, {
      headers: { Origin: stack.url },
    });
    expect(deleted.status()).toBe(204);
    await toasts(page).filter({ hasText: "Voice deleted: “⁨Short-lived⁩”" }).waitFor();
    await failGeneration(stack, orgId, "Once upon a time");
    await toasts(page).filter({ hasText: "Generation failed: “⁨Once upon a time⁩”" }).waitFor();
    await toasts(page).last().getByRole("button", { name: "Reload" }).click();
    await page.getByText("Out of memory").waitFor();
  });

  it("is not shown for what this page itself creates and deletes", async ({ page }) => {
    await fillForm(page, "Made here", fixturePath("speech.mp3"));
    await submitForm(page);
    await waitForNewVoice(page, "Made here");
    await page.waitForTimeout(NOTICE_MS);
    await page.getByRole("button", { name: "Delete Made here" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await voiceCard(page, "Made here").waitFor({ state: "detached" });
    await page.waitForTimeout(NOTICE_MS);
    expect(await toasts(page).allTextContents()).toEqual([]);
  });

  it("is not shown again for changes from before the page was loaded", async ({ page }) => {
    await createVoiceElsewhere(page, { name: "Earlier" });
    await toasts(page).waitFor();
    await page.reload();
    await voiceCard(page, "Earlier").waitFor();
    await page.waitForTimeout(NOTICE_MS);
    expect(await toasts(page).count()).toBe(0);
  });

  it("goes by itself, but not while the pointer or the focus is on it, and can be dismissed", async ({
    page,
    stack,
    orgId,
  }) => {
    await page.clock.install();
    const show = async () => {
      await failGeneration(stack, orgId, "A text");
      await expect
        .poll(async () => {
          await page.clock.runFor(500);
          return toasts(page).count();
        })
        .toBe(1);
    };
    await show();
    await page.clock.runFor(10_000);
    expect(await toasts(page).count()).toBe(0);

    await show();
    await toasts(page).hover();
    await page.clock.runFor(60_000);
    expect(await toasts(page).count()).toBe(1);
    await toasts(page).getByRole("button", { name: "Dismiss" }).focus();
    await page.mouse.move(600, 5);
    await page.clock.runFor(60_000);
    expect(await toasts(page).count()).toBe(1);
    await page.keyboard.press("Enter");
    expect(await toasts(page).count()).toBe(0);
  });

  it("is one of three at most, none of which covers the navigation, the header or a submit button", async ({
    open,
    stack,
    orgId,
  }) => {
    for (const viewport of [
      { width: 320, height: 200 },
      { width: 320, height: 568 },
      PHONE,
      { width: 1280, height: 800 },
    ]) {
      const { page } = await open({ viewport, reducedMotion: "reduce" });
      await signIn(page, orgId);
      await openForm(page);
      await page.locator("#billing-panel").getByText("Events received").waitFor({ state: "attached" });
      for (const text of ["one", "two", "three", "four"])
        await failGeneration(stack, orgId, text.repeat(200));
      await toasts(page).filter({ hasText: "four" }).waitFor();
      expect(await toasts(page).count()).toBe(3);
      await toasts(page).last().hover();
      const submit = page.getByRole("button", { name: "Create voice" });
      await submit.evaluate((button) => button.scrollIntoView({ block: "nearest" }));
      const covered = await page.evaluate(() =>
        [...document.querySelectorAll("nav a, header button:not(.skip), button[type=submit].primary")]
          .filter((control) => control.checkVisibility())
          .filter((control) => {
            const { left, top, width, height } = control.getBoundingClientRect();
            const middle = document.elementFromPoint(left + width / 2, top + height / 2);
            return top + height > 0 && !control.contains(middle);
          })
          .map((control) => control.outerHTML),
      );
      expect(covered).toEqual([]);
      const animations = await page.evaluate(() => document.getAnimations().length);
      expect(animations).toBe(0);
    }
  });
});

describe("the session", () => {
  it("that another tab ended is told of once, and the notice signs in again", async ({
    page,
    stack,
    orgId,
  }) => {
    await page.context().clearCookies();
    await toasts(page).filter({ hasText: "Your session has ended." }).waitFor();
    await page.waitForTimeout(6_000);
    expect(await toasts(page).count()).toBe(1);
    await toasts(page).getByRole("button", { name: "Sign in again" }).click();
    await expect.poll(() => page.context().cookies()).not.toEqual([]);
    expect((await page.request.get(`${stack.url}/api/voices`)).status()).toBe(200);
    expect(await page.locator(".identity b").textContent()).toBe(orgId);
  });

  it("of another organisation that another tab began is followed, so that nothing is done in its name unseen", async ({
    page,
  }) => {
    await page.evaluate(() => fetch("/__dev/session", { method: "POST", body: '{"orgId":"org_free"}' }));
    await toasts(page).filter({ hasText: "Another tab has signed in as org_free." }).waitFor();
    expect(await page.locator(".identity b").textContent()).toBe("org_free");
    await page.getByRole("switch", { name: "Subscription of org_free" }).waitFor();
  });
});

it("the sidebar has the requests and Polar's events of the own organisation, and none of another", async ({
  page,
  open,
  stack,
  orgId,
}) => {
  const other = (await open()).page;
  const otherOrg = `${orgId}_other`;
  await activateSubscription(stack, otherOrg);
  await signIn(other, otherOrg);
  const own = await createVoiceElsewhere(page, { name: "Own" });
  const foreign = await createVoiceElsewhere(other, { name: "Foreign" });
  for (const [each, id] of [
    [page, own],
    [other, foreign],
  ] as const) {
    await each.request.get(`${stack.url}/api/voices/${id}/metadata`);
    const requests = each.locator("#requests-panel");
    await requests.getByRole("radio", { name: "All" }).check();
    await requests.getByText(`/api/voices/${id}/metadata`).waitFor();
    await each.locator("#billing-panel").getByText("voice_creation").first().waitFor();
  }
  // What the other page shows has reached this one by now, if it is sent.
  await page.waitForTimeout(1_000);
  expect(await sidebarText(page)).not.toContain(foreign);
  expect(await sidebarText(page)).not.toContain(otherOrg);
  expect(await page.locator("#billing-panel li").count()).toBe(1);
  await toasts(page).filter({ hasText: "Own" }).waitFor();
  expect(await toasts(page).filter({ hasText: "Foreign" }).count()).toBe(0);
});
