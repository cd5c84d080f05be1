// How many events Polar has confirmed, by name and UTC day, in D1: what the daily check compares with Polar.
import { and, count, eq, gte, isNull, lt, lte, type SQL, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { retryIdempotent } from "../platform/database.ts";
import { meteringTotals } from "../platform/schema-billing.ts";
import { meteringEvents } from "../platform/schema-outboxes.ts";
import { DAY_MS, dayBefore, endOfDay, SETTLING_MS, startOfDay, toDay } from "./check-policy.ts";

/** The total of a name and day that is to be compared. */
export type Total = Pick<
  typeof meteringTotals.$inferSelect,
  "name" | "day" | "events" | "duplicates" | "settledAt" | "checkDueAt" | "difference"
>;

// Not as parameters: D1 binds a number as a float, and days would not be whole.
const DAY_MS_SQL = sql.raw(`${DAY_MS}`);
const SETTLING_MS_SQL = sql.raw(`${SETTLING_MS}`);

/** Adds the events that match `isCounted`, and lets their days be compared when they have settled. */
export function addToTotals(db: DrizzleD1Database, isCounted: SQL, now: Date, duplicates: number) {
  const counted = sql`select name, day, count(*), min(${duplicates}, count(*)), settled_at, settled_at, 0
    from (
      select name, strftime('%Y-%m-%d', occurred_at / 1000, 'unixepoch') as day,
        max((occurred_at / ${DAY_MS_SQL} + 1) * ${DAY_MS_SQL}, ${now.getTime()}) + ${SETTLING_MS_SQL} as settled_at
      from ${meteringEvents} where ${isCounted}
    )
    where true group by name, day, settled_at`;
  return db
    .insert(meteringTotals)
    .select(counted)
    .onConflictDoUpdate({
      target: [meteringTotals.name, meteringTotals.day],
      set: {
        events: sql`${meteringTotals.events} + excluded.events`,
        duplicates: sql`${meteringTotals.duplicates} + excluded.duplicates`,
        settledAt: sql`excluded.settled_at`,
        checkDueAt: sql`excluded.check_due_at`,
        difference: 0,
      },
    });
}

/** Up to `limit` totals that are due for a check at `now`, the longest overdue first. */
export function findDueChecks(d1: D1Database, now: Date, limit: number): Promise<Total[]> {
  return drizzle(d1)
    .select({
      name: meteringTotals.name,
      day: meteringTotals.day,
      events: meteringTotals.events,
      duplicates: meteringTotals.duplicates,
      settledAt: meteringTotals.settledAt,
      checkDueAt: meteringTotals.checkDueAt,
      difference: meteringTotals.difference,
    })
    .from(meteringTotals)
    .where(lte(meteringTotals.checkDueAt, now))
    .orderBy(meteringTotals.checkDueAt)
    .limit(limit);
}

/** Lets the check be due again only at `until`. Returns false when another run has done so, or events were delivered. */
export async function claimCheck(
  d1: D1Database,
  { name, day, checkDueAt }: Total,
  until: Date,
): Promise<boolean> {
  const claimed = await drizzle(d1)
    .update(meteringTotals)
    .set({ checkDueAt: until })
    .where(
      and(
        eq(meteringTotals.name, name),
        eq(meteringTotals.day, day),
        sql`${meteringTotals.checkDueAt} is ${checkDueAt?.getTime() ?? null}`,
      ),
    )
    .returning({ day: meteringTotals.day });
  return claimed.length > 0;
}

/** What else the comparison of a total needs: events that Polar may have, and whether the day before was metered. */
export async function findContext(
  d1: D1Database,
  { name, day }: Total,
): Promise<{ undelivered: number; dayBeforeMetered: boolean }> {
  const db = drizzle(d1);
  const [[undelivered], [previous]] = await db.batch([
    db
      .select({ events: count() })
      // Few rows. Without the hint, SQLite may read the whole table.
      .from(sql`${meteringEvents} indexed by metering_events_due`)
      .where(
        and(
          isNull(meteringEvents.deliveredAt),
          eq(meteringEvents.name, name),
          gte(meteringEvents.occurredAt, startOfDay(day)),
          lt(meteringEvents.occurredAt, endOfDay(day)),
        ),
      ),
    db
      .select({ day: meteringTotals.day })
      .from(meteringTotals)
      .where(and(eq(meteringTotals.name, name), eq(meteringTotals.day, dayBefore(day)))),
  ]);
  return { undelivered: undelivered?.events ?? 0, dayBeforeMetered: previous !== undefined };
}

/**
 * Stores the result of a check, unless events were delivered meanwhile: then it returns false, and the day is checked
 * again. Also records that `names` are metered today, and deletes what is older than `keptSince`.
 */
export async function storeCheck(
  d1: D1Database,
  { name, day, events }: Total,
  result: { difference: number; checkDueAt: Date | null },
  { names, now, keptSince }: { names: string[]; now: Date; keptSince: Date },
): Promise<boolean> {
  const db = drizzle(d1);
  const today = toDay(now);
  const settledAt = new Date(endOfDay(today).getTime() + SETTLING_MS);
  const [stored] = await retryIdempotent(async () =>
    db.batch([
      db
        .update(meteringTotals)
        .set(result)
        .where(
          and(eq(meteringTotals.name, name), eq(meteringTotals.day, day), eq(meteringTotals.events, events)),
        )
        .returning({ day: meteringTotals.day }),
      db
        .delete(meteringTotals)
        .where(and(eq(meteringTotals.name, name), lt(meteringTotals.day, toDay(keptSince)))),
      ...names.map((metered) =>
        db
          .insert(meteringTotals)
          .values({ name: metered, day: today, settledAt, checkDueAt: settledAt })
          .onConflictDoNothing(),
      ),
    ]),
  );
  return stored.length > 0;
}
