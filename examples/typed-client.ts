// A typed client: Hono's `hc` derives every path, parameter and response from the app's type.
import { hc } from "hono/client";
import type { AppType } from "../src/app.ts";

/** A client for the service at `origin`. `getToken` is Clerk's: it returns the user's session token. */
export const createClient = (origin: string, getToken: () => Promise<string>) =>
  hc<AppType>(origin, { headers: async () => ({ Authorization: `Bearer ${await getToken()}` }) }).api;

export type Client = ReturnType<typeof createClient>;

/** All voices that match `search`. Loads them page by page. */
export async function* findVoices({ voices }: Client, search: string) {
  let cursor: string | undefined;
  do {
    const response = await voices.$get({ query: { search, ...(cursor && { cursor }) } });
    if (!response.ok) throw await toError(response);
    const page = await response.json();
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}

/** Creates a voice from `recording`. A retry with the same `idempotencyKey` creates no second voice. */
export async function createVoice({ voices }: Client, name: string, recording: Blob, idempotencyKey: string) {
  const response = await voices.create.$post(
    { query: { name, category: "GENERAL", language: "en-US" } },
    {
      headers: { "Content-Type": recording.type, "Idempotency-Key": idempotencyKey },
      init: { body: recording },
    },
  );
  if (!response.ok) throw await toError(response);
  return response.json();
}

/** The message of an error response, with the request id for the operator's logs. */
async function toError(response: { json: () => Promise<unknown>; headers: Headers }): Promise<Error> {
  const { error } = (await response.json()) as { error: string };
  return new Error(`${error} (request ${response.headers.get("X-Request-Id")})`);
}
