// The Next.js app of integrations/, built and operated in Chromium, with the running stack and a backend that streams
// speech in place of the text-to-speech model.
import { once } from "node:events";
import { globSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { BrowserContext, Page } from "playwright-core";
import { expect, test } from "vitest";
import { signSessionToken } from "../../dev/clerk.ts";
import { FREE_ORG } from "../../dev/identities.ts";
import { localClerkKeys } from "../../dev/keys.ts";
import { freePort, startLocalStack } from "../stack/local-stack.ts";
import { launchChromium } from "./chromium.ts";
import { activateSubscription, fixturePath } from "./console-page.ts";
import { startNextApp } from "./next-app.ts";

const INSTALL_AND_BUILD_MS = 300_000;
const SPEECH = await readFile(fixturePath("speech.wav"));
const LOCAL_SETTINGS = parseEnv(
  await readFile(join(import.meta.dirname, "../../integrations/next-app/local.env"), "utf8"),
);
/** Settings that must not reach a browser. */
const SECRETS = ["INGEST_SECRET", "CHATTERBOX_API_KEY", "CLERK_SECRET_KEY", "POLAR_ACCESS_TOKEN"];

const it = test
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
  /** Null for a token that Clerk mints on a navigation. */
  azp?: null;
}

/** What Clerk's front end sets, with a token that outlives the test. */
async function sessionCookies(orgId: string, azp: null | undefined, url: string) {
  const { privateKey } = await localClerkKeys();
  const subject = { orgId, userId: "user_demo", expiresInSeconds: 3600, version: 2 } as const;
  const token = await signSessionToken(privateKey, { ...subject, ...(azp === null && { azp }) });
  return [
    { name: "__session", value: token, url },
    { name: "__client_uat", value: "1", url },
  ];
}

/** Plays an audio element for a moment; returns its duration and position in seconds. */
const play = (page: Page, selector: string) =>
  page.locator(selector).evaluate(
    (element) =>
      new Promise<{ duration: number; position: number }>((resolve, reject) => {
        const player = element as HTMLAudioElement;
        player.onerror = () => reject(new Error(player.error?.message));
        player.ontimeupdate = () => {
          if (player.currentTime < 0.3) return;
          player.pause();
          resolve({ duration: player.duration, position: player.currentTime });
        };
        player.play().catch(reject);
      }),
  );

const items = (page: Page, list: string) => page.getByRole("list", { name: list }).getByRole("listitem");
const SPEECH_SECONDS = (SPEECH.length - 44) / 2 / 16_000;

it("a voice created on the page is listed, played, renamed, spoken with, billed and deleted, without secrets", async ({
  visit,
  stack,
  speech,
  orgId,
}) => {
  const { page, received, foreignHosts } = await visit("/");
  const voices = items(page, "Your voices");
  await page.getByRole("heading", { name: "System voices" }).waitFor();
  expect(await voices.count()).toBe(0);
  expect(await items(page, "System voices").locator("strong").allTextContents()).toHaveLength(20);

  await page.getByLabel("Name", { exact: true }).fill("Ada");
  await page.getByLabel("Recording").setInputFiles(fixturePath("speech.mp3"));
  await page.getByRole("button", { name: "Create voice" }).click();
  await voices.filter({ hasText: "Ada" }).waitFor();
  expect((await play(page, '[aria-label="Your voices"] audio')).position).toBeGreaterThan(0.2);

  await page.getByLabel("New name of Ada").fill("Ada Lovelace");
  await page.getByRole("button", { name: "Rename" }).click();
  await voices.getByText("Ada Lovelace", { exact: true }).waitFor();

  await page.getByLabel("Voice", { exact: true }).selectOption({ label: "Ada Lovelace" });
  await page.getByLabel("Text").fill("Good morning");
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  await items(page, "Generations").filter({ hasText: "Ada Lovelace: Good morning" }).waitFor();
  const voiceId = (await voices.locator("audio").getAttribute("src"))?.split("/").at(-1);
  expect(speech.orders.at(-1)).toMatchObject({
    apiKey: LOCAL_SETTINGS.CHATTERBOX_API_KEY,
    prompt: "Good morning",
    voice_key: `voices/orgs/${orgId}/${voiceId}`,
    temperature: 0.8,
  });
  const played = await play(page, '[aria-label="Generations"] audio');
  expect(played.duration).toBeCloseTo(SPEECH_SECONDS, 1);
  expect(played.position).toBeGreaterThan(0.2);

  await page.getByRole("button", { name: "Delete Ada Lovelace" }).click();
  await voices.waitFor({ state: "detached" });
  await page.reload();
  await items(page, "Generations").filter({ hasText: "Good morning" }).waitFor();
  expect(await voices.count()).toBe(0);

  // The cron delivers what the service bills: the voice and the characters of the generation.
  expect((await fetch(`${stack.url}/__dev/cron`, { method: "POST" })).status).toBe(200);
  const { items: events } = (await (await fetch(`${stack.url}/__dev/polar/events`)).json()) as {
    items: { name: string; external_customer_id: string; metadata?: object }[];
  };
  expect(events.filter(({ external_customer_id: customer }) => customer === orgId)).toMatchObject([
    { name: "voice_creation" },
    { name: "tts_generation", metadata: { characters: "Good morning".length } },
  ]);

  const text = (await Promise.all(received)).join("\n");
  expect(text).toContain("Good morning");
  expect(SECRETS.filter((name) => text.includes(LOCAL_SETTINGS[name] ?? ""))).toEqual([]);
  // Clerk's script, which renews sessions; no fonts, no telemetry.
  expect([...foreignHosts]).toEqual(["local.clerk.accounts.dev"]);
});

