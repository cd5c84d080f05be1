// The last known subscription state of each organisation in D1, shared by all isolates, the webhook and the cron.
import { and, asc, eq, isNotNull, isNull, lt, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { isOneOf, retryIdempotent } from "../platform/database.ts";
import { subscriptions } from "../platform/schema-billing.ts";

export type SubscriptionRow = Pick<
  typeof subscriptions.$inferSelect,
  "active" | "confirmedAt" | "waitingSince"
>;

/** What Polar reported of an organisation, and when. */
export interface SubscriptionReport {
  orgId: string;
  active: boolean;
  confirmedAt: Date;
}

/** An organisation that the cron should ask Polar about. */
export type DueSubscription = Pick<typeof subscriptions.$inferSelect, "orgId" | "active" | "waitingSince">;

const NEVER = new Date(0);

/** Reads from the primary, so that a webhook takes effect with the next request. */
export async function findSubscription(d1: D1Database, orgId: string): Promise<SubscriptionRow | null> {
  const [row] = await drizzle(d1)
    .select({
      active: subscriptions.active,
      confirmedAt: subscriptions.confirmedAt,
      waitingSince: subscriptions.waitingSince,
    })
    .from(subscriptions)
    .where(eq(subscriptions.orgId, orgId));
  return row ?? null;
}

/**
 * Stores a report unless a later one is stored: reports can arrive late, twice, or out of order. Who waited for one
 * waits no more.
 */
export async function storeReport(d1: D1Database, report: SubscriptionReport): Promise<void> {
  await retryIdempotent(async () => upsert(drizzle(d1), report));
}

/** Stores each report as {@link storeReport} does. */
export async function storeReports(d1: D1Database, reports: SubscriptionReport[]): Promise<void> {
  const db = drizzle(d1);
  const [first, ...others] = reports.map((report) => upsert(db, report));
  if (first) await retryIdempotent(async () => db.batch([first, ...others]));
}

const upsert = (db: DrizzleD1Database, { orgId, active, confirmedAt }: SubscriptionReport) =>
  db
    .insert(subscriptions)
    .values({ orgId, active, confirmedAt })
    .onConflictDoUpdate({
      target: subscriptions.orgId,
      set: { active, confirmedAt, waitingSince: null },
      setWhere: sql`excluded.confirmed_at >= ${subscriptions.confirmedAt}`,
    });

/** Has the cron ask Polar about an organisation. One that waits already keeps its place. */
export async function queueCheck(d1: D1Database, orgId: string, now: Date): Promise<void> {
  await retryIdempotent(async () =>
    drizzle(d1)
      .insert(subscriptions)
      .values({ orgId, active: false, confirmedAt: NEVER, waitingSince: now })
      .onConflictDoUpdate({
        target: subscriptions.orgId,
        set: { waitingSince: now },
        setWhere: isNull(subscriptions.waitingSince),
      }),
  );
}

/** Puts organisations at the end of those that wait: one that Polar does not tell of must not hold up the others. */
export async function moveToBack(d1: D1Database, orgIds: string[], now: Date): Promise<void> {
  if (orgIds.length === 0) return;
  await retryIdempotent(async () =>
    drizzle(d1).update(subscriptions).set({ waitingSince: now }).where(isOneOf(subscriptions.orgId, orgIds)),
  );
}

/**
 * At most `limit` organisations to ask about: those that wait, the longest first, then the active ones that were
 * confirmed before `confirmedBefore`, the oldest first. None of the latter when that is null.
 */
export async function findDueSubscriptions(
  d1: D1Database,
  confirmedBefore: Date | null,
  limit: number,
): Promise<DueSubscription[]> {
  const db = drizzle(d1);
  const due = () =>
    db
      .select({
        orgId: subscriptions.orgId,
        active: subscriptions.active,
        waitingSince: subscriptions.waitingSince,
      })
      .from(subscriptions);
  const waiting = await due()
    .where(isNotNull(subscriptions.waitingSince))
    .orderBy(asc(subscriptions.waitingSince))
    .limit(limit);
  if (confirmedBefore === null || waiting.length === limit) return waiting;
  const isOld = and(
    // As the condition of the partial index: SQLite does not use that for a bound parameter.
    sql`${subscriptions.active} = 1`,
    lt(subscriptions.confirmedAt, confirmedBefore),
    isNull(subscriptions.waitingSince),
  );
  const oldest = await due()
    .where(isOld)
    .orderBy(asc(subscriptions.confirmedAt))
    .limit(limit - waiting.length);
  return [...waiting, ...oldest];
}
