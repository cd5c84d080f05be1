// State that lives as long as an isolate. Each capability declares its own slot. A refusal for a
// caller is cached for seconds at most, as in billing/subscription.ts. Our own LRU, because quick-lru bounds no bytes.

const MAX_ENTRIES = 1000;
/** Of one cache. The isolate has 128 MB for all of its caches and requests. */
const MAX_BYTES = 4 * 1024 * 1024;
const BYTES_PER_CHARACTER = 2;

/** The longest time that an entry of {@link lru} is used. */
export const CACHE_TTL_MS = 60_000;

/** `T` as JSON stores it: nothing is assignable to a method of it, so that a Date, for instance, is refused. */
type Json<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends (...args: never[]) => unknown
    ? never
    : { [Member in keyof T]: Json<T[Member]> };

interface Entry<Value> {
  key: string;
  value: Value;
  expiresAt: number;
  bytes: number;
}

/** A cache bounded in entries, in bytes and in time; the least recently used entry goes first. */
class LruCache<Value> {
  /** The least recently used first: a Map iterates in the order of insertion. */
  readonly #entries = new Map<string, Entry<Value>>();
  #bytes = 0;

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    if (entry.expiresAt <= Date.now()) {
      this.#bytes -= entry.bytes;
      return undefined;
    }
    this.#entries.set(entry.key, entry);
    return entry.value;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Stores a copy of `value`. */
  set(key: string, value: Value, { maxAge = CACHE_TTL_MS } = {}): void {
    this.delete(key);
    const json = JSON.stringify({ key, value });
    const bytes = json.length * BYTES_PER_CHARACTER;
    if (bytes > MAX_BYTES) return;
    // A part of a string keeps the whole string in V8's heap: a token the Cookie header, an id the URL. Parsing copies it.
    const own = JSON.parse(json) as Pick<Entry<Value>, "key" | "value">;
    this.#entries.set(own.key, { key: own.key, value: own.value, expiresAt: Date.now() + maxAge, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ENTRIES && this.#bytes <= MAX_BYTES) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}

/** A cache of at most 1,000 entries and 4 MiB of JSON values, each entry for at most {@link CACHE_TTL_MS}. */
export const lru = <Value>() => new LruCache<Json<Value>>();

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
