// Objects to be removed, in D1: noted with the end of their row, forgotten when they are gone.
import { and, asc, eq, inArray, isNotNull, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { removals, voices } from "./schema.ts";

/** A voice that was removed. */
export interface RemovedVoice {
  /** Its object, which is left to remove; null when no audio was stored yet. */
  r2ObjectKey: string | null;
}

/** Removes `orgId`'s own voice of that id and notes its object, as one; null when there is no such voice. */
export async function removeVoice(
  d1: D1Database,
  id: string,
  orgId: string,
  now: Date,
): Promise<RemovedVoice | null> {
  const db = drizzle(d1);
  const isTheirs = and(eq(voices.id, id), eq(voices.orgId, orgId), eq(voices.variant, "CUSTOM"));
  const [, removed] = await db.batch([
    db
      .insert(removals)
      .select(
        db
          .select({ r2ObjectKey: voices.r2ObjectKey, requestedAt: sql`${now.getTime()}`.as("requested_at") })
          .from(voices)
          .where(and(isTheirs, isNotNull(voices.r2ObjectKey))),
      )
      .onConflictDoNothing(),
    db.delete(voices).where(isTheirs).returning({ r2ObjectKey: voices.r2ObjectKey }),
  ]);
  return removed[0] ?? null;
}

/** Up to `limit` objects whose removal was requested before `before`, the oldest first. */
export async function findRemovals(d1: D1Database, before: Date, limit: number): Promise<string[]> {
  const found = await drizzle(d1)
    .select({ r2ObjectKey: removals.r2ObjectKey })
    .from(removals)
    .where(lt(removals.requestedAt, before))
    .orderBy(asc(removals.requestedAt))
    .limit(limit);
  return found.map(({ r2ObjectKey }) => r2ObjectKey);
}

export async function forgetRemovals(d1: D1Database, keys: string[]): Promise<void> {
  await drizzle(d1).delete(removals).where(inArray(removals.r2ObjectKey, keys));
}
