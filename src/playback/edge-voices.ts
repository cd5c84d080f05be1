// System voices at the edge: opens them without D1 and R2 while their current version is cached, and fills the cache.
import type { AudioRequest } from "../http/audio-response-plan.ts";
import { resolveRange } from "../http/range.ts";
import { openAudio } from "../platform/audio-store.ts";
import { isolateCache, lru } from "../platform/isolate-cache.ts";
import { log } from "../platform/logger.ts";
import {
  type EdgeVoice,
  findCurrentVersion,
  hasVersionBody,
  isCurrent,
  openVersionBody,
  putCurrentVersion,
  putVersionBody,
} from "./edge-cache.ts";
import { openPlanned, type PlannedAudio } from "./open-audio.ts";

/** How long an isolate leaves the edge cache alone after it failed or stored nothing. */
const PAUSE_MS = 5 * 60_000;

/** Current versions by edge URL: saves a look-up in the edge cache. */
const currentVersions = isolateCache(() => lru<EdgeVoice>());
/** The edge URLs that are being filled. An entry expires, so that a fill that was terminated can be retried. */
const inFlightFills = isolateCache(() => lru<true>());
/** Unix milliseconds. */
const pause = isolateCache(() => ({ until: 0 }));

const isPaused = (env: Env) => Date.now() < pause(env).until;

/**
 * Stops using the edge cache for {@link PAUSE_MS}: where it stores nothing, each play would read a whole object from R2
 * to fill it. The first failure is logged, not those of requests that are under way. Returns null: a miss.
 */
function pauseEdgeCache(env: Env, cause: unknown): null {
  if (!isPaused(env)) log.error("edge_cache_failed", { cause, pausedSeconds: PAUSE_MS / 1000 });
  pause(env).until = Date.now() + PAUSE_MS;
  return null;
}

/**
 * Opens a system voice from the edge cache. Null when it is not cached, when no system voice is cached there, or while
 * the edge cache is paused.
 */
export async function openFromEdge(
  env: Env,
  edgeUrl: string,
  request: AudioRequest,
): Promise<PlannedAudio<EdgeVoice> | null> {
  if (isPaused(env)) return null;
  const pauseAndMiss = (cause: unknown) => pauseEdgeCache(env, cause);
  const voice = await currentVersionOf(env, edgeUrl).catch(pauseAndMiss);
  if (!voice) return null;
  return openPlanned(request, {
    head: async () => voice,
    open: async (range) => {
      const span = range && resolveRange(range, voice.size);
      if (range && !span) return { ...voice, body: null };
      const body = await openVersionBody(edgeUrl, voice, span).catch(pauseAndMiss);
      return body && { ...voice, body };
    },
  });
}

async function currentVersionOf(env: Env, edgeUrl: string): Promise<EdgeVoice | null> {
  const versions = currentVersions(env);
  const known = versions.get(edgeUrl);
  if (known && isCurrent(known)) return known;
  const found = await findCurrentVersion(edgeUrl);
  if (found) versions.set(edgeUrl, found);
  return found;
}

/**
 * Starts to put the version that D1 and R2 have just confirmed into the edge cache.
 * @returns the fill; null when another request of this isolate already fills the voice, or while the edge cache is paused
 */
export function startFill(
  env: Env,
  bucket: R2Bucket,
  edgeUrl: string,
  r2ObjectKey: string,
  { etag, lastModified, size, contentType }: Omit<EdgeVoice, "confirmedAt">,
): Promise<void> | null {
  const fills = inFlightFills(env);
  if (isPaused(env) || fills.has(edgeUrl)) return null;
  fills.set(edgeUrl, true);
  const voice = { etag, lastModified, size, contentType, confirmedAt: Date.now() };
  return fillEdge(env, bucket, edgeUrl, r2ObjectKey, voice).finally(() => fills.delete(edgeUrl));
}

async function fillEdge(
  env: Env,
  bucket: R2Bucket,
  edgeUrl: string,
  r2ObjectKey: string,
  voice: EdgeVoice,
): Promise<void> {
  try {
    if (!(await hasVersionBody(edgeUrl, voice))) {
      const audio = await openAudio(bucket, r2ObjectKey, null);
      // Replaced since it was confirmed: the next miss fills the new version.
      if (audio?.etag !== voice.etag || !audio.body) return void (await audio?.body?.cancel());
      await putVersionBody(edgeUrl, voice, audio.body);
    }
    await putCurrentVersion(edgeUrl, voice);
    currentVersions(env).set(edgeUrl, voice);
  } catch (cause) {
    pauseEdgeCache(env, cause);
  }
}
