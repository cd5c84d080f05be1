// Generations in D1 as the backend writes them. The backend is trusted and acts for every organisation: unlike in the
// other capabilities, queries do not filter by organisation. Every write may be repeated: a lease that was acquired or
// renewed under the same id counts as such again, and audio that was committed is committed.
import {
  and,
  asc,
  type Column,
  eq,
  exists,
  getTableColumns,
  inArray,
  isNotNull,
  isNull,
  lt,
  or,
  type SQL,
} from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { generationKey } from "../platform/audio-store.ts";
import { retryIdempotent } from "../platform/database.ts";
import {
  existingVoiceId,
  generations,
  isVisibleTo,
  pendingObjectDeletions,
  voices,
} from "../platform/schema.ts";
import { recordGenerationChanges } from "../search/changes.ts";
import type { GenerationInput } from "./schema.ts";

/** Without the peaks: they have up to 2,000 bytes, and nothing here reads them. */
const { peaks, ...rowColumns } = getTableColumns(generations);
export const ROW_COLUMNS = { ...rowColumns, voiceId: existingVoiceId };

export type GenerationRow = Omit<typeof generations.$inferSelect, "peaks">;

export const NO_LEASE = { uploadLeaseId: null, uploadLeasedAt: null, uploadCleanedUpAt: null };

/** An upload that neither completes nor renews its lease within this time counts as abandoned. */
const LEASE_DURATION_MS = 2 * 60_000;

export async function findGenerationRow(d1: D1Database, id: string): Promise<GenerationRow | null> {
  const [row] = await drizzle(d1).select(ROW_COLUMNS).from(generations).where(eq(generations.id, id));
  return row ?? null;
}

/** Whether `orgId` may use the voice: a system voice, or one of its own. */
export async function canUseVoice(d1: D1Database, voiceId: string, orgId: string): Promise<boolean> {
  const [voice] = await drizzle(d1)
    .select({ id: voices.id })
    .from(voices)
    .where(and(eq(voices.id, voiceId), isVisibleTo(orgId)));
  return voice !== undefined;
}

/** Whether `orgId`'s generation was deleted, also when another organisation's has its id by now. */
export async function isDeleted(
  d1: D1Database,
  { id, orgId }: Pick<UploadLease, "id" | "orgId">,
): Promise<boolean> {
  return (await findGenerationRow(d1, id))?.orgId !== orgId;
}

/** The organisation that owns a custom voice; null when there is no such voice. */
export async function findVoiceOwner(d1: D1Database, id: string): Promise<string | null> {
  const [voice] = await drizzle(d1).select({ orgId: voices.orgId }).from(voices).where(eq(voices.id, id));
  return voice?.orgId ?? null;
}

/**
 * Inserts a generation without audio. Returns false when one with that id exists. One that was deleted within the last
 * day is not inserted again, whatever this returns: neither by a repeated request nor by an attempt that lands late.
 */
export async function insertGeneration(
  d1: D1Database,
  id: string,
  input: GenerationInput,
  createdAt: Date,
): Promise<boolean> {
  const db = drizzle(d1);
  const row = { id, ...input, createdAt, updatedAt: createdAt };
  const deletion = db
    .select({ key: pendingObjectDeletions.r2ObjectKey })
    .from(pendingObjectDeletions)
    .where(eq(pendingObjectDeletions.r2ObjectKey, generationKey(input.orgId, id)));
  const isThisRow = and(
    eq(generations.id, id),
    eq(generations.orgId, input.orgId),
    eq(generations.createdAt, createdAt),
  );
  return retryIdempotent(async (isRetry) => {
    const [inserted] = await db.batch([
      db.insert(generations).values(row).onConflictDoNothing().returning({ id: generations.id }),
      db.delete(generations).where(and(isThisRow, exists(deletion))),
      recordGenerationChanges(db, isThisRow),
    ]);
    if (inserted.length > 0 || !isRetry) return inserted.length > 0;
    // The attempt before may have inserted it.
    const existing = await findGenerationRow(d1, id);
    return existing?.createdAt.getTime() === createdAt.getTime();
  });
}

/**
 * Acquires the right to store a generation's audio for two minutes. Returns null when the generation is ready, another
 * upload holds the lease, or no generation has that id.
 */