it("a server action generates speech without JavaScript, and captures no secret for the page", async ({
  visit,
  app,
}) => {
  const { page, context } = await visit("/quick", { javaScriptEnabled: false });
  // A closure's captured values would be in fields named $ACTION_1:0 and so on.
  const fields = await page
    .locator('input[name^="$ACTION"]')
    .evaluateAll((all) => all.map((field) => field.outerHTML));
  expect(fields).toEqual([expect.stringMatching(/name="\$ACTION_ID_\w+"/)]);
  await page.getByLabel("Text").fill("Without scripts");
  await page.getByLabel("Voice").selectOption({ label: "Walter" });
  await page.getByRole("button", { name: "Generate" }).click();
  await page.getByRole("heading", { name: "Walter" }).waitFor();
  const src = await page.locator("audio").getAttribute("src");
  const audio = await context.request.get(`${app.url}${src}`);
  expect(await audio.body()).toEqual(SPEECH);
});

it("the built files for the browser hold no secret", async ({ app }) => {
  const files = globSync(".next/static/**/*.{js,css,json}", { cwd: app.folder });
  expect(files.length).toBeGreaterThan(3);
  const built = await Promise.all(files.map((file) => readFile(join(app.folder, file), "utf8")));
  expect(built.join("\n")).toContain("Create voice");
  const isInFiles = (name: string) => built.some((text) => text.includes(LOCAL_SETTINGS[name] ?? ""));
  expect(["NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", ...SECRETS].filter(isInFiles)).toEqual([
    "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY",
  ]);
});

it("a session whose token names no origin, as after a navigation, sees its voices", async ({ visit }) => {
  const { page } = await visit("/", { azp: null });
  await page.getByRole("heading", { name: "System voices" }).waitFor();
  expect(await items(page, "System voices").count()).toBe(20);
});

it("without a subscription the page shows the error that opens the checkout, and no speech is generated", async ({
  visit,
  speech,
}) => {
  const before = speech.orders.length;
  const { page } = await visit("/", { as: FREE_ORG });
  await page.getByLabel("Text").fill("Free speech");
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  expect(await page.getByRole("alert").filter({ hasText: "SUBSCRIPTION" }).textContent()).toBe(
    "SUBSCRIPTION_REQUIRED",
  );
  expect(speech.orders).toHaveLength(before);
});

it("a failure of the text-to-speech backend is shown, and leaves no generation in the list", async ({
  visit,
}) => {
  const { page } = await visit("/");
  await page.getByLabel("Text").fill("Fail");
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "Failed to generate audio" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Generations" }).waitFor();
  expect(await items(page, "Generations").count()).toBe(0);
});

it("a recording that is too short is refused with the service's message", async ({ visit }) => {
  const { page } = await visit("/");
  await page.getByLabel("Name", { exact: true }).fill("Too short");
  await page.getByLabel("Recording").setInputFiles(fixturePath("short.mp3"));
  await page.getByRole("button", { name: "Create voice" }).click();
  await page.getByRole("alert").filter({ hasText: "Minimum duration is 10 seconds." }).waitFor();
});
