// A client of the service for pages and servers. Every method throws a ResonanceError unless the response is a success.
import { type ClientResponse, hc } from "hono/client";
import type { StatusCode } from "hono/utils/http-status";
import type { AppType } from "../../src/app.ts";
import type {
  CreatedVoice,
  DeletedGenerations,
  Generation,
  GenerationQuery,
  Health,
  NewGeneration,
  NewVoice,
  Peaks,
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
    /** The recording, whose body streams. A page plays `/api/voices/{id}` itself. */
    audio(id: string): Promise<Response>;
    /** A link that plays it for an hour without a session. */
    link(id: string): Promise<PlaybackLink>;
    /** Its levels, to draw a waveform. Compressed audio has none: `peaks_not_available`. */
    peaks(id: string): Promise<Peaks>;
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
    /** The WAV, whose body streams. A page plays `/api/audio/{id}` itself. */
    audio(id: string): Promise<Response>;
    /** A link that plays it for an hour without a session. */
    link(id: string): Promise<PlaybackLink>;
    /** Its levels, to draw a waveform. */
    peaks(id: string): Promise<Peaks>;
  };
  /** For a back end, with INGEST_SECRET. Every step may be repeated. */
  ingest: {
    begin(id: string, fields: NewGeneration): Promise<Generation>;
    /** Stores a WAV. With its size, where that is known, it streams into R2. */
    storeAudio(id: string, audio: Blob | ReadableStream<Uint8Array>, sizeBytes?: number): Promise<Generation>;
    fail(id: string, reason: string): Promise<Generation>;
    /** Deletes a generation, of any organisation where `orgId` names none. Succeeds when there is none. */
    deleteGeneration(id: string, orgId?: string): Promise<void>;
    /** Deletes a custom voice of any organisation. Succeeds when there is none. */
    deleteVoice(id: string): Promise<void>;
  };
  /** Whether the service works, for a monitor. When it does not, the error has the code `unhealthy`. */
  health(): Promise<Health>;
}

export function createResonanceClient({
  baseUrl = "/",
  token,
  headers,
}: ClientOptions = {}): ResonanceClient {
  const { api, internal, health } = hc<AppType>(baseUrl, {
    headers: {
      // Only a problem (RFC 9457) has the error's code.
      Accept: "application/problem+json, application/json",
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  const { ":voiceId": voice, create } = api.voices;
  const { ":generationId": generation } = api.generations;
  const { ":generationId": generationAudio } = api.audio;
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
      audio: (id) => readAudio(voice.$get(voiceAt(id))),
      link: (id) => read(voice.link.$post(voiceAt(id))),
      peaks: (id) => read(voice.peaks.$get(voiceAt(id))),
    },
    generations: {
      list: (query = {}) => read(api.generations.$get({ query })),
      all: (query) => readPages((page) => client.generations.list({ ...query, ...page })),
      get: (id) => read(generation.$get(generationAt(id))),
      delete: async (id) => void (await expectSuccess(generation.$delete(generationAt(id)))),
      deleteMany: (ids) => read(api.generations.delete.$post({ json: { ids } })),
      audio: (id) => readAudio(generationAudio.$get(generationAt(id))),
      link: (id) => read(generationAudio.link.$post(generationAt(id))),
      peaks: (id) => read(generationAudio.peaks.$get(generationAt(id))),
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
      deleteGeneration: async (id, orgId) =>
        void (await expectSuccess(ingested.$delete(generationOf(id, orgId)))),
      deleteVoice: async (id) => void (await expectSuccess(internal.voices[":voiceId"].$delete(voiceAt(id)))),
    },
    health: () => read(health.$get()),
  };
  return client;
}

/** The most that the service accepts as `limit`. */
const MAX_PAGE_ITEMS = "100";

// `hc` writes a parameter into the path as it is: a slash in it would lead to another route.
const voiceAt = (id: string) => ({ param: { voiceId: encodeURIComponent(id) } });
const generationAt = (id: string) => ({ param: { generationId: encodeURIComponent(id) } });
const generationOf = (id: string, orgId: string | undefined) => ({ ...generationAt(id), query: { orgId } });

/** The service requires a type and trusts none: a file of an unknown type has the empty one. */
const uploadHeaders = (recording: Blob, idempotencyKey: string | undefined) => ({
  "Content-Type": recording.type || "application/octet-stream",
  ...(idempotencyKey !== undefined && { "Idempotency-Key": idempotencyKey }),
});

/** A response of `hc`, whose own type knows successes only: errors are thrown by the app, not returned by its routes. */
type Answer = Pick<ClientResponse<unknown>, "ok" | "status" | "headers" | "json">;

/** The JSON of a success: a 304, to a condition that the client does not send, has none. */
type BodyOf<Sent> = Sent extends ClientResponse<infer Body, StatusCode, "json"> ? Body : never;

const read = async <Sent extends Answer>(sent: Promise<Sent>): Promise<BodyOf<Sent>> =>
  (await expectSuccess(sent)).json() as Promise<BodyOf<Sent>>;

/** The response as it is: a fetch response, in a type of `hc`'s own. */
const readAudio = async (sent: Promise<Answer>): Promise<Response> => (await expectSuccess(sent)) as Response;

async function expectSuccess<Sent extends Answer>(sent: Promise<Sent>): Promise<Sent> {
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
