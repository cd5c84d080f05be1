// A generation in D1 that failed, or whose audio was stored again, each with its event. May be repeated.
import { and, eq, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { recordGenerationEvents } from "../events/record.ts";
import { retryIdempotent } from "../platform/database.ts";
import type { EventReceiver } from "../platform/env.ts";
import { generations, NO_LEVELS } from "../platform/schema.ts";
import { type GenerationRow, ROW_COLUMNS } from "./queries.ts";

/** Records that no audio will be stored. Returns null when it is stored, or no generation has that id. */
export async function markFailed(
  d1: D1Database,
  id: string,
  failureReason: string,
  now: Date,
  receiver: EventReceiver | null,
): Promise<GenerationRow | null> {
  const db = drizzle(d1);
  const isOpen = and(eq(generations.id, id), isNull(generations.r2ObjectKey));
  const isThisVersion = and(isOpen, eq(generations.updatedAt, now));
  const events = recordGenerationEvents(db, receiver, "generation.failed", isThisVersion);
  const [[failed]] = await retryIdempotent(async () =>
    db.batch([
      db
        .update(generations)
        .set({ failedAt: now, failureReason, updatedAt: now })
        .where(isOpen)
        .returning(ROW_COLUMNS),
      ...events,
    ]),
  );
  return failed ?? null;
}

/**
 * Records that the same audio was stored again at its key. The next request for the peaks measures them. Returns the
 * row, or null when it was deleted, also when another generation has its id by now.
 */
export async function markRestored(
  d1: D1Database,
  { id, r2ObjectKey }: { id: string; r2ObjectKey: string },
  now: Date,
  receiver: EventReceiver | null,
): Promise<GenerationRow | null> {
  const db = drizzle(d1);
  const isRestored = and(eq(generations.id, id), eq(generations.r2ObjectKey, r2ObjectKey));
  const isThisVersion = and(isRestored, eq(generations.updatedAt, now));
  const events = recordGenerationEvents(db, receiver, "generation.ready", isThisVersion);
  const [[row]] = await retryIdempotent(async () =>
    db.batch([
      db
        .update(generations)
        .set({ ...NO_LEVELS, updatedAt: now })
        .where(isRestored)
        .returning(ROW_COLUMNS),
      ...events,
    ]),
  );
  return row ?? null;
}
