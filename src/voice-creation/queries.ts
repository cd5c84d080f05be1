// Voice creations in D1, from the first row to the last. Each change is one batch, which D1 runs whole or not at all.
import { and, eq, exists, inArray, isNotNull, isNull, lt, notExists, or, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { meteringEvents, uploads, voices } from "../platform/schema.ts";

/** A voice about to be created. */
export interface NewVoice
  extends Pick<typeof voices.$inferInsert, "name" | "category" | "language" | "description"> {
  id: string;
  orgId: string;
  createdAt: Date;
}

/** What an Idempotency-Key stands for. */
export interface IdempotentRequest {
  key: string;
  /** SHA-256 of what was asked for. */
  requestDigest: string;
}

/** What the audio of a voice was found to be. */
export interface InspectedAudio {
  r2ObjectKey: string;
  contentType: string;
  durationSeconds: number;
  sizeBytes: number;
}

/** The event of a voice for the outbox: with the voice's id and time, and due at `dueAt`. */
export interface OutboxEvent {
  name: string;
  dueAt: Date;
}

const NOTHING = sql<null>`null`.as("nothing");

/** The upload that holds an organisation's Idempotency-Key. */
export type KeyHolder = Pick<
  typeof uploads.$inferSelect,
  "voiceId" | "createdAt" | "completedAt" | "requestDigest" | "bodyDigest"
>;

export async function findKeyHolder(d1: D1Database, orgId: string, key: string): Promise<KeyHolder | null> {
  const [holder] = await drizzle(d1)
    .select({
      voiceId: uploads.voiceId,
      createdAt: uploads.createdAt,
      completedAt: uploads.completedAt,
      requestDigest: uploads.requestDigest,
      bodyDigest: uploads.bodyDigest,
    })
    .from(uploads)
    .where(and(eq(uploads.orgId, orgId), eq(uploads.idempotencyKey, key)))
    .limit(1);
  return holder ?? null;
}

/**
 * Opens an upload and adds its voice, whose audio is still to come.
 * @throws {Error} also when another upload holds the Idempotency-Key
 */
export async function openUpload(
  d1: D1Database,
  voice: NewVoice,
  request: IdempotentRequest | null,
): Promise<void> {
  const db = drizzle(d1);
  await db.batch([
    db.insert(uploads).values({
      voiceId: voice.id,
      orgId: voice.orgId,
      createdAt: voice.createdAt,
      idempotencyKey: request?.key ?? null,
      requestDigest: request?.requestDigest ?? null,
    }),
    db.insert(voices).values({ ...voice, variant: "CUSTOM", updatedAt: voice.createdAt }),
  ]);
}

/**
 * Makes the voice ready, puts its event into the outbox and closes the upload, which is kept only for its key.
 * Answers false, and does nothing, when the voice has been taken back in between.
 */
export async function completeUpload(
  d1: D1Database,
  { id, orgId }: NewVoice,
  audio: InspectedAudio,
  event: OutboxEvent,
  bodyDigest: string | null,
): Promise<boolean> {
  const db = drizzle(d1);
  const isReady = and(eq(voices.id, id), isNotNull(voices.r2ObjectKey));
  const ready = db.select({ id: voices.id }).from(voices).where(isReady);
  const isOurs = and(eq(uploads.voiceId, id), exists(ready));
  const [updated] = await db.batch([
    db
      .update(voices)
      .set(audio)
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
          deliveredAt: NOTHING,
          stuckAt: NOTHING,
          lastError: NOTHING,
        })
        .from(voices)
        .where(isReady),
    ),
    db.delete(uploads).where(and(isOurs, isNull(uploads.idempotencyKey))),
    db.update(uploads).set({ completedAt: new Date(), bodyDigest }).where(isOurs),
  ]);
  return updated.length > 0;
}

/**
 * Takes an unready voice back and frees its key. Whatever was on its way to D1 for it changes nothing any more.
 * Answers false when the voice is ready: a completion whose answer was lost had gone through.
 */
export async function abandonUpload(d1: D1Database, voiceId: string): Promise<boolean> {
  const db = drizzle(d1);
  const [, , ready] = await db.batch([
    db.delete(voices).where(and(eq(voices.id, voiceId), isNull(voices.r2ObjectKey))),
    db
      .update(uploads)
      .set({ idempotencyKey: null })
      .where(and(eq(uploads.voiceId, voiceId), isNull(uploads.completedAt))),
    db.select({ id: voices.id }).from(voices).where(eq(voices.id, voiceId)),
  ]);
  return ready.length === 0;
}

/** An upload of which nobody owns what it stored; the key of the object follows from voice and owner. */
export type StaleUpload = Pick<typeof uploads.$inferSelect, "voiceId" | "orgId" | "sweptAt">;

/**
 * Takes back the voices that have stayed unready since before `before`, and answers with up to `limit` uploads that
 * left something: those begun before it, and once more those swept before `sweptBefore`.
 */
export async function takeBackStale(
  d1: D1Database,
  before: Date,
  sweptBefore: Date,
  limit: number,
): Promise<StaleUpload[]> {
  const db = drizzle(d1);
  const isUnready = and(
    eq(voices.variant, "CUSTOM"),
    isNull(voices.r2ObjectKey),
    lt(voices.createdAt, before),
  );
  const isDue = or(
    and(isNull(uploads.sweptAt), lt(uploads.createdAt, before)),
    lt(uploads.sweptAt, sweptBefore),
  );
  const ofVoice = db.select({ id: voices.id }).from(voices).where(eq(voices.id, uploads.voiceId));
  const [, , stale] = await db.batch([
    // A voice without an upload was begun by another writer; it ends like the rest.
    db
      .insert(uploads)
      .select(
        db
          .select({
            voiceId: voices.id,
            orgId: voices.orgId,
            createdAt: voices.createdAt,
            completedAt: NOTHING,
            sweptAt: NOTHING,
            idempotencyKey: NOTHING,
            requestDigest: NOTHING,
            bodyDigest: NOTHING,
          })
          .from(voices)
          .where(isUnready),
      )
      .onConflictDoNothing(),
    db.delete(voices).where(isUnready),
    db
      .select({ voiceId: uploads.voiceId, orgId: uploads.orgId, sweptAt: uploads.sweptAt })
      .from(uploads)
      .where(and(isNull(uploads.completedAt), isDue, notExists(ofVoice)))
      .orderBy(uploads.createdAt)
      .limit(limit),
  ]);
  return stale;
}

/** Notes that what these uploads left is gone, and frees their keys. */
export async function markSwept(d1: D1Database, voiceIds: string[], sweptAt: Date): Promise<void> {
  await drizzle(d1)
    .update(uploads)
    .set({ sweptAt, idempotencyKey: null })
    .where(inArray(uploads.voiceId, voiceIds));
}

export async function forgetUploads(d1: D1Database, voiceIds: string[]): Promise<void> {
  await drizzle(d1).delete(uploads).where(inArray(uploads.voiceId, voiceIds));
}

/** Forgets the Idempotency-Keys of uploads that were completed before `before`. */
export async function forgetKeys(d1: D1Database, before: Date): Promise<void> {
  await drizzle(d1).delete(uploads).where(lt(uploads.completedAt, before));
}