export async function acquireLease(
  d1: D1Database,
  id: string,
  leaseId: string,
  now: Date,
): Promise<GenerationRow | null> {
  const expiredBefore = new Date(now.getTime() - LEASE_DURATION_MS);
  const [leased] = await retryIdempotent(async () =>
    drizzle(d1)
      .update(generations)
      .set({ uploadLeaseId: leaseId, uploadLeasedAt: now, uploadCleanedUpAt: null })
      .where(
        and(
          eq(generations.id, id),
          isNull(generations.r2ObjectKey),
          or(
            isNull(generations.uploadLeaseId),
            eq(generations.uploadLeaseId, leaseId),
            lt(generations.uploadLeasedAt, expiredBefore),
          ),
        ),
      )
      .returning(ROW_COLUMNS),
  );
  return leased ?? null;
}

/** Renews a lease, under the id `nextLeaseId` from then on. Returns false when it was lost or the generation is ready. */
export async function renewLease(
  d1: D1Database,
  id: string,
  leaseId: string,
  now: Date,
  nextLeaseId = leaseId,
): Promise<boolean> {
  const renewed = await retryIdempotent(async () =>
    drizzle(d1)
      .update(generations)
      .set({ uploadLeaseId: nextLeaseId, uploadLeasedAt: now })
      .where(and(eq(generations.id, id), inArray(generations.uploadLeaseId, [leaseId, nextLeaseId])))
      .returning({ id: generations.id }),
  );
  return renewed.length > 0;
}

/** Lets other uploads acquire the lease at once, but keeps it, so that the cron cleans up after it in an hour. */
export async function expireLease(d1: D1Database, id: string, leaseId: string, now: Date): Promise<void> {
  // Under a new id: an acquisition or renewal that takes effect late would make the old one valid again.
  const expiredLeaseId = crypto.randomUUID();
  await retryIdempotent(async () =>
    drizzle(d1)
      .update(generations)
      .set({ uploadLeaseId: expiredLeaseId, uploadLeasedAt: new Date(now.getTime() - LEASE_DURATION_MS - 1) })
      .where(and(eq(generations.id, id), eq(generations.uploadLeaseId, leaseId))),
  );
}

/** Records a cleanup. Other uploads can acquire the lease; the cron cleans up once more, a day later. */
export async function markCleanedUp(
  d1: D1Database,
  id: string,
  leaseId: string,
  cleanedUpAt: Date,
): Promise<void> {
  await retryIdempotent(async () =>
    drizzle(d1)
      .update(generations)
      .set({ uploadLeasedAt: new Date(0), uploadCleanedUpAt: cleanedUpAt })
      .where(and(eq(generations.id, id), eq(generations.uploadLeaseId, leaseId))),
  );
}

export async function releaseLease(d1: D1Database, id: string, leaseId: string): Promise<void> {
  await retryIdempotent(async () =>
    drizzle(d1)
      .update(generations)
      .set(NO_LEASE)
      .where(and(eq(generations.id, id), eq(generations.uploadLeaseId, leaseId))),
  );
}

/** The lease of an upload. The key of its object follows from generation and organisation. */
export interface UploadLease extends Pick<GenerationRow, "id" | "orgId"> {
  leaseId: string;
}

/** A lease to clean up after. `cleanedUpAt` is null the first time. */
export interface StaleLease extends UploadLease {
  cleanedUpAt: Date | null;
}

/**
 * Up to `limit` leases that were neither released nor renewed since `staleBefore`, and as many of those that were cleaned
 * up before `cleanedUpBefore`; the oldest first.
 */
export async function findStaleLeases(
  d1: D1Database,
  staleBefore: Date,
  cleanedUpBefore: Date,
  limit: number,
): Promise<StaleLease[]> {
  const db = drizzle(d1);
  const { uploadLeaseId, uploadLeasedAt, uploadCleanedUpAt } = generations;
  const stale = (isStale: SQL | undefined, since: Column) =>
    db
      .select({
        id: generations.id,
        orgId: generations.orgId,
        leaseId: uploadLeaseId,
        cleanedUpAt: uploadCleanedUpAt,
      })
      .from(generations)
      .where(and(isNotNull(uploadLeaseId), isStale))
      .orderBy(asc(since))
      .limit(limit);
  // Two ranges of two indexes: those that wait for their second cleanup are not read meanwhile.
  const batches = await db.batch([
    stale(and(isNull(uploadCleanedUpAt), lt(uploadLeasedAt, staleBefore)), uploadLeasedAt),
    stale(lt(uploadCleanedUpAt, cleanedUpBefore), uploadCleanedUpAt),
  ]);
  return batches
    .flat()
    .flatMap(({ leaseId, ...generation }) => (leaseId === null ? [] : { ...generation, leaseId }));
}
