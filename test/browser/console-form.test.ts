// The form for a new voice in the local console: the limits and messages of its fields, and its button on small screens.
// Needs chromium.
import { readFile } from "node:fs/promises";
import { describe, expect } from "vitest";
import {
  MAX_DESCRIPTION_CHARACTERS,
  MAX_LANGUAGE_CHARACTERS,
  MAX_NAME_CHARACTERS,
} from "../../src/platform/voice-fields.ts";
import {
  fillForm,
  fixturePath,
  openForm,
  PHONE,
  SMALLEST_PHONE,
  submitForm,
  waitForNewVoice,
} from "./console-page.ts";
import { it } from "./fixtures.ts";
import { expectAccessible } from "./violations.ts";

const SPEECH = fixturePath("speech.mp3");
const LONG_NAME = {
  name: `${"a_very_long_name_".repeat(8)}.wma`,
  mimeType: "audio/x-ms-wma",
  buffer: await readFile(fixturePath("speech.wma")),
};
const PNG = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

describe("a field", () => {
  it("takes no more characters than the service does, counts as the service does, and says when it is full", async ({
    openSignedIn,
  }) => {
    const { page } = await openSignedIn();
    await fillForm(page, "", SPEECH);
    const limits = { name: MAX_NAME_CHARACTERS, description: MAX_DESCRIPTION_CHARACTERS };
    for (const [field, limit] of Object.entries({ ...limits, language: MAX_LANGUAGE_CHARACTERS })) {
      expect(await page.locator(`#voice-${field}`).getAttribute("maxlength")).toBe(String(limit));
    }
    // Each of these is two UTF-16 code units, which is what the service counts.
    const longest = "🎙".repeat(MAX_NAME_CHARACTERS / 2);
    const name = page.getByLabel("Name", { exact: true });
    await name.focus();
    await page.keyboard.insertText(`${longest}🎙🎙`);
    expect(await name.inputValue()).toBe(longest);
    await page.getByText(`Limit of ${MAX_NAME_CHARACTERS} characters reached`).waitFor();
    await submitForm(page);
    await waitForNewVoice(page, longest);
  });

  it("that is invalid is focused and described by its message, first the recording, and nothing is sent", async ({
    openSignedIn,
  }) => {
    const { page } = await openSignedIn();
    let uploads = 0;
    page.on("request", (request) => {
      if (request.url().includes("/api/voices/create")) uploads += 1;
    });
    const focused = () =>
      page.evaluate(() => {
        const { activeElement: element } = document;
        const note = document.getElementById(element?.getAttribute("aria-describedby") ?? "");
        return [element?.id || element?.getAttribute("type"), note?.textContent];
      });
    await openForm(page);
    await page.locator("#voice-language").fill("not a tag");
    await submitForm(page);
    await expect.poll(focused).toEqual(["file", "Choose an audio file or record one first."]);
    await page.locator('input[type="file"]').setInputFiles(SPEECH);
    await submitForm(page);
    await expect.poll(focused).toEqual(["voice-name", "Voice name is required"]);
    await page.getByLabel("Name", { exact: true }).fill("Named");
    expect(await page.locator("#voice-name").getAttribute("aria-invalid")).toBe("false");
    await submitForm(page);
    await expect.poll(focused).toEqual(["voice-language", "Language must be a BCP 47 tag such as en-US"]);
    expect(uploads).toBe(0);
  });
});

describe.each([
  { name: "a phone", viewport: PHONE, isUpright: true },
  { name: "the smallest phone", viewport: SMALLEST_PHONE, isUpright: true },
  { name: "a phone on its side", viewport: { width: 844, height: 390 }, isUpright: false },
])("on $name", ({ viewport, isUpright }) => {
  it("nothing covers the submit button, also when it is reached with the keyboard or by scrolling", async ({
    openSignedIn,
  }) => {
    const { page } = await openSignedIn({ viewport });
    const button = page.getByRole("button", { name: "Create voice" });
    /** Whether all corners of the button are on the screen, and the button is what a tap there hits. */
    const isUncovered = () =>
      button.evaluate((element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        const corners = [left + 12, right - 12].flatMap((x) =>
          [top + 4, bottom - 4].map((y) => [x, y] as const),
        );
        return corners.every(([x, y]) => document.elementFromPoint(x, y) === element);
      });
    await openForm(page);
    if (isUpright) await expect.poll(isUncovered).toBe(true);
    await page.locator("#voice-description").focus();
    await page.keyboard.press("Tab");
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    await expect.poll(isUncovered).toBe(true);
    await page.evaluate(() => {
      (document.activeElement as HTMLElement).blur();
      scrollTo(0, document.body.scrollHeight);
    });
    await expect.poll(isUncovered).toBe(true);
    // Nor does the button or the navigation hide a field that is focused. Chromium takes 32 px of it for enough.
    for (const field of ["name", "language", "description"]) {
      const control = page.locator(`#voice-${field}`);
      await page.evaluate(() => scrollTo(0, 0));
      await control.focus();
      const isShown = () =>
        control.evaluate((element) => {
          const { left, width, top } = element.getBoundingClientRect();
          return document.elementFromPoint(left + width / 2, top + 20) === element;
        });
      await expect.poll(isShown).toBe(true);
    }
  });
});

it.for(["light", "dark"] as const)(
  "in the %s theme the messages of the form pass axe-core and do not overflow on the smallest phone",
  async (colorScheme, { openSignedIn }) => {
    const opened = await openSignedIn({ viewport: SMALLEST_PHONE, colorScheme });
    const { page } = opened;
    await openForm(page);
    await page.locator("#voice-language").fill("not a tag");
    await submitForm(page);
    await page.getByText("Choose an audio file or record one first.").waitFor();
    await expectAccessible(opened, "nothing filled in");
    await fillForm(page, "x".repeat(MAX_NAME_CHARACTERS), LONG_NAME);
    await page.getByText("ready to upload").waitFor();
    await page.getByText("This browser cannot play the file").waitFor();
    await page.getByText(`Limit of ${MAX_NAME_CHARACTERS} characters reached`).waitFor();
    await expectAccessible(opened, "a full field, and a long file name");
    await page.getByRole("button", { name: "Choose another" }).click();
    await fillForm(page, "Not audio", { name: "cat.png", mimeType: "image/png", buffer: PNG });
    await page.getByText("it is a PNG image").waitFor();
    await expectAccessible(opened, "a picture");
  },
);
