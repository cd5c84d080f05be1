// The outbox of the change feed in D1: claims the events to be sent, and stores what became of them. A claim is a lease:
// while it lasts, no other run sends an event of that object, and only its holder stores a result. Events of one object
// are claimed in their order.
import {
  and,
  asc,
  type Column,
  desc,
  eq,
  exists,
  gt,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  notExists,
  type SQLWrapper,
  sql,
} from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { alias } from "drizzle-orm/sqlite-core";
import { isOneOf, retryIdempotent } from "../platform/database.ts";
import type { Retry } from "../platform/delivery-retry.ts";
import { changeEvents, changeFeedPause } from "../platform/schema-outboxes.ts";

/** An event that a run may send. */
export type ClaimedEvent = Pick<
  typeof changeEvents.$inferSelect,
  "sequence" | "id" | "type" | "objectId" | "data" | "occurredAt" | "attempts" | "stuckAt"
>;

const PAUSE_ID = 1;

/** How many of the events that became due last are looked at. */
const RECENT_EVENTS = 50;

/**
 * Claims until `leaseUntil` up to `limit` events that are due at `now`: half of them the longest overdue, half any of
 * those that became due last, before all such as never failed. So objects that always fail do not hide the others. Of
 * each object only its first undelivered event; none while the feed is paused. Only of the objects `objectIds`, if given.
 * Not repeated after an error: what it claimed unnoticed is due again after the lease.
 */
export async function claimEvents(
  d1: D1Database,
  now: Date,
  leaseUntil: Date,
  limit: number,
  objectIds?: string[],
): Promise<ClaimedEvent[]> {
  const db = drizzle(d1);
  const earlier = alias(changeEvents, "earlier");
  const paused = db
    .select({ id: changeFeedPause.id })
    .from(changeFeedPause)
    .where(sql`${changeFeedPause.until} > ${now.getTime()}`);
  const mayBeSent = (candidate: Record<"sequence" | "objectId", Column>) =>
    and(
      notExists(
        db
          .select({ sequence: earlier.sequence })
          .from(earlier)
          .where(
            and(
              eq(earlier.objectId, candidate.objectId),
              isNull(earlier.deliveredAt),
              lt(earlier.sequence, candidate.sequence),
            ),
          ),
      ),
      notExists(paused),
    );
  const isDue = (candidate: Record<"dueAt" | "deliveredAt" | "objectId", Column>) =>
    and(
      isNull(candidate.deliveredAt),
      lte(candidate.dueAt, now),
      objectIds && isOneOf(candidate.objectId, objectIds),
    );
  const due = alias(changeEvents, "due");
  const recentCount = Math.floor(limit / 2);
  const overdue = db
    .select({ sequence: due.sequence })
    .from(due)
    .where(and(isDue(due), mayBeSent(due)))
    .orderBy(asc(due.dueAt))
    .limit(limit - recentCount);
  const last = db
    .select({
      sequence: changeEvents.sequence,
      objectId: changeEvents.objectId,
      attempts: changeEvents.attempts,
    })
    .from(changeEvents)
    .where(isDue(changeEvents))
    .orderBy(desc(changeEvents.dueAt))
    .limit(RECENT_EVENTS)
    .as("last");
  const recent = db
    .select({ sequence: last.sequence })
    .from(last)
    .where(mayBeSent(last))
    .orderBy(sql`${last.attempts} > 0, random()`)
    .limit(recentCount);
  const claim = (claimable: SQLWrapper) =>
    db
      .update(changeEvents)
      .set({ dueAt: leaseUntil })
      .where(inArray(changeEvents.sequence, claimable))
      .returning({
        sequence: changeEvents.sequence,
        id: changeEvents.id,
        type: changeEvents.type,
        objectId: changeEvents.objectId,
        data: changeEvents.data,
        occurredAt: changeEvents.occurredAt,
        attempts: changeEvents.attempts,
        stuckAt: changeEvents.stuckAt,
      });
  const claimed = await claim(overdue);
  const isMoreDue = claimed.length === limit - recentCount;
  return isMoreDue && recentCount > 0 ? [...claimed, ...(await claim(recent))] : claimed;
}

/** Marks events that were claimed until `leaseUntil`. Those whose lease was lost are sent again by its next holder. */
export async function markDelivered(
  d1: D1Database,
  sequences: number[],
  leaseUntil: Date,
  deliveredAt: Date,
): Promise<void> {
  await retryIdempotent(async () =>
    drizzle(d1)
      .update(changeEvents)
      .set({ deliveredAt, stuckAt: null })
      .where(and(inArray(changeEvents.sequence, sequences), eq(changeEvents.dueAt, leaseUntil))),
  );
}

/** The changes to an event whose delivery failed. */
export interface FailedEvent extends Retry {
  sequence: number;
  objectId: string;
}

/**
 * Stores the failures of events that were claimed until `leaseUntil`, which gives the lease back. The later events of the
 * same objects are due no earlier, so that claims do not read them in vain.
 */
export async function storeFailures(d1: D1Database, failed: FailedEvent[], leaseUntil: Date): Promise<void> {
  const db = drizzle(d1);
  const first = alias(changeEvents, "first");
  const [statement, ...others] = failed.flatMap(({ sequence, objectId, ...retry }) => [
    db
      .update(changeEvents)
      .set(retry)
      .where(and(eq(changeEvents.sequence, sequence), eq(changeEvents.dueAt, leaseUntil))),
    db
      .update(changeEvents)
      .set({ dueAt: retry.dueAt })
      .where(
        and(
          eq(changeEvents.objectId, objectId),
          isNull(changeEvents.deliveredAt),
          gt(changeEvents.sequence, sequence),
          lt(changeEvents.dueAt, retry.dueAt),
          // Not when the lease was lost.
          exists(
            db
              .select({ sequence: first.sequence })
              .from(first)
              .where(and(eq(first.sequence, sequence), eq(first.dueAt, retry.dueAt))),
          ),
        ),
      ),
  ]);
  if (statement) await retryIdempotent(async () => db.batch([statement, ...others]));
}

/** Sends nothing before `until`, unless a later time is stored. */
export async function pauseFeed(d1: D1Database, until: Date): Promise<void> {
  await retryIdempotent(async () =>
    drizzle(d1)
      .insert(changeFeedPause)
      .values({ id: PAUSE_ID, until })
      .onConflictDoUpdate({
        target: changeFeedPause.id,
        set: { until },
        setWhere: lt(changeFeedPause.until, until),
      }),
  );
}

/** Deletes up to `limit` events that both happened and were delivered before `before`. */
export async function deleteDelivered(d1: D1Database, before: Date, limit: number): Promise<void> {
  const db = drizzle(d1);
  // By the primary key, which is at least the time: no other index is needed.
  const old = db
    .select({ sequence: changeEvents.sequence })
    .from(changeEvents)
    .where(
      and(
        lt(changeEvents.sequence, before.getTime()),
        isNotNull(changeEvents.deliveredAt),
        lt(changeEvents.deliveredAt, before),
      ),
    )
    .orderBy(asc(changeEvents.sequence))
    .limit(limit);
  await retryIdempotent(async () => db.delete(changeEvents).where(inArray(changeEvents.sequence, old)));
}
