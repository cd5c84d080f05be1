// The outbox of metering events in D1. A delivered event is kept for 35 days as a record.
import { and, asc, inArray, isNotNull, isNull, lt, lte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { isOneOf, retryIdempotent } from "../platform/database.ts";
import type { Retry } from "../platform/delivery-retry.ts";
import { meteringEvents } from "../platform/schema-outboxes.ts";
import { addToTotals } from "./totals.ts";

/** An event that Polar has not confirmed. */
export type PendingEvent = Pick<
  typeof meteringEvents.$inferSelect,
  "id" | "name" | "orgId" | "metadata" | "occurredAt" | "attempts" | "stuckAt"
>;

/** The changes to an event whose delivery failed. */
export interface FailedEvent extends Retry {
  id: string;
}

/** Up to `limit` events that are due at `now`, the longest overdue first. */
export function findDueEvents(d1: D1Database, now: Date, limit: number): Promise<PendingEvent[]> {
  return drizzle(d1)
    .select({
      id: meteringEvents.id,
      name: meteringEvents.name,
      orgId: meteringEvents.orgId,
      metadata: meteringEvents.metadata,
      occurredAt: meteringEvents.occurredAt,
      attempts: meteringEvents.attempts,
      stuckAt: meteringEvents.stuckAt,
    })
    .from(meteringEvents)
    .where(and(isNull(meteringEvents.deliveredAt), lte(meteringEvents.dueAt, now)))
    .orderBy(asc(meteringEvents.dueAt))
    .limit(limit);
}

/**
 * Marks the events, and adds those that were not marked yet to the totals: a repetition, or another run that has sent
 * the same events, adds nothing. `duplicates` is how many of them Polar had before they were first sent.
 */
export async function markDelivered(
  d1: D1Database,
  ids: string[],
  deliveredAt: Date,
  duplicates: number,
): Promise<void> {
  const db = drizzle(d1);
  const isUnmarked = sql`${isOneOf(meteringEvents.id, ids)} and ${isNull(meteringEvents.deliveredAt)}`;
  await retryIdempotent(async () =>
    db.batch([
      addToTotals(db, isUnmarked, deliveredAt, duplicates),
      db.update(meteringEvents).set({ deliveredAt, stuckAt: null }).where(isUnmarked),
    ]),
  );
}

/**
 * Stores how often the delivery of each event has failed, and when it is due again, in one statement. Unchanged are an
 * event delivered meanwhile, and one whose failure is stored already: a repetition counts nothing twice.
 */
export async function storeFailures(d1: D1Database, failed: FailedEvent[]): Promise<void> {
  const rows = failed.map(({ id, attempts, dueAt, stuckAt, lastError }) => [
    id,
    attempts,
    dueAt.getTime(),
    stuckAt?.getTime() ?? null,
    lastError,
  ]);
  await retryIdempotent(async () =>
    drizzle(d1).run(
      sql`update ${meteringEvents}
        set attempts = failed.value ->> 1, due_at = failed.value ->> 2, stuck_at = failed.value ->> 3,
          last_error = failed.value ->> 4
        from json_each(${JSON.stringify(rows)}) as failed
        where ${meteringEvents.id} = failed.value ->> 0 and ${isNull(meteringEvents.deliveredAt)}
          and ${meteringEvents.attempts} < failed.value ->> 1`,
    ),
  );
}

/** Deletes up to `limit` events that were delivered before `before`. */
export async function deleteDelivered(d1: D1Database, before: Date, limit: number): Promise<void> {
  const db = drizzle(d1);
  const old = db
    .select({ id: meteringEvents.id })
    .from(meteringEvents)
    .where(and(isNotNull(meteringEvents.deliveredAt), lt(meteringEvents.deliveredAt, before)))
    .orderBy(asc(meteringEvents.deliveredAt))
    .limit(limit);
  await retryIdempotent(async () => db.delete(meteringEvents).where(inArray(meteringEvents.id, old)));
}
