// The bounds of an isolate's caches: entries, bytes, time, and what they keep in the heap.
import { afterEach, expect, it, vi } from "vitest";
import { lru } from "../../src/platform/isolate-cache.ts";
import { heapGrowth } from "../support/heap.ts";

const MIB = 1024 * 1024;

afterEach(() => vi.useRealTimers());

it("a value is kept for a minute, or for a shorter maxAge", () => {
  vi.useFakeTimers();
  const cache = lru<string>();
  cache.set("minute", "a");
  cache.set("second", "b", { maxAge: 1000 });
  vi.advanceTimersByTime(999);
  expect(cache.get("second")).toBe("b");
  vi.advanceTimersByTime(1);
  expect(cache.get("second")).toBeUndefined();
  vi.advanceTimersByTime(58_999);
  expect(cache.has("minute")).toBe(true);
  vi.advanceTimersByTime(1);
  expect(cache.has("minute")).toBe(false);
});

it("a value can be replaced and deleted", () => {
  const cache = lru<{ at: number }>();
  cache.set("a", { at: 1 });
  cache.set("a", { at: 2 });
  expect(cache.get("a")).toEqual({ at: 2 });
  cache.delete("a");
  expect(cache.get("a")).toBeUndefined();
});

it("what JSON would change, as a Date, is refused by the compiler", () => {
  const cache = lru<{ at: Date }>();
  // @ts-expect-error A Date has methods.
  cache.set("a", { at: new Date(1) });
  expect(cache.get("a")).toEqual({ at: "1970-01-01T00:00:00.001Z" });
});

it("of more than 1,000 entries the least recently used are gone", () => {
  const cache = lru<number>();
  for (let i = 0; i < 1000; i++) cache.set(`key ${i}`, i);
  expect(cache.get("key 0")).toBe(0);
  cache.set("key 1000", 1000);
  expect(cache.get("key 1")).toBeUndefined();
  expect(cache.get("key 0")).toBe(0);
  expect(cache.get("key 1000")).toBe(1000);
});

it("entries of more than 4 MiB together make the least recently used go, however few they are", () => {
  const cache = lru<string>();
  const quarterMiB = "x".repeat(MIB / 8);
  for (let i = 0; i < 100; i++) cache.set(`key ${i}`, quarterMiB);
  const kept = Array.from({ length: 100 }, (_, i) => i).filter((i) => cache.has(`key ${i}`));
  expect(kept).toEqual(Array.from({ length: 15 }, (_, i) => i + 85));
});

it("what was replaced, deleted or expired no longer counts towards the 4 MiB", () => {
  vi.useFakeTimers();
  const cache = lru<string>();
  const almostFull = "x".repeat(1.9 * MIB);
  cache.set("a", almostFull);
  cache.set("a", almostFull);
  cache.set("small", "kept");
  cache.delete("a");
  cache.set("b", almostFull, { maxAge: 1 });
  vi.advanceTimersByTime(1);
  expect(cache.get("b")).toBeUndefined();
  cache.set("c", almostFull);
  expect(cache.get("c")).toBe(almostFull);
  expect(cache.get("small")).toBe("kept");
});

it("an entry of more than 4 MiB is not stored, and the value that it replaces is gone", () => {
  const cache = lru<string>();
  cache.set("a", "before");
  cache.set("other", "kept");
  cache.set("a", "x".repeat(2 * MIB));
  expect(cache.get("a")).toBeUndefined();
  expect(cache.get("other")).toBe("kept");
});

it("1,000 keys and values that are parts of headers of 128 KB keep less than 8 MiB in the heap", async () => {
  const cache = lru<{ id: string }>();
  const growth = await heapGrowth(() => {
    for (let i = 0; i < 1000; i++) {
      const header = `${i}`.padStart(128 * 1024, "x");
      cache.set(header.slice(-40), { id: header.slice(-50) });
      cache.get(header.slice(-40));
    }
  });
  expect(cache.get("999".padStart(40, "x"))).toEqual({ id: "999".padStart(50, "x") });
  expect(growth).toBeLessThan(8 * MIB);
});
