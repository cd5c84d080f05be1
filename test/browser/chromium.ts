// Starts Chromium for the browser tests: headless, without background requests, with a fake microphone.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium } from "playwright-core";

const OPTIONS = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
    ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    "--autoplay-policy=no-user-gesture-required",
    ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
  ],
};

export const launchChromium = (): Promise<Browser> => chromium.launch(OPTIONS);

/** Starts a Chromium that sends SameSite=None cookies across sites. `profile` is an empty folder. */
export async function launchWithThirdPartyCookies(profile: string): Promise<BrowserContext> {
  const preferences = { profile: { cookie_controls_mode: 0 } };
  await mkdir(join(profile, "Default"));
  await writeFile(join(profile, "Default", "Preferences"), JSON.stringify(preferences));
  return chromium.launchPersistentContext(profile, OPTIONS);
}
