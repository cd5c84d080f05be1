// Voice creations in D1. Each step is one batch, which D1 applies as a whole or not at all, and which may be repeated.
// A step that takes effect late, after a rollback, changes nothing.
import { and, eq, exists, isNotNull, isNull, lt, notExists, or, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { recordVoiceEvents } from "../events/record.ts";
import type { AudioFactColumns } from "../platform/audio-facts.ts";
import { NULL_COLUMN, retryIdempotent } from "../platform/database.ts";
import type { EventReceiver } from "../platform/env.ts";
import { voices, voiceUploads } from "../platform/schema.ts";
import { meteringEvents } from "../platform/schema-outboxes.ts";
import { recordVoiceChanges } from "../search/changes.ts";

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
    .where(and(eq(voiceUploads.orgId, orgId), eq(voiceUploads.idempotencyKey, key)));
  return upload ?? null;
}

/**
 * Inserts a voice, which has no audio yet, and its upload. Changes nothing when the upload was inserted before: by an
 * attempt whose response was lost, or by a rollback. The voice may have been deleted meanwhile.
 * @throws {Error} also when another upload holds the Idempotency-Key
 */
export async function beginUpload(
  d1: D1Database,
  voice: NewVoice,
  request: IdempotentRequest | null,
): Promise<void> {
  const db = drizzle(d1);
  const { id, orgId, createdAt } = voice;
  const upload = db
    .select({ id: voiceUploads.voiceId })
    .from(voiceUploads)
    .where(eq(voiceUploads.voiceId, id));
  const at = sql`${createdAt.getTime()}`;
  const begun = db
    .select({
      id: sql`${id}`.as("id"),
      orgId: sql`${orgId}`.as("org_id"),
      name: sql`${voice.name}`.as("name"),
      description: sql`${voice.description ?? null}`.as("description"),
      category: sql`${voice.category}`.as("category"),
      language: sql`${voice.language}`.as("language"),
      variant: sql`'CUSTOM'`.as("variant"),
      r2ObjectKey: NULL_COLUMN,
      ...{ contentType: NULL_COLUMN, durationSeconds: NULL_COLUMN, sizeBytes: NULL_COLUMN },
      ...{ codec: NULL_COLUMN, sampleRateHz: NULL_COLUMN, channels: NULL_COLUMN, bitsPerSample: NULL_COLUMN },
      createdAt: at.as("created_at"),
      updatedAt: at.as("updated_at"),
      ...{ peakLevel: NULL_COLUMN, clippedShare: NULL_COLUMN, silenceShare: NULL_COLUMN, peaks: NULL_COLUMN },
    })
    .from(sql`(select 1)`)
    .where(notExists(upload));
  await retryIdempotent(async () =>
    db.batch([
      // As SQL, because drizzle would ask for the generated column as well.
      db.insert(voices).select(begun.getSQL()).onConflictDoNothing(),
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
      recordVoiceChanges(db, eq(voices.id, id)),
    ]),
  );
}

/**
 * Makes the voice ready, inserts its events into the outboxes, and completes the upload, which is kept for a day: a begin
 * that takes effect late finds it.
 * Returns when the row was updated last; null, having changed nothing, when the voice was deleted or rolled back
 * meanwhile. A voice that already has this recording is updated again, unless it was changed at the same time or later:
 * an attempt that takes effect late does not turn back the time of a rename.
 */
export async function commitUpload(
  d1: D1Database,
  { id, orgId }: NewVoice,
  recording: ProbedRecording,
  event: NewMeteringEvent,
  bodyMd5: string | null,
  receiver: EventReceiver | null,
): Promise<Date | null> {
  const db = drizzle(d1);
  const isReady = and(eq(voices.id, id), isNotNull(voices.r2ObjectKey));
  const readyVoice = db.select({ id: voices.id }).from(voices).where(isReady);
  const isOfReadyVoice = and(eq(voiceUploads.voiceId, id), exists(readyVoice));
  const completedAt = new Date();
  const isOwn = and(eq(voices.id, id), eq(voices.orgId, orgId));
  const hasThisRecording = eq(voices.r2ObjectKey, recording.r2ObjectKey);
  const isUnreadyOrEarlier = or(
    isNull(voices.r2ObjectKey),
    and(hasThisRecording, lt(voices.updatedAt, completedAt)),
  );
  // The same in every attempt, so that the event has the time that the row keeps.
  const ready = { ...recording, updatedAt: completedAt };
  const isMadeReady = and(isReady, eq(voices.updatedAt, completedAt));
  const events = recordVoiceEvents(db, receiver, "voice.created", isMadeReady);
  const [updated] = await retryIdempotent(async () =>
    db.batch([
      db
        .update(voices)
        .set(ready)
        .where(and(isOwn, isUnreadyOrEarlier))
        .returning({ updatedAt: voices.updatedAt }),
      db
        .insert(meteringEvents)
        .select(
          db
            .select({
              id: voices.id,
              name: sql`${event.name}`.as("name"),
              orgId: sql`${orgId}`.as("org_id"),
              metadata: NULL_COLUMN,
              occurredAt: voices.createdAt,
              attempts: sql`0`.as("attempts"),
              dueAt: sql`${event.dueAt.getTime()}`.as("due_at"),
              deliveredAt: NULL_COLUMN,
              stuckAt: NULL_COLUMN,
              lastError: NULL_COLUMN,
            })
            .from(voices)
            .where(isReady),
        )
        .onConflictDoNothing(),
      db.update(voiceUploads).set({ completedAt, bodyMd5 }).where(isOfReadyVoice),
      ...events,
    ]),
  );
  if (updated[0]) return updated[0].updatedAt;
  const [committed] = await db
    .select({ updatedAt: voices.updatedAt })
    .from(voices)
    .where(and(isOwn, hasThisRecording));
  return committed?.updatedAt ?? null;
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
  // Inserted even where no begin has taken effect, so that a late one finds its upload.
  const rolledBack = db
    .select({
      voiceId: sql`${voiceId}`.as("voice_id"),
      orgId: sql`${orgId}`.as("org_id"),
      createdAt: sql`${createdAt.getTime()}`.as("created_at"),
      completedAt: NULL_COLUMN,
      cleanedUpAt: NULL_COLUMN,
      idempotencyKey: NULL_COLUMN,
      requestSha256: NULL_COLUMN,
      bodyMd5: NULL_COLUMN,
    })
    .from(sql`(select 1)`)
    .where(notExists(voice));
  const isUnready = and(eq(voices.id, voiceId), isNull(voices.r2ObjectKey));
  const [, , , remaining] = await retryIdempotent(async () =>
    db.batch([
      recordVoiceChanges(db, isUnready),
      db.delete(voices).where(isUnready),
      db
        .insert(voiceUploads)
        .select(rolledBack)
        .onConflictDoUpdate({
          target: voiceUploads.voiceId,
          set: { idempotencyKey: null },
          setWhere: isNull(voiceUploads.completedAt),
        }),
      voice,
    ]),
  );
  return remaining.length === 0;
}
