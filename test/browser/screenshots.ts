// `npm run screenshots`: takes the pictures of docs/images from a new local stack. Needs chromium, fontconfig and the
// font DejaVu Sans. What is measured or random, and so differs from run to run, is replaced.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { startLocalStack } from "../stack/local-stack.ts";
import { launchChromium } from "./chromium.ts";

const IMAGES = join(import.meta.dirname, "../../docs/images");
const FONT = "DejaVu Sans";
const STYLE = `
  :root { font-family: "${FONT}" !important; --mono: "${FONT} Mono" !important; }
  *, ::before, ::after { caret-color: transparent !important; transition: none !important; }`;
const PLAYED_SECONDS = 4;
const PICTURES = [
  { file: "console-desktop-light", width: 1280, height: 860, deviceScaleFactor: 1.5, colorScheme: "light" },
  { file: "console-phone-dark", width: 390, height: 844, deviceScaleFactor: 2, colorScheme: "dark" },
] as const;

const found = execFileSync("fc-match", ["-f", "%{family}", FONT], { encoding: "utf8" });
if (found !== FONT) throw new Error(`The font ${FONT} is not installed; ${found} would be used`);

async function take(browser: Browser, url: string, picture: (typeof PICTURES)[number]): Promise<void> {
  const { file, width, height, ...look } = picture;
  // The page's CSP allows no foreign style.
  const context = await browser.newContext({ ...look, viewport: { width, height }, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(url);
  await page.addStyleTag({ content: STYLE });
  await page.getByRole("button", { name: /^org_demo/ }).click();
  // The player's request is then answered from the edge cache, and not from the browser's.
  await page.waitForFunction(async () => {
    const response = await fetch("/api/voices/voice_system_aaron", { cache: "no-store" });
    await response.blob();
    return response.headers.get("Cache-Status")?.includes("hit");
  });
  await page.getByRole("button", { name: "Play Aaron" }).click();
  await page.waitForFunction(
    (seconds) =>
      [...document.querySelectorAll<HTMLInputElement>('input[type="range"]')].some(
        ({ valueAsNumber }) => valueAsNumber >= seconds && valueAsNumber < seconds + 1,
      ),
    PLAYED_SECONDS,
    { polling: 20 },
  );
  await page.locator(".latest-request").getByText("from the edge cache").waitFor({ state: "attached" });
  await replaceMeasured(page);
  await page.screenshot({ path: join(IMAGES, `${file}.png`) });
  await context.close();
  console.log(`Wrote docs/images/${file}.png`);
}

const replaceMeasured = (page: Page) =>
  page.evaluate(() => {
    for (const element of document.querySelectorAll(".milliseconds")) element.textContent = "9 ms";
    const facts: Record<string, string> = {
      "Server-Timing": "d1 0 ms ×0 · r2 0 ms ×0 · total 4 ms",
      "X-Request-Id": "3f0c6f5e-8b05-4ecc-92bb-4a0f97f249ae",
    };
    for (const name of document.querySelectorAll(".facts dt")) {
      const value = facts[name.textContent ?? ""];
      if (value && name.nextElementSibling) name.nextElementSibling.textContent = value;
    }
  });

const stack = await startLocalStack();
const browser = await launchChromium();
try {
  for (const picture of PICTURES) await take(browser, stack.url, picture);
} finally {
  await browser.close();
  await stack.stop();
}
