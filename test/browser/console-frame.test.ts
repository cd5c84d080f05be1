// The frame of the console: where the focus goes, what is shown before data is there, and long names. Needs chromium.
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { startLocalStack } from "../stack/local-stack.ts";
import { openConsole, signIn } from "./console-page.ts";
import { it } from "./fixtures.ts";

const LIVE = "**/__dev/live?*";
const LONGEST = "org_with_the_longest_name_that_is_allowed_".padEnd(64, "m");

const focusedText = (page: Page) =>
  page.evaluate(() => `${document.activeElement?.tagName} ${document.activeElement?.textContent}`);
const panel = (page: Page, name: "requests" | "billing") => page.locator(`#${name}-panel`);
const switches = (page: Page) => page.getByRole("switch", { name: /^Subscription of/, includeHidden: true });

/** Loads the console anew at `view`. Of a console that is loaded, the view would change some time after `goto`. */
async function loadAt(page: Page, url: string, view: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(`${url}/#${view}`);
}

describe("the focus", () => {
  it("is on the view's heading after signing in, in every view", async ({ page, stack }) => {
    for (const [view, heading] of [
      ["voices", "Voices"],
      ["generations", "Generations"],
      ["create", "New voice"],
    ] as const) {
      await loadAt(page, stack.url, view);
      await page.getByRole("button", { name: /^org_free/ }).click();
      await page.getByRole("heading", { name: heading, exact: true }).waitFor();
      expect(await focusedText(page)).toBe(`H2 ${heading}`);
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      expect(await focusedText(page)).toBe("H2 Sign in");
    }
  });

  it("is on the heading of a side view after signing in on a phone", async ({ open, stack }) => {
    const { page } = await open({ viewport: { width: 390, height: 844 } });
    await loadAt(page, stack.url, "billing");
    await page.getByRole("button", { name: /^org_free/ }).click();
    await page.getByRole("heading", { name: "Polar" }).waitFor();
    await expect.poll(() => focusedText(page)).toBe("H2 Polar");
  });

  it("goes from the form for another organisation to the heading as well", async ({ page, orgId }) => {
    await signIn(page, "org_free");
    await page.getByRole("button", { name: "Sign out" }).click();
    await signIn(page, orgId);
    expect(await focusedText(page)).toBe("H2 Voices");
  });

  it("is left alone when a page of a signed-in user loads", async ({ page }) => {
    await signIn(page, "org_free");
    await page.reload();
    await panel(page, "billing").getByText("Events received").waitFor();
    expect(await focusedText(page)).toMatch(/^BODY/);
  });
});

describe("before data is there", () => {
  it("the sidebar says that it is loading, and neither that a subscription is off nor that there is nothing", async ({
    page,
    subscribedOrg,
  }) => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route(LIVE, async (route) => {
      await held;
      await route.continue();
    });
    await signIn(page, subscribedOrg);
    for (const name of ["requests", "billing"] as const) {
      await panel(page, name).getByText("Loading…").waitFor();
    }
    const before = page.locator(".sidebar");
    expect(await switches(page).count()).toBe(0);
    expect(await before.textContent()).not.toMatch(/No events|Play or seek|none/i);
    answer();
    await expect.poll(() => switches(page).isChecked()).toBe(true);
    await panel(page, "billing").getByText("No events yet").waitFor();
    await panel(page, "requests").getByText("Play or seek").waitFor();
    expect(await page.getByText("Loading…").count()).toBe(0);
  });
});

describe("a stack that stops", () => {
  it("is named in the sidebar and in a notice, and both recover by themselves when it runs again", async ({
    browser,
  }) => {
    const first = await startLocalStack();
    const port = Number(new URL(first.url).port);
    const { page, context } = await openConsole(browser, first);
    await signIn(page, "org_demo");
    await expect.poll(() => switches(page).isChecked()).toBe(true);
    const notices = page.getByRole("status").filter({ hasText: "The stack" });
    const inPanels = page.locator(".panel").getByText("The stack does not respond");

    await first.stop();
    await notices.getByText("The stack does not respond.").waitFor();
    expect(await inPanels.count()).toBe(2);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are still signed in").waitFor();
    await switches(page).click();
    await page.getByText("The subscription was not changed").waitFor();

    const second = await startLocalStack({ port });
    try {
      await notices.getByText("The stack is back.").waitFor();
      await expect.poll(() => inPanels.count()).toBe(0);
      await switches(page).click();
      await expect.poll(() => switches(page).isChecked()).toBe(false);
    } finally {
      await context.close();
      await second.stop();
    }
  }, 180_000);
});

describe("an organisation with the longest id, on 320 pixels", () => {
  it.for([568, 200])(
    "stays inside the page in every view, %i pixels high",
    async (height, { open, stack }) => {
      const { page } = await open({ viewport: { width: 320, height } });
      const expectInside = async (where: string) => {
        const wide = await page.evaluate(() =>
          [...document.querySelectorAll("body *")]
            .filter(
              (element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth,
            )
            .map((element) => element.outerHTML.slice(0, 100)),
        );
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect({ where, wide, overflow }).toEqual({ where, wide: [], overflow: 0 });
      };
      await page.getByLabel("User").fill(LONGEST.replace("org_", "usr_"));
      await page.getByLabel("Organisation").fill(`${"ארגון ארוך מאוד ".repeat(9)}🎙️`);
      expect(
        await page.getByLabel("Organisation").evaluate((field) => getComputedStyle(field).direction),
      ).toBe("rtl");
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await page.getByText("orgId must have 1 to 64 characters").waitFor();
      await expectInside("sign-in");
      await signIn(page, LONGEST);
      await fetch(`${stack.url}/__dev/polar/v1/events/ingest`, {
        method: "POST",
        headers: { Authorization: "Bearer polar_oat_local_fake", "Content-Type": "application/json" },
        body: JSON.stringify({ events: [{ name: "n".repeat(128), external_customer_id: LONGEST }] }),
      });
      for (const view of ["voices", "generations", "create", "requests", "billing"]) {
        await loadAt(page, stack.url, view);
        if (view === "billing") await panel(page, "billing").getByText("n".repeat(128)).first().waitFor();
        await expectInside(view);
      }
      // One line each, cut with an ellipsis; the title has all of it.
      const name = page.locator(".identity b");
      expect(await name.getAttribute("title")).toBe(LONGEST);
      const { height: nameHeight } = (await name.boundingBox()) ?? { height: 0 };
      expect(nameHeight).toBeLessThan(24);
      await page.goto(`${stack.url}/#voices`);
      await page.route("**/api/voices?*", (route) => route.fulfill({ status: 401, json: { error: "x" } }));
      await page.reload();
      await page.getByRole("button", { name: /^Sign in again as/ }).waitFor();
      await expectInside("an error that offers to sign in again");
    },
  );
});
