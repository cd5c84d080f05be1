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

/** Current versions by voice id: saves a look-up in the edge cache. */
const currentVersions = isolateCache(() => lru<EdgeVoice>());
/** The ids of voices that are being filled. An entry expires, so that a fill that was terminated can be retried. */
const inFlightFills = isolateCache(() => lru<true>());

/** Opens a system voice from the edge cache; null when it is not cached or no system voice has that id. */
export async function openFromEdge(
  env: Env,
  id: string,
  request: AudioRequest,
): Promise<PlannedAudio<EdgeVoice> | null> {
  const voice = await currentVersionOf(env, id).catch(logAsMiss);
  if (!voice) return null;
  return openPlanned(request, {
    head: async () => voice,
    open: async (range) => {
      const span = range && resolveRange(range, voice.size);
      if (range && !span) return { ...voice, body: null };
      const body = await openVersionBody(id, voice, span).catch(logAsMiss);
      return body && { ...voice, body };
    },
  });
}

/** A failed cache read counts as a miss. */
function logAsMiss(cause: unknown): null {
  log.error("edge_cache_failed", { cause });
  return null;
}

async function currentVersionOf(env: Env, id: string): Promise<EdgeVoice | null> {
  const versions = currentVersions(env);
  const known = versions.get(id);
  if (known && isCurrent(known)) return known;
  const found = await findCurrentVersion(id);
  if (found) versions.set(id, found);
  return found;
}

/**
 * Starts to put the version that D1 and R2 have just confirmed into the edge cache.
 * @returns the fill; null when another request of this isolate already fills the voice
 */
export function startFill(
  env: Env,
  bucket: R2Bucket,
  id: string,
  r2ObjectKey: string,
  { etag, lastModified, size, contentType }: Omit<EdgeVoice, "confirmedAt">,
): Promise<void> | null {
  const fills = inFlightFills(env);
  if (fills.has(id)) return null;
  fills.set(id, true);
  const voice = { etag, lastModified, size, contentType, confirmedAt: Date.now() };
  return fillEdge(env, bucket, id, r2ObjectKey, voice).finally(() => fills.delete(id));
}

async function fillEdge(
  env: Env,
  bucket: R2Bucket,
  id: string,
  r2ObjectKey: string,
  voice: EdgeVoice,
): Promise<void> {
  if (!(await hasVersionBody(id, voice))) {
    const audio = await openAudio(bucket, r2ObjectKey, null);
    // Replaced since it was confirmed: the next miss fills the new version.
    if (audio?.etag !== voice.etag || !audio.body) return void (await audio?.body?.cancel());
    await putVersionBody(id, voice, audio.body);
  }
  await putCurrentVersion(id, voice);
  currentVersions(env).set(id, voice);
}
