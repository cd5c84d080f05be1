// Voice creations in D1. Each step is one batch, which D1 applies as a whole or not at all, and which may be repeated.
// A step that takes effect late, after a rollback, changes nothing.
import { and, eq, exists, isNotNull, isNull, notExists, or, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { AudioFactColumns } from "../platform/audio-facts.ts";
import { retryIdempotent } from "../platform/database.ts";
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
export interface ProbedRecording extends AudioFactColumns {
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
 * Inserts the upload and its voice, which has no audio yet. The voice is inserted only if the upload is not rolled back.
 * @throws {Error} also when another upload holds the Idempotency-Key
 */
export async function beginUpload(
  d1: D1Database,
  voice: NewVoice,
  request: IdempotentRequest | null,
): Promise<void> {
  const db = drizzle(d1);
  const { id, orgId, createdAt } = voice;
  const begun = db
    .select({
      id: voiceUploads.voiceId,
      orgId: voiceUploads.orgId,
      name: sql`${voice.name}`.as("name"),
      description: sql`${voice.description ?? null}`.as("description"),
      category: sql`${voice.category}`.as("category"),
      language: sql`${voice.language}`.as("language"),
      variant: sql`'CUSTOM'`.as("variant"),
      r2ObjectKey: NULL,
      ...{ contentType: NULL, durationSeconds: NULL, sizeBytes: NULL },
      ...{ codec: NULL, sampleRateHz: NULL, channels: NULL, bitsPerSample: NULL },
      createdAt: voiceUploads.createdAt,
      updatedAt: voiceUploads.createdAt,
      ...{ peakLevel: NULL, clippedShare: NULL, silenceShare: NULL, peaks: NULL },
    })
    .from(voiceUploads)
    .where(and(eq(voiceUploads.voiceId, id), isNull(voiceUploads.rolledBackAt)));
  await retryIdempotent(async () =>
    db.batch([
      db
        .insert(voiceUploads)
        .values({
          voiceId: id,
          orgId,
          createdAt,
          idempotencyKey: request?.key ?? null,
          requestSha256: request?.requestSha256 ?? null,
        })
        .onConflictDoNothing({ target: voiceUploads.voiceId }),
      db.insert(voices).select(begun).onConflictDoNothing(),
    ]),
  );
}

/**
 * Makes the voice ready, inserts its event into the outbox, and completes the upload, which is kept only for its key.
 * Returns when the row was updated; null, having changed nothing, when the voice was deleted or rolled back meanwhile. A
 * voice that already has this recording is updated again.
 */
export async function commitUpload(
  d1: D1Database,
  { id, orgId }: NewVoice,
  recording: ProbedRecording,
  event: NewMeteringEvent,
  bodyMd5: string | null,
): Promise<Date | null> {
  const db = drizzle(d1);
  const isReady = and(eq(voices.id, id), isNotNull(voices.r2ObjectKey));
  const readyVoice = db.select({ id: voices.id }).from(voices).where(isReady);
  const isOfReadyVoice = and(eq(voiceUploads.voiceId, id), exists(readyVoice));
  const isUnreadyOrSame = or(isNull(voices.r2ObjectKey), eq(voices.r2ObjectKey, recording.r2ObjectKey));
  const completedAt = new Date();
  const [updated] = await retryIdempotent(async () =>
    db.batch([
      db
        .update(voices)
        .set(recording)
        .where(and(eq(voices.id, id), eq(voices.orgId, orgId), isUnreadyOrSame))
        .returning({ updatedAt: voices.updatedAt }),
      db
        .insert(meteringEvents)
        .select(
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
        )
        .onConflictDoNothing(),
      db.delete(voiceUploads).where(and(isOfReadyVoice, isNull(voiceUploads.idempotencyKey))),
      db.update(voiceUploads).set({ completedAt, bodyMd5 }).where(isOfReadyVoice),
    ]),
  );
  return updated[0]?.updatedAt ?? null;
}

/** What a rollback needs to know of an upload. */
export type BegunUpload = Pick<typeof voiceUploads.$inferInsert, "voiceId" | "orgId" | "createdAt">;

/**
 * Deletes an unready voice and frees its key: a begin or commit that is still in flight changes nothing any more. Returns
 * false when the voice is ready, because a commit whose response was lost had succeeded.
 */
export async function rollbackUpload(
  d1: D1Database,
  { voiceId, orgId, createdAt }: BegunUpload,
): Promise<boolean> {
  const db = drizzle(d1);
  const voice = db.select({ id: voices.id }).from(voices).where(eq(voices.id, voiceId));
  const rolledBackAt = new Date();
  // Inserted even where no begin has taken effect, so that a late one finds its upload rolled back.
  const rolledBack = db
    .select({
      voiceId: sql`${voiceId}`.as("voice_id"),
      orgId: sql`${orgId}`.as("org_id"),
      createdAt: sql`${createdAt.getTime()}`.as("created_at"),
      completedAt: NULL,
      rolledBackAt: sql`${rolledBackAt.getTime()}`.as("rolled_back_at"),
      cleanedUpAt: NULL,
      idempotencyKey: NULL,
      requestSha256: NULL,
      bodyMd5: NULL,
    })
    .from(sql`(select 1)`)
    .where(notExists(voice));
  const [, , remaining] = await retryIdempotent(async () =>
    db.batch([
      db.delete(voices).where(and(eq(voices.id, voiceId), isNull(voices.r2ObjectKey))),
      db
        .insert(voiceUploads)
        .select(rolledBack)
        .onConflictDoUpdate({
          target: voiceUploads.voiceId,
          set: { idempotencyKey: null, rolledBackAt },
          setWhere: isNull(voiceUploads.completedAt),
        }),
      voice,
    ]),
  );
  return remaining.length === 0;
}
