// What people listen with: a real browser, curl that resumes, ffprobe. Needs chromium, curl and ffprobe.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalStack, startLocalStack } from "../stack/local-stack.ts";
import { launchChromium } from "./chromium.ts";
import { demoToken, givenLongGeneration, LONG_SECONDS, risingTone } from "./given-rows.ts";

const run = promisify(execFile);

let stack: LocalStack;
let token: string;
let long: string;
const wav = risingTone();

beforeAll(async () => {
  stack = await startLocalStack();
  token = demoToken();
  long = await givenLongGeneration(stack, wav);
});
afterAll(() => stack.stop());

describe("Chromium", () => {
  let browser: Browser;
  let page: Page;
  const answers: { status: number; range: string | undefined; start: number }[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
    const context = await browser.newContext();
    await context.addCookies([{ name: "__session", value: token, url: stack.url }]);
    page = await context.newPage();
    // The page itself is the app's; here it is as little as possible, on the app's own host.
    await page.route(`${stack.url}/player`, (route) =>
      route.fulfill({
        contentType: "text/html",
        body: "<!doctype html><audio id=player preload=metadata></audio>",
      }),
    );
    page.on("response", (response) => {
      if (!response.url().includes("/api/")) return;
      const range = response.request().headers().range;
      const start = Number(/bytes (\d+)-/.exec(response.headers()["content-range"] ?? "")?.[1] ?? Number.NaN);
      answers.push({ status: response.status(), range, start });
    });
    await page.goto(`${stack.url}/player`);
  });
  afterAll(() => browser.close());

  /** Sets the player to `path` and waits until its length is known. */
  const load = (path: string) =>
    page.evaluate(
      (src) =>
        new Promise<number>((resolve, reject) => {
          const player = document.querySelector("audio");
          if (!player) return reject(new Error("no player"));
          player.onloadedmetadata = () => resolve(player.duration);
          player.onerror = () => reject(new Error(player.error?.message));
          player.src = src;
        }),
      path,
    );

  /** Seeks, plays on for half a second from there, and tells where it is then. */
  const playFrom = (seconds: number) =>
    page.evaluate(
      (to) =>
        new Promise<number>((resolve, reject) => {
          const player = document.querySelector("audio");
          if (!player) return reject(new Error("no player"));
          player.onerror = () => reject(new Error(player.error?.message));
          player.ontimeupdate = () => {
            if (player.seeking || player.currentTime < to + 0.5) return;
            player.ontimeupdate = null;
            player.pause();
            resolve(player.currentTime);
          };
          player.currentTime = to;
          player.play().catch(reject);
        }),
      seconds,
    );

  it("plays, and seeks forward and backward in three minutes, by ranges alone", async () => {
    expect(await load(long)).toBeCloseTo(LONG_SECONDS, 1);
    expect(await playFrom(0)).toBeGreaterThanOrEqual(0.5);
    const byteAt = (seconds: number) => 44 + seconds * 88_200;

    const beforeForward = answers.length;
    expect(await playFrom(170)).toBeGreaterThanOrEqual(170.5);
    const forward = answers.slice(beforeForward);
    // It went to the place at once instead of loading what lies before it.
    expect(forward.map(({ start }) => start).some((start) => start > byteAt(150))).toBe(true);

    expect(await playFrom(60)).toBeGreaterThanOrEqual(60.5);
    expect(await playFrom(120)).toBeGreaterThanOrEqual(120.5);
    expect(answers.length).toBeGreaterThan(1);
    expect(answers.every(({ status, range }) => status === 206 && range?.startsWith("bytes="))).toBe(true);
  });

  it("plays a system voice, from R2 and from the edge cache", async () => {
    for (const turn of ["miss", "hit"]) {
      expect(await load(`/api/voices/voice_system_gavin?${turn}`)).toBeGreaterThan(17);
      expect(await playFrom(12)).toBeGreaterThanOrEqual(12.5);
    }
  });

  it("downloads by the page's own file name, as no Content-Disposition overrides it", async () => {
    const downloading = page.waitForEvent("download");
    await page.evaluate((href) => {
      const link = Object.assign(document.createElement("a"), { href, download: "my-words.wav" });
      document.body.append(link);
      link.click();
    }, long);
    const download = await downloading;
    expect(download.suggestedFilename()).toBe("my-words.wav");
    expect((await readFile(await download.path())).equals(wav)).toBe(true);
  });
});

describe("curl", () => {
  it("resumes a download that broke off", async () => {
    const file = join(stack.state, "resumed.wav");
    await writeFile(file, wav.subarray(0, 1_000_000));
    const auth = ["-H", `Authorization: Bearer ${token}`];
    const { stdout } = await run("curl", [
      "-sS",
      "-C",
      "-",
      "-o",
      file,
      "-w",
      "%{http_code} %{size_download}",
      ...auth,
      stack.url + long,
    ]);
    expect(stdout).toBe(`206 ${wav.byteLength - 1_000_000}`);
    expect((await readFile(file)).equals(wav)).toBe(true);
  });
});

describe("ffprobe", () => {
  it.each([
    ["a generation", () => long, LONG_SECONDS],
    ["a system voice", () => "/api/voices/voice_system_gavin", 17.97],
  ])("measures %s over HTTP", async (_kind, path, seconds) => {
    const { stdout } = await run("ffprobe", [
      ...["-v", "error", "-headers", `Authorization: Bearer ${token}\r\n`],
      ...["-show_entries", "format=duration", "-of", "csv=p=0", stack.url + path()],
    ]);
    expect(Number(stdout)).toBeCloseTo(seconds, 1);
  });
});
