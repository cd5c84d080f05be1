// Playback with real clients: Chromium's audio element, curl and ffprobe. Needs chromium, curl and ffprobe.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { it as base } from "./fixtures.ts";
import { demoToken, LONG_SECONDS } from "./given-rows.ts";

const run = promisify(execFile);

const it = base
  .extend("token", { scope: "file" }, demoToken)
  /** A page of the app's origin with an audio element, and the API's responses to it. */
  .extend("player", async ({ stack, browser, token }, { onCleanup }) => {
    const context = await browser.newContext();
    onCleanup(() => context.close());
    await context.addCookies([{ name: "__session", value: token, url: stack.url }]);
    const page = await context.newPage();
    await page.route(`${stack.url}/player`, (route) =>
      route.fulfill({
        contentType: "text/html",
        body: "<!doctype html><audio id=player preload=metadata></audio>",
      }),
    );
    const responses: { status: number; range: string | undefined; start: number }[] = [];
    page.on("response", (response) => {
      if (!response.url().includes("/api/")) return;
      const range = response.request().headers().range;
      const start = Number(/bytes (\d+)-/.exec(response.headers()["content-range"] ?? "")?.[1] ?? Number.NaN);
      responses.push({ status: response.status(), range, start });
    });
    await page.goto(`${stack.url}/player`);
    return { page, responses };
  });

// In a hook, so that its time does not count against the first test's timeout.
it.beforeAll(({ longGeneration: _longGeneration }) => undefined);

/** Loads `path` into the player and returns its duration in seconds. */
const load = (page: Page, path: string) =>
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

/** Seeks, plays half a second, and returns the position in seconds. */
const playFrom = (page: Page, seconds: number) =>
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

describe("Chromium", () => {
  it("plays and seeks forward and backward in three minutes of audio, with range requests only", async ({
    player,
    longGeneration,
  }) => {
    const { page, responses } = player;
    expect(await load(page, longGeneration.path)).toBeCloseTo(LONG_SECONDS, 1);
    expect(await playFrom(page, 0)).toBeGreaterThanOrEqual(0.5);
    const byteAt = (seconds: number) => 44 + seconds * 88_200;

    const beforeForward = responses.length;
    expect(await playFrom(page, 170)).toBeGreaterThanOrEqual(170.5);
    const forward = responses.slice(beforeForward);
    // It requested the position at once instead of loading the audio before it.
    expect(forward.map(({ start }) => start).some((start) => start > byteAt(150))).toBe(true);

    expect(await playFrom(page, 60)).toBeGreaterThanOrEqual(60.5);
    expect(await playFrom(page, 120)).toBeGreaterThanOrEqual(120.5);
    expect(responses.length).toBeGreaterThan(1);
    expect(responses.every(({ status, range }) => status === 206 && range?.startsWith("bytes="))).toBe(true);
  });

  it("plays a system voice from R2 and then from the edge cache", async ({ player: { page } }) => {
    for (const cacheState of ["miss", "hit"]) {
      expect(await load(page, `/api/voices/voice_system_gavin?${cacheState}`)).toBeGreaterThan(17);
      expect(await playFrom(page, 12)).toBeGreaterThanOrEqual(12.5);
    }
  });

  it("downloads under the file name that the page chose, because no Content-Disposition overrides it", async ({
    player: { page },
    longGeneration,
  }) => {
    const downloading = page.waitForEvent("download");
    await page.evaluate((href) => {
      const link = Object.assign(document.createElement("a"), { href, download: "my-words.wav" });
      document.body.append(link);
      link.click();
    }, longGeneration.path);
    const download = await downloading;
    expect(download.suggestedFilename()).toBe("my-words.wav");
    expect((await readFile(await download.path())).equals(longGeneration.wav)).toBe(true);
  });
});

describe("curl", () => {
  it("resumes an interrupted download", async ({ stack, token, longGeneration }) => {
    const { path, wav } = longGeneration;
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
      stack.url + path,
    ]);
    expect(stdout).toBe(`206 ${wav.byteLength - 1_000_000}`);
    expect((await readFile(file)).equals(wav)).toBe(true);
  });
});

describe("ffprobe", () => {
  it.for([
    ["generation", LONG_SECONDS],
    ["system voice", 17.97],
  ] as const)(
    "measures the duration of a %s over HTTP",
    async ([kind, seconds], { stack, token, longGeneration }) => {
      const path = kind === "generation" ? longGeneration.path : "/api/voices/voice_system_gavin";
      const { stdout } = await run("ffprobe", [
        ...["-v", "error", "-headers", `Authorization: Bearer ${token}\r\n`],
        ...["-show_entries", "format=duration", "-of", "csv=p=0", stack.url + path],
      ]);
      expect(Number(stdout)).toBeCloseTo(seconds, 1);
    },
  );
});
