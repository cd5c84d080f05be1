// System voices at the edge: opens them without D1 and R2 while their current version is cached, and fills the cache.
import { type AudioRequest, planAudioResponse } from "../http/audio-response-plan.ts";
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
import type { PlannedAudio } from "./open-audio.ts";

/** How long an isolate leaves the edge cache alone after it failed or stored nothing. */
const PAUSE_MS = 5 * 60_000;

/** Current versions by edge URL: saves a look-up in the edge cache. */
const currentVersions = isolateCache(() => lru<EdgeVoice>());
/** The edge URLs that this isolate began to fill within the last minute: a cache may lose what it stored at once. */
const recentFills = isolateCache(() => lru<true>());
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
 * Opens a system voice from the edge cache. Null when it is not cached, when no system voice is cached there, and while
 * the edge cache is paused.
 */
export async function openFromEdge(
  env: Env,
  edgeUrl: string | null,
  request: AudioRequest,
): Promise<PlannedAudio<EdgeVoice> | null> {
  if (edgeUrl === null || isPaused(env)) return null;
  const pauseAndMiss = (cause: unknown) => pauseEdgeCache(env, cause);
  const voice = await currentVersionOf(env, edgeUrl).catch(pauseAndMiss);
  if (!voice) return null;
  const plan = planAudioResponse(request, voice);
  if (request.method === "HEAD" || (plan.kind !== "whole" && plan.kind !== "part")) {
    return { audio: { ...voice, body: null }, plan };
  }
  const span = plan.kind === "part" ? plan.span : null;
  const body = await openVersionBody(edgeUrl, voice, span).catch(pauseAndMiss);
  return body && { audio: { ...voice, body }, plan };
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
 * @returns the fill; null when this isolate has filled the voice within the last minute, and while the cache is paused
 */
export function startFill(
  env: Env,
  bucket: R2Bucket,
  edgeUrl: string | null,
  r2ObjectKey: string,
  { etag, lastModified, size, contentType }: Omit<EdgeVoice, "confirmedAt">,
): Promise<void> | null {
  const fills = recentFills(env);
  if (edgeUrl === null || isPaused(env) || fills.has(edgeUrl)) return null;
  fills.set(edgeUrl, true);
  const voice = { etag, lastModified, size, contentType, confirmedAt: Date.now() };
  return fillEdge(env, bucket, edgeUrl, r2ObjectKey, voice);
}

async function fillEdge(
  env: Env,
  bucket: R2Bucket,
  edgeUrl: string,
  r2ObjectKey: string,
  voice: EdgeVoice,
): Promise<void> {
  const isStored = await hasVersionBody(edgeUrl, voice).catch((cause) => pauseEdgeCache(env, cause));
  if (isStored === null) return;
  // A failure to open the object rejects: it is no reason to pause the edge cache. One that breaks off the body later
  // cannot be told from a failure of the cache, whose `put` rejects.
  const body = isStored ? null : await openVersion(bucket, r2ObjectKey, voice);
  if (!isStored && !body) return;
  try {
    if (body) await putVersionBody(edgeUrl, voice, body);
    await putCurrentVersion(edgeUrl, voice);
    currentVersions(env).set(edgeUrl, voice);
  } catch (cause) {
    pauseEdgeCache(env, cause);
  }
}

/** The bytes of a version in R2; null when it was replaced since it was confirmed. */
async function openVersion(bucket: R2Bucket, r2ObjectKey: string, { etag }: EdgeVoice) {
  const audio = await openAudio(bucket, r2ObjectKey, null);
  if (audio?.etag === etag) return audio.body;
  await audio?.body?.cancel();
  return null;
}
