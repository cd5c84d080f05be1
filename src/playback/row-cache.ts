// Rows of private audio that an isolate has read within the last minute, by organisation and id.
import { isolateCache, lru } from "../platform/isolate-cache.ts";
import type { PlayableGeneration, PlayableVoice, Ready } from "./queries.ts";

export const rowCacheKey = (orgId: string, id: string) => `${orgId}/${id}`;

export const cachedGenerations = isolateCache(() => lru<Ready<PlayableGeneration>>());
export const cachedCustomVoices = isolateCache(() => lru<Ready<PlayableVoice>>());

/** Call when a generation was deleted: other isolates notice that its object is gone. */
export const evictGeneration = (env: object, orgId: string, id: string) =>
  cachedGenerations(env).delete(rowCacheKey(orgId, id));

/** Call when a voice was deleted: other isolates notice that its object is gone. */
export const evictCustomVoice = (env: object, orgId: string, id: string) =>
  cachedCustomVoices(env).delete(rowCacheKey(orgId, id));
