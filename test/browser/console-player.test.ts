// The player bar of the console: what it controls, and what leaves it playing. Needs chromium.
import { describe, expect } from "vitest";
import { playerBar, positionOf, positionSlider, signIn, voiceCard } from "./console-page.ts";
import { givenManyVoices } from "./given-rows.ts";
import { audioState, barButton, it, play } from "./player-fixtures.ts";

describe("a playing voice", () => {
  it("plays on while the list is searched, filtered and continued and while the view changes", async ({
    page,
    stack,
  }) => {
    await signIn(page, givenManyVoices(stack, 60));
    await page.getByRole("radio", { name: "System" }).check();
    await play(page, "Gavin");
    await page.getByRole("radio", { name: "Your own" }).check();
    await voiceCard(page, "Gavin").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Load more" }).click();
    await page.getByText("60 voices").waitFor();
    await page.getByRole("searchbox", { name: "Search voices" }).fill("no such voice");
    await page.getByText("No voice matches").waitFor();
    await page.getByRole("link", { name: "Generations" }).click();
    await page.getByText("No generations yet").waitFor();
    await page.goBack();
    const { paused, currentTime } = await audioState(page);
    expect(paused).toBe(false);
    await expect.poll(() => positionOf(page, "Gavin")).toBeGreaterThan(currentTime);
    expect(await playerBar(page).textContent()).toContain("Gavin");
  });

  it("ends when the user signs out", async ({ page }) => {
    await signIn(page, "org_demo");
    await play(page, "Aaron");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    // Effects run after the next frame.
    await expect.poll(async () => (await audioState(page)).paused).toBe(true);
    expect(await playerBar(page).count()).toBe(0);
  });

  it("ends with the bar, and the focus goes back to its card", async ({ page }) => {
    await signIn(page, "org_demo");
    await play(page, "Aaron");
    await barButton(page, "Close the player").click();
    await playerBar(page).waitFor({ state: "detached" });
    await expect.poll(async () => (await audioState(page)).paused).toBe(true);
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    await expect.poll(focused).toBe("Play Aaron");
  });
});

describe("the player bar", () => {
  it.beforeEach(({ page }) => signIn(page, "org_demo"));

  it("plays and pauses, seeks, and goes to the next and the previous voice of the list", async ({ page }) => {
    await page.getByRole("radio", { name: "System" }).check();
    await play(page, "Aaron");
    expect(await barButton(page, "Previous").isDisabled()).toBe(true);
    await barButton(page, "Pause").click();
    await page.getByRole("button", { name: "Play Aaron", exact: true }).waitFor();
    await positionSlider(page, "Aaron").fill("9");
    await barButton(page, "Play").click();
    await expect.poll(() => positionOf(page, "Aaron")).toBeGreaterThan(9.2);
    await barButton(page, "Next").click();
    await expect.poll(() => positionOf(page, "Abigail")).toBeGreaterThan(0.2);
    await barButton(page, "Previous").click();
    await expect.poll(() => positionOf(page, "Aaron")).toBeGreaterThan(0.2);
  });

  it("keeps speed and volume for what is played next", async ({ page }) => {
    await play(page, "Aaron");
    await playerBar(page).getByLabel("Speed").selectOption("1.5×");
    await playerBar(page).getByLabel("Volume").fill("0.3");
    await barButton(page, "Next").click();
    await expect.poll(() => positionOf(page, "Abigail")).toBeGreaterThan(0.2);
    expect(await audioState(page)).toMatchObject({ playbackRate: 1.5, volume: 0.3 });
  });

  it("names the voice to the system and follows its media keys", async ({ page }) => {
    await play(page, "Aaron");
    const press = (key: string) =>
      page.evaluate(
        (name) => (window as unknown as { mediaKeys: Record<string, () => void> }).mediaKeys[name]?.(),
        key,
      );
    const title = () => page.evaluate(() => navigator.mediaSession.metadata?.title);
    expect(await title()).toBe("Aaron");
    await press("nexttrack");
    await expect.poll(title).toBe("Abigail");
    await press("previoustrack");
    await expect.poll(title).toBe("Aaron");
  });
});

describe("the player bar on a phone", () => {
  it.for([
    [390, 844],
    [320, 568],
  ] as const)(
    "covers neither the last card nor the navigation, at %i × %i",
    async ([width, height], { page }) => {
      await page.setViewportSize({ width, height });
      await signIn(page, "org_demo");
      await play(page, "Aaron");
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      const box = async (selector: string) => {
        const found = await page.locator(selector).last().boundingBox();
        if (!found) throw new Error(`${selector} is not shown`);
        return { top: found.y, bottom: found.y + found.height };
      };
      const [card, bar, navigation] = [await box("[data-voice]"), await box(".player-bar"), await box("nav")];
      expect(card.bottom).toBeLessThanOrEqual(bar.top);
      expect(bar.bottom).toBeLessThanOrEqual(navigation.top);
      await page.evaluate(() => window.scrollTo(0, 300));
      const scrolled = await box(".player-bar");
      expect(scrolled.bottom).toBeLessThanOrEqual((await box("nav")).top);
      expect(scrolled.top).toBeGreaterThan(height / 2);
      for (const control of ["button", "select", "input"]) {
        for (const each of await playerBar(page).locator(control).all()) {
          const { x = -1, width: wide = 0 } = (await each.boundingBox()) ?? {};
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x + wide).toBeLessThanOrEqual(width);
        }
      }
    },
  );
});

it("at a zoom of 400 % the bar leaves the page its room, and the keyboard reaches it", async ({ page }) => {
  // 1280 × 800 pixels at 400 %.
  await page.setViewportSize({ width: 320, height: 200 });
  await signIn(page, "org_demo");
  await page.getByRole("button", { name: "Play Aaron" }).press("Enter");
  await expect.poll(() => positionOf(page, "Aaron")).toBeGreaterThan(0.3);
  const top = async () => (await playerBar(page).boundingBox())?.y ?? 0;
  expect(await top()).toBeGreaterThan(200);
  await positionSlider(page, "Aaron").focus();
  expect(await top()).toBeLessThan(200);
  await page.keyboard.press("PageUp");
  await expect.poll(() => positionOf(page, "Aaron")).toBeGreaterThan(5);
});
