// A typed client of the service: Hono's `hc` knows every path, parameter and answer from the app's own type.
import { hc } from "hono/client";
import type { AppType } from "../src/app.ts";

/** A client for the service at `origin`, as the user whose session token Clerk's `getToken()` gives. */
export const createClient = (origin: string, getToken: () => Promise<string>) =>
  hc<AppType>(origin, { headers: async () => ({ Authorization: `Bearer ${await getToken()}` }) }).api;

export type Client = ReturnType<typeof createClient>;

/** Every voice that `search` finds, page by page. */
export async function* findVoices({ voices }: Client, search: string) {
  let cursor: string | undefined;
  do {
    const response = await voices.$get({ query: { search, ...(cursor && { cursor }) } });
    if (!response.ok) throw await problemOf(response);
    const page = await response.json();
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}

/** Makes a voice of `recording`. Sent again with the same `idempotencyKey`, it makes no second one. */
export async function createVoice({ voices }: Client, name: string, recording: Blob, idempotencyKey: string) {
  const response = await voices.create.$post(
    { query: { name, category: "GENERAL", language: "en-US" } },
    {
      headers: { "Content-Type": recording.type, "Idempotency-Key": idempotencyKey },
      init: { body: recording },
    },
  );
  if (!response.ok) throw await problemOf(response);
  return response.json();
}

/** What an answer's `{"error"}` says, with the id by which an operator finds the request. */
async function problemOf(response: { json: () => Promise<unknown>; headers: Headers }): Promise<Error> {
  const { error } = (await response.json()) as { error: string };
  return new Error(`${error} (request ${response.headers.get("X-Request-Id")})`);
}
