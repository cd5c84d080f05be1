// System voices in the Cache API: each version's bytes, and for a minute what the current version is.
import type { AudioVersion } from "../http/audio-response-plan.ts";
import type { ByteSpan } from "../http/range.ts";

/** For how long the current version of a voice is taken for known: a replaced one is gone after that. */
export const VERSION_KNOWN_SECONDS = 60;
/** A version never changes; the cache may drop it at any time. */
const VERSION_KEPT_SECONDS = 7 * 86_400;

/** The current version of a system voice. */
export interface EdgeVoice extends AudioVersion {
  contentType: string;
  /** Milliseconds since 1970 at which D1 and R2 confirmed it. */
  confirmedAt: number;
}

// A name of its own and a host that cannot exist (RFC 2606): no request of a client leads here.
const openCache = () => caches.open("system-voices");
const urlOf = (id: string) => `https://voices.invalid/${encodeURIComponent(id)}`;
const versionUrlOf = (id: string, { etag }: AudioVersion) => `${urlOf(id)}/${encodeURIComponent(etag)}`;

/** The current version of a voice, as far as this data centre was told within the last minute. */
export async function findEdgeVoice(id: string): Promise<EdgeVoice | null> {
  const known = await (await openCache()).match(urlOf(id));
  if (!known) return null;
  const voice = (await known.json()) as Omit<EdgeVoice, "lastModified"> & { lastModified: number };
  return isFresh(voice) ? { ...voice, lastModified: new Date(voice.lastModified) } : null;
}

/** Whether what is known of a voice may still be relied on. */
export const isFresh = ({ confirmedAt }: Pick<EdgeVoice, "confirmedAt">) =>
  Date.now() - confirmedAt < VERSION_KNOWN_SECONDS * 1000;

/** The bytes of a version, whole or `span` of them; null when the cache does not have them (any more). */
export async function openEdgeVoice(id: string, voice: EdgeVoice, span: ByteSpan | null) {
  const headers = span ? { Range: `bytes=${span.offset}-${span.offset + span.length - 1}` } : {};
  const cached = await (await openCache()).match(new Request(versionUrlOf(id, voice), { headers }));
  if (cached?.status === (span ? 206 : 200)) return cached.body;
  await cached?.body?.cancel();
  return null;
}

export async function hasEdgeVoice(id: string, voice: EdgeVoice): Promise<boolean> {
  const body = await openEdgeVoice(id, voice, null);
  await body?.cancel();
  return body !== null;
}

/** Keeps the bytes of a version. */
export async function putEdgeVoice(id: string, voice: EdgeVoice, body: ReadableStream): Promise<void> {
  const headers = {
    "Cache-Control": `max-age=${VERSION_KEPT_SECONDS}`,
    "Content-Type": voice.contentType,
    "Content-Length": String(voice.size),
  };
  await (await openCache()).put(versionUrlOf(id, voice), new Response(body, { headers }));
}

/** Says which version is the current one. */
export async function announceEdgeVoice(id: string, voice: EdgeVoice): Promise<void> {
  const headers = { "Cache-Control": `max-age=${VERSION_KNOWN_SECONDS}` };
  const known = { ...voice, lastModified: voice.lastModified.getTime() };
  await (await openCache()).put(urlOf(id), Response.json(known, { headers }));
}
