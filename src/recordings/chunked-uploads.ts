// Limits how many uploads without a declared size an isolate accepts at once: each one holds a part in memory.
import { isolateCache } from "../platform/isolate-cache.ts";
import { MAX_CHUNKED_UPLOAD_MS } from "./store-body.ts";

/**
 * Uploads at once in each pool, so that voice creation and the ingest cannot starve each other: twelve parts of 5 MiB,
 * in an isolate of 128 MB.
 */
const POOL_SIZES = { creation: 8, ingest: 4 };
/** Of the creations, so that one organisation cannot take the slots of all. */
const MAX_PER_ORGANISATION = 2;
/** The platform can end an upload without running its `finally`. An upload that is still running has ended by then. */
const SLOT_TTL_MS = MAX_CHUNKED_UPLOAD_MS + 5 * 60_000;

/** Seconds after which a refused upload should be sent again. */
export const CHUNKED_UPLOAD_RETRY_AFTER_SECONDS = 10;

/** Who uploads: a user of an organisation, or the backend, which uploads for all of them. */
export type Uploader = { pool: "creation"; orgId: string } | { pool: "ingest" };

interface Slot {
  uploader: Uploader;
  startedAt: number;
}

const slots = isolateCache(() => new Set<Slot>());

/**
 * Takes a slot for an upload without a declared size.
 * @returns a function that frees the slot, or null when those of the pool or of the organisation are taken
 */
export function acquireChunkedUploadSlot(env: object, uploader: Uploader): (() => void) | null {
  const taken = slots(env);
  const now = Date.now();
  for (const slot of taken) if (now - slot.startedAt > SLOT_TTL_MS) taken.delete(slot);
  const uploaders = [...taken].map((slot) => slot.uploader);
  if (uploaders.filter(({ pool }) => pool === uploader.pool).length >= POOL_SIZES[uploader.pool]) return null;
  if (uploader.pool === "creation" && countOf(uploaders, uploader.orgId) >= MAX_PER_ORGANISATION) return null;
  const slot = { uploader, startedAt: now };
  taken.add(slot);
  return () => taken.delete(slot);
}

const countOf = (uploaders: Uploader[], orgId: string) =>
  uploaders.filter((uploader) => uploader.pool === "creation" && uploader.orgId === orgId).length;
