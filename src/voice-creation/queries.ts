// Voice creations in D1. Each step is one batch, which D1 applies as a whole or not at all.
import { and, eq, exists, inArray, isNotNull, isNull, lt, notExists, or, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { meteringEvents, voices, voiceUploads } from "../platform/schema.ts";

/** A voice to be created. */
export interface NewVoice
  extends Pick<typeof voices.$inferInsert, "name" | "category" | "language" | "description"> {
  id: string;
  orgId: string;
  createdAt: Date;
}

/** A request with an Idempotency-Key. */
export interface IdempotentRequest {
  key: string;
  /** SHA-256 of the query parameters in base64url. */
  requestSha256: string;
}

/** A stored recording and what the probe found. */
export interface ProbedRecording {
  r2ObjectKey: string;
  contentType: string;
  durationSeconds: number;
  sizeBytes: number;
}

/** The metering event of a voice: it has the voice's id and time. */
export interface NewMeteringEvent {
  name: string;
  dueAt: Date;
}

const NULL = sql<null>`null`.as("null_value");

/** The upload that holds an organisation's Idempotency-Key. */
export type IdempotencyRecord = Pick<
  typeof voiceUploads.$inferSelect,
  "voiceId" | "createdAt" | "completedAt" | "requestSha256" | "bodyMd5"
>;

export async function findUploadByIdempotencyKey(
  d1: D1Database,
  orgId: string,
  key: string,
): Promise<IdempotencyRecord | null> {
  const [upload] = await drizzle(d1)
    .select({
      voiceId: voiceUploads.voiceId,
      createdAt: voiceUploads.createdAt,
      completedAt: voiceUploads.completedAt,
      requestSha256: voiceUploads.requestSha256,
      bodyMd5: voiceUploads.bodyMd5,
    })
    .from(voiceUploads)
    .where(and(eq(voiceUploads.orgId, orgId), eq(voiceUploads.idempotencyKey, key)))
    .limit(1);
  return upload ?? null;
}

/**
 * Inserts the upload and its voice, which has no audio yet.
 * @throws {Error} also when another upload holds the Idempotency-Key
 */
export async function beginUpload(
  d1: D1Database,
  voice: NewVoice,
  request: IdempotentRequest | null,
): Promise<void> {
  const db = drizzle(d1);
  await db.batch([
    db.insert(voiceUploads).values({
      voiceId: voice.id,
      orgId: voice.orgId,
      createdAt: voice.createdAt,
      idempotencyKey: request?.key ?? null,
      requestSha256: request?.requestSha256 ?? null,
    }),
    db.insert(voices).values({ ...voice, variant: "CUSTOM", updatedAt: voice.createdAt }),
  ]);
}

/**
 * Makes the voice ready, inserts its event into the outbox, and completes the upload, which is kept only for its key.
 * Returns false, and changes nothing, when the voice was deleted or rolled back meanwhile.
 */
export async function commitUpload(
  d1: D1Database,
  { id, orgId }: NewVoice,
  recording: ProbedRecording,
  event: NewMeteringEvent,
  bodyMd5: string | null,
): Promise<boolean> {
  const db = drizzle(d1);
  const isReady = and(eq(voices.id, id), isNotNull(voices.r2ObjectKey));
  const readyVoice = db.select({ id: voices.id }).from(voices).where(isReady);
  const isOfReadyVoice = and(eq(voiceUploads.voiceId, id), exists(readyVoice));
  const [updated] = await db.batch([
    db
      .update(voices)
      .set(recording)
      .where(and(eq(voices.id, id), eq(voices.orgId, orgId), isNull(voices.r2ObjectKey)))
      .returning({ id: voices.id }),
    db.insert(meteringEvents).select(
      db
        .select({
          id: voices.id,
          name: sql`${event.name}`.as("name"),
          orgId: sql`${orgId}`.as("org_id"),
          occurredAt: voices.createdAt,
          attempts: sql`0`.as("attempts"),
          dueAt: sql`${event.dueAt.getTime()}`.as("due_at"),
          deliveredAt: NULL,
          stuckAt: NULL,
          lastError: NULL,
        })
        .from(voices)
        .where(isReady),
    ),
    db.delete(voiceUploads).where(and(isOfReadyVoice, isNull(voiceUploads.idempotencyKey))),
    db.update(voiceUploads).set({ completedAt: new Date(), bodyMd5 }).where(isOfReadyVoice),
  ]);
  return updated.length > 0;
}

/**
 * Deletes an unready voice and frees its key: a commit that is still in flight changes nothing any more. Returns false
 * when the voice is ready, because a commit whose response was lost had succeeded.
 */
export async function rollbackUpload(d1: D1Database, voiceId: string): Promise<boolean> {
  const db = drizzle(d1);
  const [, , remaining] = await db.batch([
    db.delete(voices).where(and(eq(voices.id, voiceId), isNull(voices.r2ObjectKey))),
    db
      .update(voiceUploads)
      .set({ idempotencyKey: null })
      .where(and(eq(voiceUploads.voiceId, voiceId), isNull(voiceUploads.completedAt))),
    db.select({ id: voices.id }).from(voices).where(eq(voices.id, voiceId)),
  ]);
  return remaining.length === 0;
}

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
  const [, , due] = await db.batch([
    // A voice without an upload was inserted by another writer, such as the app: it is cleaned up in the same way.
    db
      .insert(voiceUploads)
      .select(
        db
          .select({
            voiceId: voices.id,
            orgId: voices.orgId,
            createdAt: voices.createdAt,
            completedAt: NULL,
            cleanedUpAt: NULL,
            idempotencyKey: NULL,
            requestSha256: NULL,
            bodyMd5: NULL,
          })
          .from(voices)
          .where(isStale),
      )
      .onConflictDoNothing(),
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
  ]);
  return due;
}

/** Records that the objects of these uploads were deleted, and frees their keys. */
export async function markCleanedUp(d1: D1Database, voiceIds: string[], cleanedUpAt: Date): Promise<void> {
  await drizzle(d1)
    .update(voiceUploads)
    .set({ cleanedUpAt, idempotencyKey: null })
    .where(inArray(voiceUploads.voiceId, voiceIds));
}

export async function deleteUploads(d1: D1Database, voiceIds: string[]): Promise<void> {
  await drizzle(d1).delete(voiceUploads).where(inArray(voiceUploads.voiceId, voiceIds));
}

/** Deletes uploads, and with them their Idempotency-Keys, that were completed before `before`. */
export async function deleteExpiredIdempotencyKeys(d1: D1Database, before: Date): Promise<void> {
  await drizzle(d1).delete(voiceUploads).where(lt(voiceUploads.completedAt, before));
}
