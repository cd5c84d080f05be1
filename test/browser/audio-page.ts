// A page of Chromium that fetches and plays the audio of a local stack, with the HTTP cache, and audio to store there.
import { execFileSync } from "node:child_process";
import type { BrowserContext, Page } from "playwright-core";
import { putGeneration } from "../stack/ingest.ts";
import type { LocalStack } from "../stack/local-stack.ts";
import { risingTone } from "./given-rows.ts";

/** A session token. Each call signs another one, as Clerk does each minute. */
export const tokenOf = (orgId: string): string =>
  execFileSync("npm", ["run", "-s", "token", "--", "--org", orgId], { encoding: "utf8" }).trim();

export interface AudioPage {
  page: Page;
  /** The statuses that the server has sent for audio. A replay from the HTTP cache adds none. */
  statuses: number[];
  /** Sets the session cookie as Clerk does: SameSite=Lax, on the host of the stack. */
  signIn: (token: string) => Promise<void>;
}

/** Opens a page of the stack's origin. */
export async function openAudioPage(context: BrowserContext, { url }: LocalStack): Promise<AudioPage> {
  const page = await context.newPage();
  // A document of the origin without a policy. Not page.route, which disables the HTTP cache.
  await page.goto(`${url}/__dev/polar/events`);
  const signIn = (value: string) => context.addCookies([{ name: "__session", value, url, sameSite: "Lax" }]);
  return { page, statuses: await networkStatuses(context, page), signIn };
}

async function networkStatuses(context: BrowserContext, page: Page): Promise<number[]> {
  const statuses: number[] = [];
  const protocol = await context.newCDPSession(page);
  await protocol.send("Network.enable");
  const audioRequests = new Set<string>();
  protocol.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (/\/api\/(voices|audio)\//.test(request.url)) audioRequests.add(requestId);
  });
  protocol.on("Network.responseReceivedExtraInfo", ({ requestId, statusCode }) => {
    if (audioRequests.has(requestId)) statuses.push(statusCode);
  });
  return statuses;
}

/** Stores a voice of `orgId`. Returns the path of its audio. */
export async function storeVoice({ url }: LocalStack, orgId: string): Promise<string> {
  const query = new URLSearchParams({ name: "Cached", category: "GENERAL", language: "en-US" });
  const created = await fetch(`${url}/api/voices/create?${query}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${tokenOf(orgId)}`, "Content-Type": "audio/wav" },
    body: new Uint8Array(risingTone(11)),
  });
  if (created.status !== 201) throw new Error(`the upload was answered by ${created.status}`);
  const { id } = (await created.json()) as { id: string };
  return `/api/voices/${id}`;
}

/** Stores a generation of `orgId`. Returns the path of its audio. */
export async function storeGeneration(stack: LocalStack, orgId: string): Promise<string> {
  const id = crypto.randomUUID();
  for (const [path, body] of [
    [id, { orgId, voiceName: "Andy", text: "Hello" }],
    [`${id}/audio`, new Uint8Array(risingTone(11))],
  ] as const) {
    const response = await putGeneration(stack, path, body);
    if (!response.ok) throw new Error(`PUT ${path} was answered by ${response.status}`);
  }
  return `/api/audio/${id}`;
}

/** Fetches as the app's client does: with the browser's default cache mode. */
export const fetchAudio = (page: Page, path: string): Promise<{ status: number; bytes: number }> =>
  page.evaluate(async (url) => {
    const response = await fetch(url);
    return { status: response.status, bytes: (await response.arrayBuffer()).byteLength };
  }, path);

/**
 * Plays in a new audio element for a moment. Chromium keeps what a document has played in the document's memory, so
 * only the element of a new document asks the HTTP cache.
 */
export const play = (page: Page, src: string): Promise<"played" | "failed"> =>
  page.evaluate(
    (url) =>
      new Promise<"played" | "failed">((resolve) => {
        const player = new Audio(url);
        document.body.replaceChildren(player);
        player.onerror = () => resolve("failed");
        player.ontimeupdate = () => {
          if (player.currentTime < 0.2) return;
          player.pause();
          resolve("played");
        };
        player.play().catch(() => undefined);
      }),
    src,
  );

/** Seeks in the element of the last {@link play}, and plays for a moment. */
export const playFrom = (page: Page, seconds: number): Promise<"played" | "failed"> =>
  page.evaluate(
    (to) =>
      new Promise<"played" | "failed">((resolve, reject) => {
        const player = document.querySelector("audio");
        if (!player) return reject(new Error("nothing was played"));
        player.onerror = () => resolve("failed");
        player.ontimeupdate = () => {
          if (player.seeking || player.currentTime < to + 0.2) return;
          player.pause();
          resolve("played");
        };
        player.currentTime = to;
        player.play().catch(() => undefined);
      }),
    seconds,
  );
