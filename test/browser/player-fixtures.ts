// What the tests of the player bar share: the page's audio element and media keys, which they read, and its controls.
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { playerBar, positionOf } from "./console-page.ts";
import { it as base } from "./fixtures.ts";

export const it = base.extend("page", async ({ open }) => {
  const { page } = await open();
  // The audio element is not in the document, and the browser does not expose the handlers of media keys.
  await page.addInitScript(() => {
    const Original = window.Audio;
    window.Audio = class extends Original {
      constructor() {
        super();
        Object.assign(window, { audio: this });
      }
    };
    const handlers: Record<string, unknown> = {};
    Object.assign(window, { mediaKeys: handlers });
    navigator.mediaSession.setActionHandler = (action, handler) => {
      handlers[action] = handler;
    };
  });
  await page.reload();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  return page;
});

// In a hook, so that its time does not count against the first test's timeout.
it.beforeAll(({ stack, browser }) => void [stack, browser]);

export const audioState = (page: Page) =>
  page.evaluate(() => {
    const { paused, playbackRate, volume, currentTime } = (window as unknown as { audio: HTMLAudioElement })
      .audio;
    return { paused, playbackRate, volume, currentTime };
  });

/** Plays a voice, and waits until it does. */
export const play = async (page: Page, name: string) => {
  await page.getByRole("button", { name: `Play ${name}`, exact: true }).click();
  await expect.poll(() => positionOf(page, name)).toBeGreaterThan(0.3);
};

export const barButton = (page: Page, name: string): Locator =>
  playerBar(page).getByRole("button", { name, exact: true });
