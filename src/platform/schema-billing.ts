// The D1 tables of what is known of Polar: subscriptions, the events that it has, and how often it may be called.
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The last known subscription state of each organisation, shared by all isolates and the webhook. */
export const subscriptions = sqliteTable(
  "subscriptions",
  {
    orgId: text("org_id").primaryKey(),
    active: integer("active", { mode: "boolean" }).notNull(),
    /** When Polar reported the state: the later of two reports wins. 1970 when it never has. */
    confirmedAt: integer("confirmed_at", { mode: "timestamp_ms" }).notNull(),
    /** Since when a request that could not be answered waits for the cron to ask Polar. */
    waitingSince: integer("waiting_since", { mode: "timestamp_ms" }),
  },
  (table) => [
    // What the cron asks about, the oldest first.
    index("subscriptions_waiting").on(table.waitingSince).where(sql`${table.waitingSince} is not null`),
    index("subscriptions_active").on(table.confirmedAt).where(sql`${table.active} = 1`),
  ],
);

/**
 * How many events Polar has confirmed, by name and by the UTC day of their time: what the daily check compares with
 * Polar. A row also says that its name was metered on that day. Kept for 400 days.
 */
export const meteringTotals = sqliteTable(
  "metering_totals",
  {
    name: text("name").notNull(),
    /** YYYY-MM-DD. */
    day: text("day").notNull(),
    events: integer("events").notNull().default(0),
    /** At most this many of them were at Polar before they were first sent: it may count them on another day. */
    duplicates: integer("duplicates").notNull().default(0),
    /** Since when nothing in flight can explain a difference: the day is over, and its last delivery some time ago. */
    settledAt: integer("settled_at", { mode: "timestamp_ms" }).notNull(),
    /** Null when Polar had the same number, or the difference was reported often enough. */
    checkDueAt: integer("check_due_at", { mode: "timestamp_ms" }),
    /** What Polar had more than was sent at the last check; negative when it had fewer. */
    difference: integer("difference").notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.name, table.day] }),
    index("metering_totals_check_due").on(table.checkDueAt).where(sql`${table.checkDueAt} is not null`),
  ],
);

/** One row: the calls to Polar that requests may make, shared by all isolates (billing/call-budget.ts). */
export const polarCallBudget = sqliteTable(
  "polar_call_budget",
  {
    id: integer("id").primaryKey(),
    /** Each call moves it ahead by its share of a minute: how far it is ahead of now is what was spent lately. */
    spentUntil: integer("spent_until", { mode: "timestamp_ms" }).notNull(),
    /** Until when Polar asked not to be called. */
    pausedUntil: integer("paused_until", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [check("polar_call_budget_one_row", sql`${table.id} = 1`)],
);
