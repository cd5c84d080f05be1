// Voices in D1. Every query filters by organisation.
import { and, eq, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { unionAll } from "drizzle-orm/sqlite-core";
import { recordVoiceEvents } from "../events/record.ts";
import { isOneOf, NULL_COLUMN, retryIdempotent } from "../platform/database.ts";
import type { EventReceiver } from "../platform/env.ts";
import { deletionDueAt } from "../platform/object-deletions.ts";
import { isVisibleTo, pendingObjectDeletions, voices } from "../platform/schema.ts";
import { recordVoiceChanges } from "../search/changes.ts";
import type { VoiceListQuery, VoiceUpdate } from "./schema.ts";

const PUBLIC_COLUMNS = {
  id: voices.id,
  name: voices.name,
  description: voices.description,
  category: voices.category,
  language: voices.language,
  variant: voices.variant,
  r2ObjectKey: voices.r2ObjectKey,
  contentType: voices.contentType,
  durationSeconds: voices.durationSeconds,
  sizeBytes: voices.sizeBytes,
  codec: voices.codec,
  sampleRateHz: voices.sampleRateHz,
  channels: voices.channels,
  bitsPerSample: voices.bitsPerSample,
  peakLevel: voices.peakLevel,
  clippedShare: voices.clippedShare,
  silenceShare: voices.silenceShare,
  createdAt: voices.createdAt,
  updatedAt: voices.updatedAt,
};

/** The system voice or `orgId`'s own voice with that id, or null. Reads from the primary. */
export async function findVoice(d1: D1Database, id: string, orgId: string) {
  const [voice] = await drizzle(d1)
    .select(PUBLIC_COLUMNS)
    .from(voices)
    .where(and(eq(voices.id, id), isVisibleTo(orgId)));
  return voice ?? null;
}

/**
 * The voices that `orgId` sees after `cursor`, in the order `sort`: at most `limit` + 1, so that the caller knows
 * whether the list continues. Reads from the primary, so that a voice that was just created is listed.
 *
 * The system voices and the organisation's own are two ranges of an index. Each is read in its order, and SQLite merges
 * them: with `or`, it would read both whole and sort them for each page. Each combination of filters and order has its
 * index. Of a language range only three subtags are compared: the caller leaves out the voices that do not match it.
 */
export function listVoices(d1: D1Database, orgId: string, query: VoiceListQuery) {
  const { variant, sort, cursor, limit } = query;
  const { sortKey, inOrder, isAfter } = ORDERS[sort];
  const filter = and(passesFilters(query), cursor && isAfter(cursor));
  const select = (owner: SQL) =>
    drizzle(d1)
      .select({ ...PUBLIC_COLUMNS, sortKey: sql`${sortKey}`.as("sort_key") })
      .from(voices)
      .where(and(owner, filter));
  const [system, own] = [select(isNull(voices.orgId)), select(eq(voices.orgId, orgId))];
  if (variant === "SYSTEM") return system.orderBy(inOrder).limit(limit + 1);
  if (variant === "CUSTOM") return own.orderBy(inOrder).limit(limit + 1);
  return unionAll(system, own)
    .orderBy(inOrder)
    .limit(limit + 1);
}

/** The voices with these ids that `orgId` sees and that pass the filters. Reads from the primary. */
export const findVoices = (d1: D1Database, orgId: string, ids: string[], filters: VoiceFilters) =>
  drizzle(d1)
    .select(PUBLIC_COLUMNS)
    .from(voices)
    // The pluses keep SQLite from reading the whole organisation by an index, to find these ids in it.
    .where(
      and(
        isOneOf(voices.id, ids),
        sql`(+${voices.orgId} is null or +${voices.orgId} = ${orgId})`,
        passesFilters(filters),
      ),
    );

type VoiceFilters = Pick<VoiceListQuery, "category" | "language">;

const passesFilters = ({ category, language }: VoiceFilters) =>
  and(category && eq(voices.category, category), language ? matchesRange(language) : undefined);

type Cursor = NonNullable<VoiceListQuery["cursor"]>;

/** `inOrder` is by the names of the result, as a union has no others. */
const ORDERS = {
  name: {
    sortKey: voices.nameKey,
    inOrder: sql`sort_key, id`,
    isAfter: ({ value, id }: Cursor) => sql`(${voices.nameKey}, ${voices.id}) > (lower(${value}), ${id})`,
  },
  "-createdAt": {
    sortKey: voices.createdAt,
    inOrder: sql`sort_key desc, id desc`,
    isAfter: ({ value, id }: Cursor) => sql`(${voices.createdAt}, ${voices.id}) < (${value}, ${id})`,
  },
};

const LANGUAGE_RANGES = [voices.languageRange1, voices.languageRange2, voices.languageRange3] as const;

/** Compares up to three subtags, each number of which has its indexes. */
function matchesRange(range: string): SQL {
  const subtags = range.toLowerCase().split("-", LANGUAGE_RANGES.length);
  const column = LANGUAGE_RANGES[subtags.length - 1] ?? voices.languageRange1;
  return eq(column, subtags.join("-"));
}

/** There is no event of a voice that was never ready: none told of its creation. */
const isReady = isNotNull(voices.r2ObjectKey);

const isOwnVoice = (id: string, orgId: string) =>
  and(eq(voices.id, id), eq(voices.orgId, orgId), eq(voices.variant, "CUSTOM"));

/** Concurrent updates of one voice that an update yields to, before it fails. */
const MAX_CONFLICTS = 10;

/**
 * Changes `orgId`'s own voice with that id; null when not found. An attempt that takes effect late changes nothing: each
 * update names the version that it read, and makes a later one.
 *
 * Levels that are being measured meanwhile are not stored, because they name the version before: the next request for
 * the peaks measures them. Levels that are known stay.
 */
export async function updateVoiceRow(
  d1: D1Database,
  id: string,
  orgId: string,
  update: VoiceUpdate,
  receiver: EventReceiver | null,
) {
  const db = drizzle(d1);
  const isOwn = isOwnVoice(id, orgId);
  for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
    const [current] = await db.select({ updatedAt: voices.updatedAt }).from(voices).where(isOwn);
    if (!current) return null;
    const updatedAt = new Date(Math.max(Date.now(), current.updatedAt.getTime() + 1));
    const isThisVersion = and(isOwn, isReady, eq(voices.updatedAt, updatedAt));
    const events = recordVoiceEvents(db, receiver, "voice.updated", isThisVersion);
    const updated = await retryIdempotent(async (isRetry) => {
      const [[row]] = await db.batch([
        db
          .update(voices)
          .set({ ...update, updatedAt })
          .where(and(isOwn, eq(voices.updatedAt, current.updatedAt)))
          .returning(PUBLIC_COLUMNS),
        recordVoiceChanges(db, isOwn),
        ...events,
      ]);
      return row ?? (isRetry ? findUpdated(updatedAt) : undefined);
    });
    if (updated) return updated;
  }
  throw new Error(`voice ${id} was changed ${MAX_CONFLICTS + 1} times meanwhile`);

  /** The voice as an attempt before, whose response was lost, has changed it. */
  async function findUpdated(updatedAt: Date) {
    const fields = Object.entries(update) as [keyof VoiceUpdate, string | null | undefined][];
    const hasUpdate = fields.map(([field, value]) => sql`${voices[field]} is ${value ?? null}`);
    const [row] = await db
      .select(PUBLIC_COLUMNS)
      .from(voices)
      .where(and(isOwn, eq(voices.updatedAt, updatedAt), ...hasUpdate));
    return row;
  }
}

