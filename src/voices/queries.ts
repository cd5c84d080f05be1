// Voices in D1. Every query filters by organisation.
import { and, asc, eq, isNotNull, or, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { contains, retryIdempotent } from "../platform/database.ts";
import { isVisibleTo, pendingObjectDeletions, voices } from "../platform/schema.ts";
import type { VoiceListQuery } from "./schema.ts";

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
    .where(and(eq(voices.id, id), isVisibleTo(orgId)))
    .limit(1);
  return voice ?? null;
}

/**
 * The voices that `orgId` sees after `cursor`, by name: at most `limit` + 1, so that the caller knows whether the list
 * continues. Reads from the primary, so that a voice that was just created is listed.
 */
export function listVoices(d1: D1Database, orgId: string, query: VoiceListQuery) {
  const { search, category, variant, language, cursor, limit } = query;
  const byName = sql`lower(${voices.name})`;
  return drizzle(d1)
    .select(PUBLIC_COLUMNS)
    .from(voices)
    .where(
      and(
        isVisibleTo(orgId),
        category && eq(voices.category, category),
        variant && eq(voices.variant, variant),
        language ? matchesLanguage(language) : undefined,
        search ? or(contains(voices.name, search), contains(voices.description, search)) : undefined,
        cursor && sql`(${byName}, ${voices.id}) > (lower(${cursor[0]}), ${cursor[1]})`,
      ),
    )
    .orderBy(byName, asc(voices.id))
    .limit(limit + 1);
}

/** Basic filtering (RFC 4647 §3.3.1): the range itself, or a tag that continues after it with a hyphen. */
const matchesLanguage = (range: string): SQL =>
  sql`instr(lower(${voices.language}) || '-', lower(${range}) || '-') = 1`;

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
): Promise<DeletedVoice | null> {
  const db = drizzle(d1);
  const isOwn = and(eq(voices.id, id), eq(voices.orgId, orgId), eq(voices.variant, "CUSTOM"));
  return retryIdempotent(async (isRetry) => {
    const [, deleted] = await db.batch([
      db
        .insert(pendingObjectDeletions)
        .select(
          db
            .select({ r2ObjectKey: voices.r2ObjectKey, createdAt: sql`${now.getTime()}`.as("created_at") })
            .from(voices)
            .where(and(isOwn, isNotNull(voices.r2ObjectKey))),
        )
        .onConflictDoNothing(),
      db.delete(voices).where(isOwn).returning({ r2ObjectKey: voices.r2ObjectKey }),
    ]);
    // The attempt before may have deleted the voice, and queued its object for the cron.
    return deleted[0] ?? (isRetry ? { r2ObjectKey: null } : null);
  });
}
