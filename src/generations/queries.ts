// Generations in D1. Every query filters by organisation.
import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { recordGenerationEvents } from "../events/record.ts";
import { generationKey } from "../platform/audio-store.ts";
import { isOneOf, isWithoutIndex, retryIdempotent } from "../platform/database.ts";
import type { EventReceiver } from "../platform/env.ts";
import { inState } from "../platform/list-indexes.ts";
import { deletionDueAt, deletionKeptUntil } from "../platform/object-deletions.ts";
import { existingVoiceId, generations, pendingObjectDeletions } from "../platform/schema.ts";
import { recordGenerationChanges } from "../search/changes.ts";
import { generationExcerpt } from "../search/texts.ts";
import type { GenerationListQuery } from "./schema.ts";

const PUBLIC_COLUMNS = {
  id: generations.id,
  voiceId: existingVoiceId,
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
    .where(and(eq(generations.id, id), eq(generations.orgId, orgId)));
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
        state && inState(generations)[state],
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
    .where(
      and(
        isOneOf(generations.id, ids),
        isWithoutIndex(generations.orgId, orgId),
        state && inState(generations)[state],
      ),
    );

/** A generation that was deleted, and the keys at which it has objects, or would have had one. */
export interface DeletedGeneration {
  id: string;
  r2ObjectKeys: string[];
}

interface GenerationDeletion {
  ids: string[];
  orgId: string;
  /** Also keeps an id without a row from beginning: its begin may be on the way. */
  includesUnbegun: boolean;
}

/**
 * Deletes those of `orgId`'s generations that are named by `ids`, and queues their objects, in one batch. An object is
 * queued whether or not one is stored: an upload may be running. The key that follows from the id is queued even if the
 * row names another one: by it a begin recognises the deleted id.
 */
export async function deleteGenerationRows(
  d1: D1Database,
  { ids, orgId, includesUnbegun }: GenerationDeletion,
  now: Date,
  receiver: EventReceiver | null,
): Promise<DeletedGeneration[]> {
  const db = drizzle(d1);
  const isDeleted = and(isOneOf(generations.id, ids), isWithoutIndex(generations.orgId, orgId));
  const events = recordGenerationEvents(db, receiver, "generation.deleted", isDeleted);
  const entry = { dueAt: deletionDueAt(now), keptUntil: deletionKeptUntil(now) };
  // The columns in the order of the table; `source` ends with a WHERE, which SQLite needs before ON CONFLICT.
  const queue = (key: SQL, source: SQL) =>
    db
      .insert(pendingObjectDeletions)
      .select(sql`select ${key}, ${entry.dueAt.getTime()}, ${entry.keptUntil.getTime()} from ${source}`)
      .onConflictDoUpdate({ target: pendingObjectDeletions.r2ObjectKey, set: entry });
  const prefix = generationKey(orgId, "");
  const keyOfId = sql`${prefix} || ${generations.id}`;
  const { r2ObjectKey } = generations;
  const queueNamed = includesUnbegun
    ? queue(sql`${prefix} || value`, sql`json_each(${JSON.stringify(ids)}) where true`)
    : queue(keyOfId, sql`${generations} where ${isDeleted}`);
  const queueOtherKeys = queue(
    sql`${r2ObjectKey}`,
    sql`${generations} where ${isDeleted} and ${r2ObjectKey} <> ${keyOfId}`,
  );
  const deletion = db.delete(generations).where(isDeleted).returning({ id: generations.id, r2ObjectKey });
  return retryIdempotent(async (isRetry) => {
    const results = await db.batch([
      queueNamed,
      queueOtherKeys,
      recordGenerationChanges(db, isDeleted),
      ...events,
      deletion,
    ]);
    const rows = results.at(-1) as Awaited<typeof deletion>;
    const deleted = rows.map((row) => toDeleted(row.id, row.r2ObjectKey));
    return isRetry ? [...deleted, ...(await findQueuedBefore(deleted))] : deleted;
  });

  function toDeleted(id: string, storedKey: string | null = null): DeletedGeneration {
    const key = generationKey(orgId, id);
    return { id, r2ObjectKeys: storedKey === null || storedKey === key ? [key] : [key, storedKey] };
  }

  /**
   * What an attempt before, whose response was lost, has deleted and queued. Where a row named another key, the cron
   * deletes that object.
   */
  async function findQueuedBefore(deleted: DeletedGeneration[]): Promise<DeletedGeneration[]> {
    const candidates = ids.filter((id) => !deleted.some((generation) => generation.id === id));
    const keys = candidates.map((id) => generationKey(orgId, id));
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
    return candidates.filter((id) => isQueued.has(generationKey(orgId, id))).map((id) => toDeleted(id));
  }
}
