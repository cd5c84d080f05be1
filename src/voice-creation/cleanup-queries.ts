// What the cleanup of voice creations reads and writes in D1. Every write may be repeated.
import { and, asc, eq, inArray, isNotNull, isNull, lt, notExists, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { NULL_COLUMN, retryIdempotent } from "../platform/database.ts";
import { voices, voiceUploads } from "../platform/schema.ts";
import { recordVoiceChanges } from "../search/changes.ts";

/** An upload whose object no row refers to. The object's key follows from voice and organisation. */
export type StaleUpload = Pick<typeof voiceUploads.$inferSelect, "voiceId" | "orgId" | "cleanedUpAt">;

/**
 * Deletes up to `limit` voices that have been unready since before `staleBefore`, and returns the uploads to clean up: up
 * to `limit` of those begun before it, and as many of those cleaned up before `cleanedUpBefore`, for a second time.
 */
export async function expireStaleUploads(
  d1: D1Database,
  staleBefore: Date,
  cleanedUpBefore: Date,
  limit: number,
): Promise<StaleUpload[]> {
  const db = drizzle(d1);
  // The organisation's own, in the order and by the condition of the index `voices_unready`.
  const isStale = and(isNotNull(voices.orgId), isNull(voices.r2ObjectKey), lt(voices.createdAt, staleBefore));
  const inOrder = [asc(voices.createdAt), asc(voices.id)];
  const staleVoices = db
    .select({ id: voices.id })
    .from(voices)
    .where(isStale)
    .orderBy(...inOrder)
    .limit(limit);
  const voiceOfUpload = db.select({ id: voices.id }).from(voices).where(eq(voices.id, voiceUploads.voiceId));
  const due = (isDue: SQL | undefined, since: SQLiteColumn) =>
    db
      .select({
        voiceId: voiceUploads.voiceId,
        orgId: voiceUploads.orgId,
        cleanedUpAt: voiceUploads.cleanedUpAt,
      })
      .from(voiceUploads)
      .where(and(isNull(voiceUploads.completedAt), isDue, notExists(voiceOfUpload)))
      .orderBy(since)
      .limit(limit);
  const isBegun = and(isNull(voiceUploads.cleanedUpAt), lt(voiceUploads.createdAt, staleBefore));
  const [, , , begun, cleanedUp] = await retryIdempotent(async () =>
    db.batch([
      // A voice without an upload was inserted by another writer, such as the app: it is cleaned up in the same way.
      db
        .insert(voiceUploads)
        .select(
          db
            .select({
              voiceId: voices.id,
              orgId: voices.orgId,
              createdAt: voices.createdAt,
              completedAt: NULL_COLUMN,
              cleanedUpAt: NULL_COLUMN,
              idempotencyKey: NULL_COLUMN,
              requestSha256: NULL_COLUMN,
              bodyMd5: NULL_COLUMN,
            })
            .from(voices)
            .where(isStale)
            .orderBy(...inOrder)
            .limit(limit),
        )
        .onConflictDoNothing(),
      recordVoiceChanges(db, inArray(voices.id, staleVoices)),
      db.delete(voices).where(inArray(voices.id, staleVoices)),
      due(isBegun, voiceUploads.createdAt),
      due(lt(voiceUploads.cleanedUpAt, cleanedUpBefore), voiceUploads.cleanedUpAt),
    ]),
  );
  return [...begun, ...cleanedUp];
}

/** Records that the objects of these uploads were deleted, and frees their keys. */
export async function markCleanedUp(d1: D1Database, voiceIds: string[], cleanedUpAt: Date): Promise<void> {
  await retryIdempotent(async () =>
    drizzle(d1)
      .update(voiceUploads)
      .set({ cleanedUpAt, idempotencyKey: null })
      .where(inArray(voiceUploads.voiceId, voiceIds)),
  );
}

export async function deleteUploads(d1: D1Database, voiceIds: string[]): Promise<void> {
  await retryIdempotent(async () =>
    drizzle(d1).delete(voiceUploads).where(inArray(voiceUploads.voiceId, voiceIds)),
  );
}

/**
 * Deletes up to `limit` uploads, and with them their Idempotency-Keys, that were completed before `before`. Returns how
 * many.
 */
export async function deleteExpiredIdempotencyKeys(
  d1: D1Database,
  before: Date,
  limit: number,
): Promise<number> {
  const db = drizzle(d1);
  const expired = db
    .select({ voiceId: voiceUploads.voiceId })
    .from(voiceUploads)
    .where(lt(voiceUploads.completedAt, before))
    .orderBy(asc(voiceUploads.completedAt))
    .limit(limit);
  const { meta } = await retryIdempotent(async () =>
    db.delete(voiceUploads).where(inArray(voiceUploads.voiceId, expired)).run(),
  );
  return meta.changes;
}