/** A voice that was deleted. `r2ObjectKey` is null when no audio was stored yet, or the cron deletes its object. */
export interface DeletedVoice {
  r2ObjectKey: string | null;
}

/** Deletes `orgId`'s own voice with that id and queues its object for deletion, in one batch; null when not found. */
export async function deleteVoiceRow(
  d1: D1Database,
  id: string,
  orgId: string,
  now: Date,
  receiver: EventReceiver | null,
): Promise<DeletedVoice | null> {
  const db = drizzle(d1);
  const isOwn = isOwnVoice(id, orgId);
  const events = recordVoiceEvents(db, receiver, "voice.deleted", and(isOwn, isReady));
  const deletion = db.delete(voices).where(isOwn).returning({ r2ObjectKey: voices.r2ObjectKey });
  return retryIdempotent(async (isRetry) => {
    const results = await db.batch([
      db
        .insert(pendingObjectDeletions)
        .select(
          db
            .select({
              r2ObjectKey: voices.r2ObjectKey,
              dueAt: sql`${deletionDueAt(now).getTime()}`.as("due_at"),
              keptUntil: NULL_COLUMN,
            })
            .from(voices)
            .where(and(isOwn, isReady)),
        )
        .onConflictDoNothing(),
      recordVoiceChanges(db, isOwn),
      ...events,
      deletion,
    ]);
    const deleted = results.at(-1) as Awaited<typeof deletion>;
    // The attempt before may have deleted the voice, and queued its object for the cron.
    return deleted[0] ?? (isRetry ? { r2ObjectKey: null } : null);
  });
}
