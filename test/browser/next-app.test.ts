// The Next.js app of integrations/, built and operated in Chromium, with the running stack and a backend that streams
// speech in place of the text-to-speech model.
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { FREE_ORG } from "../../dev/identities.ts";
import { startForwarder } from "../stack/forwarder.ts";
import { fixturePath } from "./console-page.ts";
import type { NextServer } from "./next-app.ts";
import { it, LOCAL_SETTINGS, SPEECH, sessionCookies } from "./next-app-fixtures.ts";

/** Settings that must not reach a browser. */
const SECRETS = ["INGEST_SECRET", "CHATTERBOX_API_KEY", "CLERK_SECRET_KEY", "POLAR_ACCESS_TOKEN"];

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

it("a wrong INGEST_SECRET is a failure of the server, not of the session, and its log says what to do", async ({
  app,
  orgId,
}) => {
  const server = await app.serve({ INGEST_SECRET: "wrong" });
  onTestFinished(server.stop);
  expect(await callCreate(server, orgId)).toMatchObject(NOT_SET_UP);
  expect(server.output()).toContain("The audio service refused the app (401). INGEST_SECRET is not");
});

it("a service without INGEST_SECRET is a failure of the server, not a missing voice, and its log says what to do", async ({
  app,
  stack,
  orgId,
}) => {
  // Such a service answers below /internal as on any unknown path.
  const service = await startForwarder(stack.url, ({ url = "" }) => url.replace(/^\/internal/, "/unknown"));
  onTestFinished(service.close);
  const server = await app.serve({ AUDIO_SERVICE_URL: service.url });
  onTestFinished(server.stop);
  expect(await callCreate(server, orgId)).toMatchObject(NOT_SET_UP);
  expect(server.output()).toContain("The audio service refused the app (404). Nothing answers");
});

it("a session that the service refuses is UNAUTHORIZED, so that the page can send its user to sign in", async ({
  app,
  orgId,
}) => {
  expect(await callCreate(app, orgId, "https://other.example.com")).toMatchObject({
    status: 401,
    error: { message: "Unauthorized", data: { code: "UNAUTHORIZED" } },
  });
});

const NOT_SET_UP = {
  status: 500,
  error: { message: "The audio service is not set up", data: { code: "INTERNAL_SERVER_ERROR" } },
};

/** Calls `generations.create` as a page of the app does; returns the status and what went wrong. */
async function callCreate(
  { url }: NextServer,
  orgId: string,
  azp?: string,
): Promise<{ status: number; error?: unknown }> {
  const cookies = await sessionCookies(orgId, azp, url);
  const response = await fetch(`${url}/api/trpc/generations.create`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; "),
    },
    body: JSON.stringify({ json: { text: "Good morning", voiceId: "voice_system_andy" } }),
  });
  const { error } = (await response.json()) as { error?: { json: unknown } };
  return { status: response.status, error: error?.json };
}
