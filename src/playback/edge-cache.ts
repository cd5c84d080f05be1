// System voices in the Cache API: the bytes of each version, and for a minute which version is current.
import type { AudioVersion } from "../http/audio-response-plan.ts";
import type { ByteSpan } from "../http/range.ts";

/** How long the current version is trusted: a replaced voice stops being served after this time. */
const CURRENT_VERSION_TTL_SECONDS = 60;
/** The bytes of a version never change; the cache may evict them at any time. */
const VERSION_BODY_TTL_SECONDS = 7 * 86_400;

/** The current version of a system voice. */
export interface EdgeVoice extends AudioVersion {
  contentType: string;
  /** When D1 and R2 confirmed the version, as Unix time in milliseconds. */
  confirmedAt: number;
}

// A cache of its own, apart from the one that Cloudflare fills with responses of the host.
const openCache = () => caches.open("system-voices");

/**
 * The URL under which a voice is cached. Cloudflare's documentation asks for the Worker's own host name. The path is
 * under the Worker's route and served by none of its handlers, so a client that requests it gets 404.
 */
export const edgeUrlOf = (requestUrl: string, id: string): string =>
  new URL(`/api/voices/${encodeURIComponent(id)}/edge-cache`, requestUrl).href;

const versionUrlOf = (edgeUrl: string, { etag }: AudioVersion) => `${edgeUrl}/${encodeURIComponent(etag)}`;

/** The current version of a voice, if this data centre stored it within the last minute. */
export async function findCurrentVersion(edgeUrl: string): Promise<EdgeVoice | null> {
  const cached = await (await openCache()).match(edgeUrl);
  if (!cached) return null;
  const voice = (await cached.json()) as Omit<EdgeVoice, "lastModified"> & { lastModified: number };
  return isCurrent(voice) ? { ...voice, lastModified: new Date(voice.lastModified) } : null;
}

export const isCurrent = ({ confirmedAt }: Pick<EdgeVoice, "confirmedAt">) =>
  Date.now() - confirmedAt < CURRENT_VERSION_TTL_SECONDS * 1000;

/** The bytes of a version, whole or only `span`; null when they are not cached. */
export async function openVersionBody(edgeUrl: string, voice: EdgeVoice, span: ByteSpan | null) {
  const headers = span ? { Range: `bytes=${span.offset}-${span.offset + span.length - 1}` } : {};
  const cached = await (await openCache()).match(new Request(versionUrlOf(edgeUrl, voice), { headers }));
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
  await (await openCache()).put(versionUrlOf(edgeUrl, voice), new Response(body, { headers }));
  if (!(await hasVersionBody(edgeUrl, voice))) throw new Error("the edge cache stored nothing");
}

/** Stores which version is current. */
export async function putCurrentVersion(edgeUrl: string, voice: EdgeVoice): Promise<void> {
  const headers = { "Cache-Control": `max-age=${CURRENT_VERSION_TTL_SECONDS}` };
  const entry = { ...voice, lastModified: voice.lastModified.getTime() };
  await (await openCache()).put(edgeUrl, Response.json(entry, { headers }));
}
