// State that lives as long as an isolate. Each capability declares its own slot. Never cache a refusal for a caller.
import QuickLRU from "quick-lru";

const MAX_ENTRIES = 1000;

/** The longest time that an entry of {@link lru} is used. */
export const CACHE_TTL_MS = 60_000;

/** A cache of at most 1,000 entries, each for at most {@link CACHE_TTL_MS}; the least recently used goes first. */
export const lru = <Value>() => new QuickLRU<string, Value>({ maxSize: MAX_ENTRIES, maxAge: CACHE_TTL_MS });

/**
 * A slot of the isolate's cache: a function that returns the value `create` made for an `env`. A deployment with other
 * settings has another `env`, so nothing is reused across them.
 */
export function isolateCache<T>(create: () => T): (env: object) => T {
  const values = new WeakMap<object, T>();
  return (env) => {
    const known = values.get(env);
    if (known !== undefined) return known;
    const value = create();
    values.set(env, value);
    return value;
  };
}
