// The fixtures of the tests of integrations/next-app: the built app, the running stack, a backend that streams speech in
// place of the text-to-speech model, and pages of a signed-in browser.
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { BrowserContext } from "playwright-core";
import { test } from "vitest";
import { signSessionToken } from "../../dev/clerk.ts";
import { localClerkKeys } from "../../dev/keys.ts";
import { freePort, startLocalStack } from "../stack/local-stack.ts";
import { launchChromium } from "./chromium.ts";
import { activateSubscription, fixturePath } from "./console-page.ts";
import { startNextApp } from "./next-app.ts";

const INSTALL_AND_BUILD_MS = 300_000;
export const SPEECH = await readFile(fixturePath("speech.wav"));
export const LOCAL_SETTINGS = parseEnv(
  await readFile(join(import.meta.dirname, "../../integrations/next-app/local.env"), "utf8"),
);
export const it = test
  /** The text-to-speech backend, and what it was asked for. It fails for the text "Fail". */
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires a destructuring pattern
  .extend("speech", { scope: "file" }, async ({}, { onCleanup }) => {
    const orders: { apiKey: unknown; prompt: string; voice_key: string; temperature: number }[] = [];
    const server = createServer(async (request, response) => {
      const order = JSON.parse(Buffer.concat(await request.toArray()).toString());
      orders.push({ ...order, apiKey: request.headers["x-api-key"] });
      if (order.prompt === "Fail") return response.writeHead(500).end("out of memory");
      response.write(SPEECH.subarray(0, 1000));
      setTimeout(() => response.end(SPEECH.subarray(1000)), 50);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onCleanup(() => void server.close());
    return { orders, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires a destructuring pattern
  .extend("port", { scope: "file" }, async ({}) => freePort())
  .extend("stack", { scope: "file" }, async ({ port }, { onCleanup }) => {
    const folder = await mkdtemp(join(tmpdir(), "resonance-vars-"));
    const vars = join(folder, "vars");
    await writeFile(vars, `APP_ORIGINS=http://localhost:${port}\n`);
    const stack = await startLocalStack({ vars });
    onCleanup(async () => {
      await stack.stop();
      await rm(folder, { recursive: true });
    });
    return stack;
  })
  .extend("app", { scope: "file" }, async ({ port, stack, speech }, { onCleanup }) => {
    const { publicPem } = await localClerkKeys();
    const app = await startNextApp(port, {
      ...settingsOf(stack.url),
      CHATTERBOX_API_URL: speech.url,
      CLERK_JWT_KEY: publicPem,
    });
    onCleanup(() => app.stop());
    return app;
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires a destructuring pattern
  .extend("browser", { scope: "file" }, async ({}, { onCleanup }) => {
    const browser = await launchChromium();
    onCleanup(() => browser.close());
    return browser;
  })
  /** A new organisation with a subscription. */
  .extend("orgId", async ({ stack }) => {
    const orgId = `org_${crypto.randomUUID().replaceAll("-", "")}`;
    await activateSubscription(stack, orgId);
    return orgId;
  })
  /** Opens a path of the app, signed in, and records what the browser receives and asks other hosts for. */
  .extend("visit", async ({ app, browser, orgId }, { onCleanup }) => {
    const opened: BrowserContext[] = [];
    onCleanup(async () => {
      for (const context of opened) await context.close();
    });
    return async (path: string, { as = orgId, javaScriptEnabled = true, azp }: Visit = {}) => {
      const context = await browser.newContext({ javaScriptEnabled });
      opened.push(context);
      const foreignHosts = new Set<string>();
      await context.route(
        ({ hostname }) => hostname !== "localhost",
        (route) => {
          foreignHosts.add(new URL(route.request().url()).hostname);
          return route.abort();
        },
      );
      await context.addCookies(await sessionCookies(as, azp, app.url));
      const page = await context.newPage();
      const received: Promise<string>[] = [];
      page.on("response", (response) => {
        const isText = /text|script|json/.test(response.headers()["content-type"] ?? "");
        if (isText) received.push(response.text().catch(() => ""));
      });
      await page.goto(app.url + path);
      return { context, page, foreignHosts, received };
    };
  });

// In a hook, so that installing and building do not count against the first test's timeout.
it.beforeAll(({ app: _app, browser: _browser }) => undefined, INSTALL_AND_BUILD_MS);

/** The settings of local.env for a stack at `url`. */
const settingsOf = (url: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(LOCAL_SETTINGS).map(([name, value = ""]) => [
      name,
      value.replace("http://localhost:8787", url),
    ]),
  );

interface Visit {
  /** Another organisation than the test's own. */
  as?: string;
  javaScriptEnabled?: boolean;
  /** Another origin than the app's, or null for a token that Clerk mints on a navigation. */
  azp?: string | null;
}

/** What Clerk's front end sets, with a token that outlives the test. */
export async function sessionCookies(orgId: string, azp: string | null | undefined, url: string) {
  const { privateKey } = await localClerkKeys();
  const subject = { orgId, userId: "user_demo", expiresInSeconds: 3600, version: 2 } as const;
  const token = await signSessionToken(privateKey, { ...subject, ...(azp !== undefined && { azp }) });
  return [
    { name: "__session", value: token, url },
    { name: "__client_uat", value: "1", url },
  ];
}
