// What the local console says of a file before it is sent: the verdict of the service's own probe, whether the browser can
// play it, and the name in its tags; and how a file is dropped. Needs chromium.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { ac3Wav } from "../support/uncounted-wav.ts";
import {
  fillForm,
  fixturePath,
  openForm,
  signIn,
  submitForm,
  voiceCard,
  waitForNewVoice,
} from "./console-page.ts";
import { it } from "./fixtures.ts";
import { risingTone } from "./given-rows.ts";

const SPEECH = fixturePath("speech.mp3");
const CANNOT_PLAY = "This browser cannot play the file";

const named = (name: string, bytes: Uint8Array | string, mimeType = "audio/wav") => ({
  name,
  mimeType,
  buffer: typeof bytes === "string" ? Buffer.from(bytes, "latin1") : Buffer.from(bytes),
});

/** A WAV of eleven seconds with a title and an artist (RIFF's INFO list). */
function taggedWav(title: string, artist: string): Buffer {
  const entry = (id: string, text: string) => {
    const value = Buffer.from(`${text}\0`.padEnd(Math.ceil((text.length + 1) / 2) * 2, "\0"));
    return Buffer.concat([Buffer.from(id), sizeOf(value), value]);
  };
  const info = Buffer.concat([Buffer.from("INFO"), entry("INAM", title), entry("IART", artist)]);
  const wav = Buffer.concat([risingTone(11), Buffer.from("LIST"), sizeOf(info), info]);
  wav.writeUInt32LE(wav.length - 8, 4);
  return wav;
}

function sizeOf({ length }: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(length);
  return size;
}

/** Counts the voice creations that the page sends. */
function countUploads(page: Page): () => number {
  let uploads = 0;
  page.on("request", (request) => {
    if (request.url().includes("/api/voices/create")) uploads += 1;
  });
  return () => uploads;
}

it.beforeEach(async ({ page, subscribedOrg }) => {
  await signIn(page, subscribedOrg);
  await openForm(page);
});

describe("a chosen file", () => {
  it.for([
    ["empty", named("empty.wav", ""), "The file is empty."],
    ["a picture", named("cat.mp3", "\x89PNG\r\n\x1a\n", "audio/mpeg"), "it is a PNG image"],
    ["a text", named("letter.mp3", "Dear Grandma, ".repeat(500), "audio/mpeg"), "not a supported audio file"],
    ["too large", named("large.wav", Buffer.alloc(21 * 1024 * 1024)), "The recording is too large."],
    ["too short", fixturePath("short.mp3"), "The recording is too short. It lasts"],
    [
      "of a kind that nobody can read",
      named("phone.amr", `#!AMR\n${"\0".repeat(99)}`),
      "AMR recordings are not",
    ],
    ["a form around a recording", fixturePath("multipart-form.bin"), "it is a form or a message"],
  ] as const)("that is %s says so at once, and is not sent", async ([, file, text], { page }) => {
    const uploads = countUploads(page);
    await fillForm(page, "Refused", file);
    await page.getByRole("alert").filter({ hasText: text }).waitFor();
    expect(await page.getByRole("button", { name: /^Play/ }).count()).toBe(0);
    expect(await page.getByText("did not respond").count()).toBe(0);
    await submitForm(page);
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Choose another");
    expect(uploads()).toBe(0);
    await page.getByRole("button", { name: "Choose another" }).click();
    await page.locator('input[type="file"]').setInputFiles(SPEECH);
    await submitForm(page);
    await waitForNewVoice(page, "Refused");
    expect(uploads()).toBe(1);
  });

  it("shows its kind and length by the service's probe, before it is sent", async ({ page }) => {
    await fillForm(page, "", fixturePath("speech.wav"));
    await page.getByText("WAV · PCM · 16 kHz · mono · 0:13 · ready to upload").waitFor();
  });

  it.for(["speech.wma", "speech.aiff", "speech.wv"])(
    "%s, which the browser cannot play, says so and is created",
    async (name, { page }) => {
      await fillForm(page, name, fixturePath(name));
      await page.getByText(CANNOT_PLAY).waitFor();
      expect(await page.getByText("did not respond").count()).toBe(0);
      await submitForm(page);
      await waitForNewVoice(page, name);
    },
  );

  it("of a kind that only the analysis Worker reads is checked by the same code, and created", async ({
    page,
  }) => {
    await fillForm(page, "Surround", named("surround.wav", ac3Wav(12)));
    await page.getByText(/AC-3 .*ready to upload/).waitFor();
    await submitForm(page);
    await waitForNewVoice(page, "Surround");
    await voiceCard(page, "Surround").getByText("AC-3").waitFor();
  });

  it("is sent as it was when it was chosen, even if it is deleted before", async ({ page }) => {
    const folder = await mkdtemp(join(tmpdir(), "resonance-chosen-"));
    try {
      await writeFile(join(folder, "fleeting.wav"), risingTone(11));
      await fillForm(page, "Fleeting", join(folder, "fleeting.wav"));
      await page.getByText("ready to upload").waitFor();
    } finally {
      await rm(folder, { recursive: true });
    }
    await submitForm(page);
    await waitForNewVoice(page, "Fleeting");
  });

  it("suggests the title and artist in its tags as the name, and replaces no name that was typed", async ({
    page,
  }) => {
    const name = page.getByLabel("Name", { exact: true });
    const choose = (title: string) =>
      page.locator('input[type="file"]').setInputFiles(named("a.wav", taggedWav(title, "Grandma")));
    const replace = () => page.getByRole("button", { name: "Choose another" }).click();
    await choose("A lullaby");
    await expect.poll(() => name.inputValue()).toBe("A lullaby – Grandma");
    await replace();
    await choose("A song");
    await expect.poll(() => name.inputValue()).toBe("A song – Grandma");
    await name.fill("My own");
    await replace();
    await choose("A ballad");
    await page.getByText("ready to upload").waitFor();
    await page.waitForTimeout(500);
    expect(await name.inputValue()).toBe("My own");
  });
});

describe("a file that is dropped", () => {
  /** Drags a file from outside the browser and drops it at a point, as the operating system does. */
  const dropAt = async (page: Page, x: number, y: number) => {
    const devtools = await page.context().newCDPSession(page);
    const data = { items: [], files: [SPEECH], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await devtools.send("Input.dispatchDragEvent", { type, x, y, data });
    }
  };

  it("beside its place is taken all the same, also in place of another one", async ({ page }) => {
    const url = page.url();
    await page.locator('input[type="file"]').setInputFiles(fixturePath("speech.wav"));
    await page.getByText("speech.wav", { exact: true }).waitFor();
    await dropAt(page, 8, 300);
    await page.getByText("speech.mp3", { exact: true }).waitFor();
    expect(page.url()).toBe(url);
  });

  it("in another view does nothing, and is not left to the browser, which would open it", async ({
    page,
  }) => {
    await page.getByRole("link", { name: "Generations" }).click();
    await page.getByText("No generations yet").waitFor();
    const url = page.url();
    const seen = await page.evaluateHandle(() => {
      const outcomes: string[] = [];
      window.addEventListener("dragover", (event) => {
        // After the page's own listeners.
        setTimeout(() => outcomes.push(`${event.defaultPrevented} ${event.dataTransfer?.dropEffect}`));
      });
      return outcomes;
    });
    await dropAt(page, 640, 500);
    await expect.poll(() => seen.jsonValue()).toContain("true none");
    expect(page.url()).toBe(url);
    expect(page.context().pages()).toHaveLength(1);
    await openForm(page);
    expect(await page.getByText("speech.mp3", { exact: true }).count()).toBe(0);
  });
});
