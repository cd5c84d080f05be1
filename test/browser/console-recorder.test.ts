// Recording in the local console: choosing a microphone, releasing it, what to do when there is none, and the guard
// against leaving the page. Needs chromium, whose fake devices beep.
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import {
  fillForm,
  fixturePath,
  openForm,
  SMALLEST_PHONE,
  signIn,
  submitForm,
  waitForNewVoice,
} from "./console-page.ts";
import { it } from "./fixtures.ts";
import { expectAccessible } from "./violations.ts";

/** Remembers each track that the page opens. */
const watchMicrophones = (page: Page) =>
  page.evaluate(() => {
    const opened: MediaStreamTrack[] = [];
    Object.assign(window, { opened });
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (constraints) => {
      const stream = await open(constraints);
      opened.push(...stream.getTracks());
      return stream;
    };
  });

/** The name and the state of each track that was opened: `live` while the microphone is on. */
const microphones = (page: Page) =>
  page.evaluate(() =>
    (window as unknown as { opened: MediaStreamTrack[] }).opened.map(({ label, readyState }) => [
      label,
      readyState,
    ]),
  );

const states = async (page: Page) => (await microphones(page)).map(([, state]) => state);

const record = async (page: Page) => {
  await page.getByRole("button", { name: "Record" }).click();
  await page.getByRole("timer").waitFor();
};

it.beforeEach(async ({ page, subscribedOrg }) => {
  await signIn(page, subscribedOrg);
  await watchMicrophones(page);
  await openForm(page);
});

describe("the microphone", () => {
  it("can be chosen by name, and the recording is made with it", async ({ page }) => {
    await record(page);
    await page.getByRole("button", { name: "Discard" }).click();
    const choice = page.getByRole("combobox", { name: "Microphone" });
    await choice.selectOption({ label: "Fake Audio Input 2" });
    await record(page);
    expect((await microphones(page)).at(-1)).toEqual(["Fake Audio Input 2", "live"]);
  });

  it("is released when the recording is stopped or discarded", async ({ page }) => {
    await record(page);
    expect(await states(page)).toEqual(["live"]);
    await page.getByRole("button", { name: "Discard" }).click();
    await expect.poll(() => states(page)).toEqual(["ended"]);
    await page.getByRole("button", { name: "Record" }).waitFor();
    expect(await page.getByText("recording.webm").count()).toBe(0);
    await record(page);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("recording.webm", { exact: true }).waitFor();
    expect(await states(page)).toEqual(["ended", "ended"]);
  });

  it("is released when the view is left, and the recording is kept", async ({ page }) => {
    await record(page);
    await page.getByRole("link", { name: "Voices" }).click();
    await expect.poll(() => states(page)).toEqual(["ended"]);
    await openForm(page);
    await page.getByText("recording.webm", { exact: true }).waitFor();
  });

  it("is released when the user signs out", async ({ page }) => {
    await record(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect.poll(() => states(page)).toEqual(["ended"]);
  });

  it("is released at once when the view was left before the browser allowed it", async ({ page }) => {
    await page.evaluate(() => {
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia;
      mediaDevices.getUserMedia = async (constraints) => {
        await new Promise((resolve) => window.addEventListener("hashchange", () => setTimeout(resolve, 200)));
        return open(constraints);
      };
    });
    await page.getByRole("button", { name: "Record" }).click();
    await page.getByText("Waiting for microphone…").waitFor();
    await page.getByRole("link", { name: "Voices" }).click();
    await expect.poll(() => states(page)).toEqual(["ended"]);
    await openForm(page);
    await page.getByRole("button", { name: "Record" }).waitFor();
    expect(await page.getByText("recording.webm").count()).toBe(0);
  });

  it("that is unplugged ends the recording, which is kept", async ({ page }) => {
    await record(page);
    await page.evaluate(() => {
      // Chromium's fake device cannot be unplugged: a track that stopped ends the recorder in the same way.
      for (const track of (window as unknown as { opened: MediaStreamTrack[] }).opened) track.stop();
    });
    await page.getByText("recording.webm", { exact: true }).waitFor();
  });

  it("is released before the recording is too large to be uploaded, which says so and is kept", async ({
    page,
  }) => {
    await page.clock.install({ time: 0 });
    // The page draws after the time has passed: it counts from the start of the recording, not from its first drawing.
    await page.clock.pauseAt(1_000);
    await record(page);
    // The limit of 20 MiB is 21:50 minutes of 128 kb/s.
    await page.clock.fastForward("19:00");
    await page.clock.runFor(1_000);
    await page.getByText(/^19:\d\d$/).waitFor();
    expect(await states(page)).toEqual(["live"]);
    await page.clock.fastForward("01:00");
    await page.getByText("a longer one would exceed the limit of 20 MB").waitFor();
    await page.getByText("recording.webm", { exact: true }).waitFor();
    expect(await states(page)).toEqual(["ended"]);
  });

  it.for([
    ["NotAllowedError", "The microphone is blocked. Allow it"],
    ["NotFoundError", "There is no microphone. Connect one"],
    ["NotReadableError", "Another program is using the microphone. Close that program"],
    ["OverconstrainedError", "This microphone was disconnected. Connect it or choose another one"],
  ] as const)("that cannot be opened (%s) says what to do", async ([name, text], { page }) => {
    await page.evaluate((errorName) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("refused", errorName));
    }, name);
    await page.getByRole("button", { name: "Record" }).click();
    await page.getByRole("alert").filter({ hasText: text }).waitFor();
    expect(await page.getByRole("button", { name: "Record" }).isEnabled()).toBe(true);
  });
});

