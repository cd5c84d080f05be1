// System voices in the Cache API: the bytes of each version, and for a minute which version is current.
import type { AudioVersion } from "../http/audio-response-plan.ts";
import type { ByteSpan } from "../http/range.ts";
import { withTimeout } from "../platform/timeout.ts";

/** How long the current version is trusted: a replaced voice stops being served after this time. */
const CURRENT_VERSION_TTL_SECONDS = 60;
/** The bytes of a version never change; the cache may evict them at any time. */
const VERSION_BODY_TTL_SECONDS = 7 * 86_400;
/** The cache is in the same data centre. A play that it keeps waiting for longer is served from R2. */
const LOOK_UP_TIMEOUT_MS = 2_000;
/** Less than the 30 seconds that `waitUntil` lasts. */
const STORE_TIMEOUT_MS = 20_000;
/** The ids that `npm run voices` accepts. A longer URL, or one with other characters, is not tried on the cache. */
const CACHEABLE_ID = /^[\w-]{1,100}$/;

/** The current version of a system voice. */
export interface EdgeVoice extends AudioVersion {
  contentType: string;
  /** When D1 and R2 confirmed the version, as Unix time in milliseconds. */
  confirmedAt: number;
}

/**
 * The result of `use`. The cache is one of its own, apart from the one that Cloudflare fills for the host.
 * @throws {Error} also when there is no cache, and after `timeoutMs`
 */
const withCache = <T>(timeoutMs: number, use: (cache: Cache) => Promise<T>): Promise<T> =>
  withTimeout("the edge cache", timeoutMs, caches.open("system-voices").then(use));

/**
 * The URL under which a voice is cached, or null for an id that is not cached. Cloudflare's documentation asks for the
 * Worker's own host name. The path is under the Worker's route and served by none of its handlers, so a client that
 * requests it gets 404.
 */
export const edgeUrlOf = (requestUrl: string, id: string): string | null =>
  CACHEABLE_ID.test(id) ? new URL(`/api/voices/${id}/edge-cache`, requestUrl).href : null;

const versionUrlOf = (edgeUrl: string, { etag }: AudioVersion) => `${edgeUrl}/${encodeURIComponent(etag)}`;

/** The current version of a voice, if this data centre stored it within the last minute. */
export const findCurrentVersion = (edgeUrl: string): Promise<EdgeVoice | null> =>
  withCache(LOOK_UP_TIMEOUT_MS, async (cache) => {
    const cached = await cache.match(edgeUrl);
    if (!cached) return null;
    const voice = (await cached.json()) as EdgeVoice;
    return isCurrent(voice) ? voice : null;
  });

export const isCurrent = ({ confirmedAt }: Pick<EdgeVoice, "confirmedAt">) =>
  Date.now() - confirmedAt < CURRENT_VERSION_TTL_SECONDS * 1000;

/** The bytes of a version, whole or only `span`; null when they are not cached. */
export async function openVersionBody(edgeUrl: string, voice: EdgeVoice, span: ByteSpan | null) {
  const headers = span ? { Range: `bytes=${span.offset}-${span.offset + span.length - 1}` } : {};
  const request = new Request(versionUrlOf(edgeUrl, voice), { headers });
  const cached = await withCache(LOOK_UP_TIMEOUT_MS, (cache) => cache.match(request));
  if (cached?.status === (span ? 206 : 200)) return cached.body;
  await cached?.body?.cancel();
  return null;
}

export async function hasVersionBody(edgeUrl: string, voice: EdgeVoice): Promise<boolean> {
  const body = await openVersionBody(edgeUrl, voice, null);
  await body?.cancel();
  return body !== null;
}

/**
 * Stores the bytes of a version.
 * @throws {Error} also when they are not in the cache afterwards: Cloudflare's `put` resolves even if it stores nothing,
 * for instance where no cache is available
 */
export async function putVersionBody(edgeUrl: string, voice: EdgeVoice, body: ReadableStream): Promise<void> {
  const headers = {
    "Cache-Control": `max-age=${VERSION_BODY_TTL_SECONDS}`,
    "Content-Type": voice.contentType,
    "Content-Length": String(voice.size),
  };
  const response = new Response(body, { headers });
  await withCache(STORE_TIMEOUT_MS, (cache) => cache.put(versionUrlOf(edgeUrl, voice), response));
  if (!(await hasVersionBody(edgeUrl, voice))) throw new Error("the edge cache stored nothing");
}

/** Stores which version is current. */
export async function putCurrentVersion(edgeUrl: string, voice: EdgeVoice): Promise<void> {
  const headers = { "Cache-Control": `max-age=${CURRENT_VERSION_TTL_SECONDS}` };
  await withCache(LOOK_UP_TIMEOUT_MS, (cache) => cache.put(edgeUrl, Response.json(voice, { headers })));
}
