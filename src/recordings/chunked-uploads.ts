// Limits how many uploads without a declared size an isolate accepts at once: each one holds a part in memory.
import { isolateCache } from "../platform/isolate-cache.ts";

/** Of 5 MiB each, in an isolate of 128 MB. */
const MAX_CONCURRENT = 8;
/** The platform can end an upload without running its `finally`: after this time its slot is free again. */
const SLOT_TTL_MS = 10 * 60_000;

/** Seconds after which a refused upload should be sent again. */
export const CHUNKED_UPLOAD_RETRY_AFTER_SECONDS = 10;

/** When each running upload started. */
const slots = isolateCache(() => new Map<symbol, number>());

/**
 * Takes a slot for an upload without a declared size.
 * @returns a function that frees the slot, or null when all slots are taken
 */
export function acquireChunkedUploadSlot(env: object): (() => void) | null {
  const taken = slots(env);
  const now = Date.now();
  for (const [slot, startedAt] of taken) if (now - startedAt > SLOT_TTL_MS) taken.delete(slot);
  if (taken.size >= MAX_CONCURRENT) return null;
  const slot = Symbol("upload");
  taken.set(slot, now);
  return () => taken.delete(slot);
}
