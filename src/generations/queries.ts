// Generations in D1. Every query filters by organisation.
import { and, desc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { recordGenerationEvents } from "../events/record.ts";
import { generationKey } from "../platform/audio-store.ts";
import { isOneOf, retryIdempotent } from "../platform/database.ts";
import type { EventReceiver } from "../platform/env.ts";
import { deletionDueAt, deletionKeptUntil } from "../platform/object-deletions.ts";
import { generations, pendingObjectDeletions } from "../platform/schema.ts";
import { recordGenerationChanges } from "../search/changes.ts";
import { generationExcerpt } from "../search/texts.ts";
import type { GenerationListQuery } from "./schema.ts";

const PUBLIC_COLUMNS = {
  id: generations.id,
  voiceId: generations.voiceId,
  voiceName: generations.voiceName,
  text: generations.text,
  r2ObjectKey: generations.r2ObjectKey,
  failedAt: generations.failedAt,
  failureReason: generations.failureReason,
  durationSeconds: generations.durationSeconds,
  sizeBytes: generations.sizeBytes,
  codec: generations.codec,
  sampleRateHz: generations.sampleRateHz,
  channels: generations.channels,
  bitsPerSample: generations.bitsPerSample,
  peakLevel: generations.peakLevel,
  clippedShare: generations.clippedShare,
  silenceShare: generations.silenceShare,
  temperature: generations.temperature,
  topP: generations.topP,
  topK: generations.topK,
  repetitionPenalty: generations.repetitionPenalty,
  createdAt: generations.createdAt,
  updatedAt: generations.updatedAt,
};

/** `orgId`'s generation with that id, or null. Reads from the primary. */
export async function findGeneration(d1: D1Database, id: string, orgId: string) {
  const [generation] = await drizzle(d1)
    .select(PUBLIC_COLUMNS)
    .from(generations)
    .where(and(eq(generations.id, id), eq(generations.orgId, orgId)))
    .limit(1);
  return generation ?? null;
}

/** The columns of a list: a page of whole texts could have tens of megabytes. */
const LIST_COLUMNS = { ...PUBLIC_COLUMNS, text: generationExcerpt };

/**
 * `orgId`'s generations after `cursor`, the newest first: at most `limit` + 1, so that the caller knows whether the list
 * continues. Reads from the primary, so that a generation that was just begun is listed.
 */
export function listGenerations(d1: D1Database, orgId: string, query: GenerationListQuery) {
  const { state, cursor, limit } = query;
  return drizzle(d1)
    .select(LIST_COLUMNS)
    .from(generations)
    .where(
      and(
        eq(generations.orgId, orgId),
        state && IN_STATE[state],
        cursor && sql`(${generations.createdAt}, ${generations.id}) < (${cursor.value}, ${cursor.id})`,
      ),
    )
    .orderBy(desc(generations.createdAt), desc(generations.id))
    .limit(limit + 1);
}

/** Those of `orgId`'s generations with these ids that are in the state, if given. Reads from the primary. */
export const findGenerations = (
  d1: D1Database,
  orgId: string,
  ids: string[],
  { state }: Pick<GenerationListQuery, "state">,
) =>
  drizzle(d1)
    .select(LIST_COLUMNS)
    .from(generations)
    // The plus keeps SQLite from reading the whole organisation by an index, to find these ids in it.
    .where(
      and(isOneOf(generations.id, ids), sql`+${generations.orgId} = ${orgId}`, state && IN_STATE[state]),
    );

const IN_STATE = {
  ready: isNotNull(generations.r2ObjectKey),
  failed: and(isNull(generations.r2ObjectKey), isNotNull(generations.failedAt)),
  processing: and(isNull(generations.r2ObjectKey), isNull(generations.failedAt)),
};

/** A generation that was deleted, and the key that its object has or would have had. */
export type DeletedGeneration = Pick<typeof generations.$inferSelect, "id"> & { r2ObjectKey: string };

/**
 * Deletes those of `orgId`'s generations that are named by `ids`, and queues their objects, in one batch. An object is
 * queued whether or not one is stored: an upload may be running.
 */
export async function deleteGenerationRows(
  d1: D1Database,
  ids: string[],
  orgId: string,
  now: Date,
  receiver: EventReceiver | null,
): Promise<DeletedGeneration[]> {
  const db = drizzle(d1);
  const isDeleted = and(isOneOf(generations.id, ids), eq(generations.orgId, orgId));
  const events = recordGenerationEvents(db, receiver, "generation.deleted", isDeleted);
  const r2ObjectKey = sql<string>`coalesce(${generations.r2ObjectKey}, ${generationKey(orgId, "")} || ${generations.id})`;
  const entry = { dueAt: deletionDueAt(now), keptUntil: deletionKeptUntil(now) };
  const deletion = db.delete(generations).where(isDeleted).returning({ id: generations.id, r2ObjectKey });
  return retryIdempotent(async (isRetry) => {
    const results = await db.batch([
      db
        .insert(pendingObjectDeletions)
        .select(
          db
            .select({
              r2ObjectKey: r2ObjectKey.as("r2_object_key"),
              dueAt: sql`${entry.dueAt.getTime()}`.as("due_at"),
              keptUntil: sql`${entry.keptUntil.getTime()}`.as("kept_until"),
            })
            .from(generations)
            .where(isDeleted),
        )
        .onConflictDoUpdate({ target: pendingObjectDeletions.r2ObjectKey, set: entry }),
      recordGenerationChanges(db, isDeleted),
      ...events,
      deletion,
    ]);
    const deleted = results.at(-1) as Awaited<typeof deletion>;
    return isRetry ? [...deleted, ...(await findQueuedBefore(deleted))] : deleted;
  });

  /** What an attempt before, whose response was lost, has deleted and queued. */
  async function findQueuedBefore(deleted: DeletedGeneration[]): Promise<DeletedGeneration[]> {
    const others = ids.filter((id) => !deleted.some((generation) => generation.id === id));
    const candidates = others.map((id) => ({ id, r2ObjectKey: generationKey(orgId, id) }));
    const keys = candidates.map((candidate) => candidate.r2ObjectKey);
    const queued = await db
      .select({ r2ObjectKey: pendingObjectDeletions.r2ObjectKey })
      .from(pendingObjectDeletions)
      .where(
        and(
          isOneOf(pendingObjectDeletions.r2ObjectKey, keys),
          eq(pendingObjectDeletions.keptUntil, entry.keptUntil),
        ),
      );
    const isQueued = new Set(queued.map((each) => each.r2ObjectKey));
    return candidates.filter((candidate) => isQueued.has(candidate.r2ObjectKey));
  }
}
