// A client of the service for pages and servers. Every method throws a ResonanceError unless the response is a success.
import { hc } from "hono/client";
import type { AppType } from "../../src/app.ts";
import type {
  CreatedVoice,
  DeletedGenerations,
  Generation,
  GenerationQuery,
  NewGeneration,
  NewVoice,
  PlaybackLink,
  Voice,
  VoiceChanges,
  VoiceQuery,
} from "./contract.ts";
import { ResonanceError } from "./error.ts";

export type * from "./contract.ts";
export { ResonanceError };

export interface ClientOptions {
  /** The service's origin. A page of that origin leaves it out, and is known by its cookie. */
  baseUrl?: string;
  /** A bearer token: Clerk's session token, or the service's INGEST_SECRET for `ingest`. */
  token?: string;
  /** Further headers of every request. */
  headers?: Record<string, string>;
}

export interface Page<Item> {
  items: Item[];
  /** The `cursor` of the next page; null on the last one. */
  nextCursor: string | null;
}

export interface ResonanceClient {
  voices: {
    list(query?: VoiceQuery): Promise<Page<Voice>>;
    /** The voices of all pages, each once. */
    all(query?: VoiceQuery): Promise<Voice[]>;
    get(id: string): Promise<Voice>;
    /** The same request under the same idempotency key creates one voice, however often it is sent. */
    create(fields: NewVoice, recording: Blob, idempotencyKey?: string): Promise<CreatedVoice>;
    update(id: string, changes: VoiceChanges): Promise<Voice>;
    delete(id: string): Promise<void>;
    /** A link that plays it for an hour without a session. */
    link(id: string): Promise<PlaybackLink>;
  };
  generations: {
    /** Each text is cut to its first 1,000 characters. */
    list(query?: GenerationQuery): Promise<Page<Generation>>;
    /** The generations of all pages, each once. Each text is cut to its first 1,000 characters. */
    all(query?: GenerationQuery): Promise<Generation[]>;
    get(id: string): Promise<Generation>;
    delete(id: string): Promise<void>;
    /** Deletes up to 100, and names those that do not exist. */
    deleteMany(ids: string[]): Promise<DeletedGenerations>;
    /** A link that plays it for an hour without a session. */
    link(id: string): Promise<PlaybackLink>;
  };
  /** For a back end that generates speech. Every step may be repeated. */
  ingest: {
    begin(id: string, fields: NewGeneration): Promise<Generation>;
    /** Stores a WAV. With its size, where that is known, it streams into R2. */
    storeAudio(id: string, audio: Blob | ReadableStream<Uint8Array>, sizeBytes?: number): Promise<Generation>;
    fail(id: string, reason: string): Promise<Generation>;
  };
}

export function createResonanceClient({
  baseUrl = "/",
  token,
  headers,
}: ClientOptions = {}): ResonanceClient {
  const { api, internal } = hc<AppType>(baseUrl, {
    headers: {
      // Only a problem (RFC 9457) has the error's code.
      Accept: "application/problem+json, application/json",
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  const { ":voiceId": voice, create } = api.voices;
  const { ":generationId": generation } = api.generations;
  const { ":generationId": ingested } = internal.generations;

  const client: ResonanceClient = {
    voices: {
      list: (query = {}) => read(api.voices.$get({ query })),
      all: (query) => readPages((page) => client.voices.list({ ...query, ...page })),
      get: (id) => read(voice.metadata.$get(voiceAt(id))),
      create: (query, recording, idempotencyKey) =>
        read(
          create.$post(
            { query },
            { headers: uploadHeaders(recording, idempotencyKey), init: { body: recording } },
          ),
        ),
      update: (id, json) => read(voice.$patch({ ...voiceAt(id), json })),
      delete: async (id) => void (await expectSuccess(voice.$delete(voiceAt(id)))),
      link: (id) => read(voice.link.$post(voiceAt(id))),
    },
    generations: {
      list: (query = {}) => read(api.generations.$get({ query })),
      all: (query) => readPages((page) => client.generations.list({ ...query, ...page })),
      get: (id) => read(generation.$get(generationAt(id))),
      delete: async (id) => void (await expectSuccess(generation.$delete(generationAt(id)))),
      deleteMany: (ids) => read(api.generations.delete.$post({ json: { ids } })),
      link: (id) => read(api.audio[":generationId"].link.$post(generationAt(id))),
    },
    ingest: {
      begin: (id, json) => read(ingested.$put({ ...generationAt(id), json })),
      storeAudio: (id, body, sizeBytes) =>
        read(
          ingested.audio.$put(generationAt(id), {
            headers: sizeBytes === undefined ? {} : { "Content-Length": String(sizeBytes) },
            // Node's fetch requires `duplex` for a stream.
            init: { body, duplex: "half" } as RequestInit,
          }),
        ),
      fail: (id, reason) => read(ingested.failure.$put({ ...generationAt(id), json: { reason } })),
    },
  };
  return client;
}

/** The most that the service accepts as `limit`. */
const MAX_PAGE_ITEMS = "100";

// `hc` writes a parameter into the path as it is: a slash in it would lead to another route.
const voiceAt = (id: string) => ({ param: { voiceId: encodeURIComponent(id) } });
const generationAt = (id: string) => ({ param: { generationId: encodeURIComponent(id) } });

/** The service requires a type and trusts none: a file of an unknown type has the empty one. */
const uploadHeaders = (recording: Blob, idempotencyKey: string | undefined) => ({
  "Content-Type": recording.type || "application/octet-stream",
  ...(idempotencyKey !== undefined && { "Idempotency-Key": idempotencyKey }),
});

/** A response of `hc`, whose own type knows successes only: errors are thrown by the app, not returned by its routes. */
interface Answer<Body> {
  ok: boolean;
  status: number;
  headers: Headers;
  json: () => Promise<Body>;
}

async function read<Body>(sent: Promise<Answer<Body>>): Promise<Body> {
  return (await expectSuccess(sent)).json();
}

async function expectSuccess<Body>(sent: Promise<Answer<Body>>): Promise<Answer<Body>> {
  const answer = await sent;
  if (answer.ok) return answer;
  throw new ResonanceError(answer.status, answer.headers, await answer.json().catch(() => null));
}

async function readPages<Item extends { id: string }>(
  list: (page: { limit: string; cursor?: string }) => Promise<Page<Item>>,
): Promise<Item[]> {
  // A voice that is renamed meanwhile can be on two pages.
  const items = new Map<string, Item>();
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await list({ limit: MAX_PAGE_ITEMS, ...(cursor && { cursor }) });
    for (const item of page.items) items.set(item.id, item);
    cursor = page.nextCursor;
  } while (cursor);
  return [...items.values()];
}
