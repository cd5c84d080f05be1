// The fixtures of the browser tests: a local stack and a Chromium for each file, and a console page for each test.
import { expect, test } from "vitest";
import { startLocalStack } from "../stack/local-stack.ts";
import { launchChromium } from "./chromium.ts";
import {
  activateSubscription,
  type ConsoleOptions,
  type ConsolePage,
  openConsole,
  signIn,
} from "./console-page.ts";
import { givenLongGeneration, risingTone } from "./given-rows.ts";

export const it = test
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires a destructuring pattern
  .extend("stack", { scope: "file" }, async ({}, { onCleanup }) => {
    const stack = await startLocalStack();
    onCleanup(() => stack.stop());
    return stack;
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires a destructuring pattern
  .extend("browser", { scope: "file" }, async ({}, { onCleanup }) => {
    const browser = await launchChromium();
    onCleanup(() => browser.close());
    return browser;
  })
  /** A generation of org_demo that lasts three minutes: its path and its bytes. */
  .extend("longGeneration", { scope: "file" }, async ({ stack }) => {
    const wav = risingTone();
    return { path: await givenLongGeneration(stack, wav), wav };
  })
  /** The id of a new organisation, so that tests do not see each other's data. */
  .extend("orgId", () => `org_${crypto.randomUUID().replaceAll("-", "")}`)
  /** The id of a new organisation with an active subscription. */
  .extend("subscribedOrg", async ({ stack, orgId }) => {
    await activateSubscription(stack, orgId);
    return orgId;
  })
  /** Opens the console, signed out. After the test, the browser's console must be free of errors. */
  .extend("open", async ({ stack, browser }, { onCleanup }) => {
    const opened: ConsolePage[] = [];
    onCleanup(async () => {
      for (const { context } of opened) await context.close();
      expect(opened.flatMap(({ consoleErrors }) => consoleErrors)).toEqual([]);
    });
    return async (options?: ConsoleOptions) => {
      const consolePage = await openConsole(browser, stack, options);
      opened.push(consolePage);
      return consolePage;
    };
  })
  /** Opens the console, signed in to an organisation with a subscription. */
  .extend("openSignedIn", ({ open, subscribedOrg }) => async (options?: ConsoleOptions) => {
    const opened = await open(options);
    await signIn(opened.page, subscribedOrg);
    return opened;
  })
  /** The page of a console that was opened signed out at 1280 × 800. */
  .extend("page", async ({ open }) => (await open()).page);

// Started in a hook, because fixtures that a test starts count against the test's timeout.
it.beforeAll(({ stack, browser }) => void [stack, browser]);
