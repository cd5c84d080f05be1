// The outbox of metering events in D1. Events stay after delivery as a record.
import { and, asc, eq, inArray, isNull, lt, lte } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { retryIdempotent } from "../platform/database.ts";
import type { Retry } from "../platform/delivery-retry.ts";
import { meteringEvents } from "../platform/schema-outboxes.ts";

/** An event that Polar has not confirmed. */
export type PendingEvent = Pick<
  typeof meteringEvents.$inferSelect,
  "id" | "name" | "orgId" | "metadata" | "occurredAt" | "attempts" | "stuckAt"
>;

/** The changes to an event whose delivery failed. */
export interface Reschedule extends Retry {
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

export async function markDelivered(d1: D1Database, ids: string[], deliveredAt: Date): Promise<void> {
  await retryIdempotent(async () =>
    drizzle(d1)
      .update(meteringEvents)
      .set({ deliveredAt, stuckAt: null })
      .where(inArray(meteringEvents.id, ids)),
  );
}

/**
 * Stores how often the delivery of each event has failed, and when it is due again. Unchanged are an event delivered
 * meanwhile, and one whose failure is stored already: a repetition counts nothing twice.
 */
export async function reschedule(d1: D1Database, reschedules: Reschedule[]): Promise<void> {
  const db = drizzle(d1);
  const [first, ...others] = reschedules.map(({ id, attempts, ...changes }) =>
    db
      .update(meteringEvents)
      .set({ attempts, ...changes })
      .where(
        and(
          eq(meteringEvents.id, id),
          isNull(meteringEvents.deliveredAt),
          lt(meteringEvents.attempts, attempts),
        ),
      ),
  );
  if (first) await retryIdempotent(async () => db.batch([first, ...others]));
}

/** Makes everything that is due at `now` due at `until`, without counting a failed delivery. */
export async function rescheduleAllDue(d1: D1Database, now: Date, until: Date): Promise<void> {
  await retryIdempotent(async () =>
    drizzle(d1)
      .update(meteringEvents)
      .set({ dueAt: until })
      .where(and(isNull(meteringEvents.deliveredAt), lte(meteringEvents.dueAt, now))),
  );
}
