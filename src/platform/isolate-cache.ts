// What one isolate may remember between requests, bounded in number and time. Only what was true and good: a
// refusal is never remembered, but for what /health found.
import QuickLRU from "quick-lru";
import type { Identity } from "../auth/session-claims.ts";
import type { PlayableGeneration } from "../generations/queries.ts";
import type { Health } from "../health/schema.ts";
import type { EdgeVoice } from "../playback/edge-cache.ts";
import type { PlayableVoice } from "../voices/queries.ts";

/** A row whose object is stored. */
export type Ready<Row> = Row & { r2ObjectKey: string };

/** No memory outlasts a minute; a token's ends with the token. */
export const REMEMBERED_MS = 60_000;

const HEALTH_REMEMBERED_MS = 10_000;

const bounded = <Value>() => new QuickLRU<string, Value>({ maxSize: 1000, maxAge: REMEMBERED_MS });

function createMemory() {
  return {
    /** By token. */
    identities: bounded<Identity>(),
    /** Rows by organisation and id. */
    generations: bounded<Ready<PlayableGeneration>>(),
    customVoices: bounded<Ready<PlayableVoice>>(),
    /** By id. */
    systemVoices: bounded<EdgeVoice>(),
    /** The ids of the system voices on their way into the edge cache; one that got lost on it may start again. */
    fills: bounded<true>(),
    /** When each upload without a Content-Length began that is being taken. */
    chunkedUploads: new Map<symbol, number>(),
    /** What the last look at D1 and R2 found. */
    health: new QuickLRU<"latest", Health>({ maxSize: 1, maxAge: HEALTH_REMEMBERED_MS }),
  };
}

export type Memory = ReturnType<typeof createMemory>;

const memories = new WeakMap<object, Memory>();

/** The memory that belongs to `env`: what was learnt under other settings is not known here. */
export function memoryOf(env: object): Memory {
  const known = memories.get(env);
  if (known) return known;
  const memory = createMemory();
  memories.set(env, memory);
  return memory;
}