describe("leaving the page", () => {
  /** Reloads, and stays if the browser asks. Returns whether it asked. */
  const asksBeforeReload = async (page: Page) => {
    const dialog = page.waitForEvent("dialog", { timeout: 5_000 }).catch(() => null);
    const loaded = page.waitForEvent("domcontentloaded", { timeout: 5_000 }).catch(() => null);
    await page.evaluate(() => setTimeout(() => location.reload()));
    const asked = await Promise.race([dialog, loaded.then(() => null)]);
    await asked?.dismiss();
    return asked?.type() === "beforeunload";
  };

  it("is asked about while recording and while uploading, and otherwise not", async ({ page }) => {
    await record(page);
    expect(await asksBeforeReload(page)).toBe(true);
    await page.getByRole("button", { name: "Discard" }).click();
    await page.getByRole("button", { name: "Record" }).waitFor();

    await fillForm(page, "Guarded", fixturePath("speech.wav"));
    const devtools = await page.context().newCDPSession(page);
    const network = { offline: false, latency: 0, downloadThroughput: -1 };
    await devtools.send("Network.emulateNetworkConditions", { ...network, uploadThroughput: 100_000 });
    await submitForm(page);
    await page.getByText(/Uploading, [1-9]/).waitFor();
    expect(await asksBeforeReload(page)).toBe(true);
    await devtools.send("Network.emulateNetworkConditions", { ...network, uploadThroughput: -1 });
    await waitForNewVoice(page, "Guarded");

    await fillForm(page, "Not sent yet", fixturePath("speech.wav"));
    await page.getByText("ready to upload").waitFor();
    expect(await asksBeforeReload(page)).toBe(false);
  });
});

it.for(["light", "dark"] as const)(
  "in the %s theme a recording and the choice of a microphone pass axe-core and do not overflow on the smallest phone",
  async (colorScheme, { open, orgId }) => {
    const opened = await open({ viewport: SMALLEST_PHONE, colorScheme });
    const { page } = opened;
    await signIn(page, orgId);
    await openForm(page);
    await record(page);
    await expectAccessible(opened, "recording");
    await page.getByRole("button", { name: "Discard" }).click();
    await page.getByRole("combobox", { name: "Microphone" }).waitFor();
    await expectAccessible(opened, "choosing a microphone");
  },
);
