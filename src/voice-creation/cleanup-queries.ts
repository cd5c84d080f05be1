// What the cleanup of voice creations reads and writes in D1. Every write may be repeated.
import { and, eq, inArray, isNull, lt, notExists, or } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { NULL_COLUMN, retryIdempotent } from "../platform/database.ts";
import { voices, voiceUploads } from "../platform/schema.ts";
import { recordVoiceChanges } from "../search/changes.ts";

/** An upload whose object no row refers to. The object's key follows from voice and organisation. */
export type StaleUpload = Pick<typeof voiceUploads.$inferSelect, "voiceId" | "orgId" | "cleanedUpAt">;

/**
 * Deletes the voices that have been unready since before `staleBefore`, and returns up to `limit` uploads to clean up:
 * those begun before it, and those cleaned up before `cleanedUpBefore`, for a second time.
 */
export async function expireStaleUploads(
  d1: D1Database,
  staleBefore: Date,
  cleanedUpBefore: Date,
  limit: number,
): Promise<StaleUpload[]> {
  const db = drizzle(d1);
  const isStale = and(
    eq(voices.variant, "CUSTOM"),
    isNull(voices.r2ObjectKey),
    lt(voices.createdAt, staleBefore),
  );
  const isDue = or(
    and(isNull(voiceUploads.cleanedUpAt), lt(voiceUploads.createdAt, staleBefore)),
    lt(voiceUploads.cleanedUpAt, cleanedUpBefore),
  );
  const voiceOfUpload = db.select({ id: voices.id }).from(voices).where(eq(voices.id, voiceUploads.voiceId));
  const [, , , due] = await retryIdempotent(async () =>
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
            .where(isStale),
        )
        .onConflictDoNothing(),
      recordVoiceChanges(db, isStale),
      db.delete(voices).where(isStale),
      db
        .select({
          voiceId: voiceUploads.voiceId,
          orgId: voiceUploads.orgId,
          cleanedUpAt: voiceUploads.cleanedUpAt,
        })
        .from(voiceUploads)
        .where(and(isNull(voiceUploads.completedAt), isDue, notExists(voiceOfUpload)))
        .orderBy(voiceUploads.createdAt)
        .limit(limit),
    ]),
  );
  return due;
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

/** Deletes uploads, and with them their Idempotency-Keys, that were completed before `before`. */
export async function deleteExpiredIdempotencyKeys(d1: D1Database, before: Date): Promise<void> {
  await retryIdempotent(async () =>
    drizzle(d1).delete(voiceUploads).where(lt(voiceUploads.completedAt, before)),
  );
}
