// The D1 tables of the outboxes: of the events for Polar, and of the change feed.
import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The transactional outbox of metering events for Polar. */
export const meteringEvents = sqliteTable(
  "metering_events",
  {
    /** Sent as `external_id`, by which Polar deduplicates. */
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    orgId: text("org_id").notNull(),
    /** What a meter sums up, such as the characters of a generation. Null for an event that is only counted. */
    metadata: text("metadata", { mode: "json" }).$type<Record<string, number>>(),
    occurredAt: integer("occurred_at", { mode: "timestamp_ms" }).notNull(),
    /** Failed deliveries. */
    attempts: integer("attempts").notNull().default(0),
    dueAt: integer("due_at", { mode: "timestamp_ms" }).notNull(),
    deliveredAt: integer("delivered_at", { mode: "timestamp_ms" }),
    /** Since when the event counts as stuck: its delivery failed repeatedly. It is still retried. */
    stuckAt: integer("stuck_at", { mode: "timestamp_ms" }),
    lastError: text("last_error"),
  },
  (table) => [index("metering_events_due").on(table.dueAt).where(sql`${table.deliveredAt} is null`)],
);

export const CHANGE_EVENT_TYPES = [
  "voice.created",
  "voice.updated",
  "voice.deleted",
  "generation.ready",
  "generation.failed",
  "generation.deleted",
] as const;

/** The transactional outbox of the change feed. Delivered rows are kept for a week. */
export const changeEvents = sqliteTable(
  "change_events",
  {
    /**
     * Increases with each commit. Unix time in milliseconds, or one more than the last: it also increases after the
     * table was emptied, or the database restored to an earlier time.
     */
    sequence: integer("sequence").primaryKey(),
    /** Sent as `webhook-id`. A statement that was repeated can have inserted the same event twice. */
    id: text("id").notNull(),
    type: text("type", { enum: CHANGE_EVENT_TYPES }).notNull(),
    objectId: text("object_id").notNull(),
    /** The columns of the voice or generation after the change, or before its deletion, as JSON. */
    data: text("data").notNull(),
    occurredAt: integer("occurred_at", { mode: "timestamp_ms" }).notNull(),
    /** Failed deliveries. */
    attempts: integer("attempts").notNull().default(0),
    /** When it may be sent. A run that is sending it has moved this ahead, so that no other run does. */
    dueAt: integer("due_at", { mode: "timestamp_ms" }).notNull(),
    deliveredAt: integer("delivered_at", { mode: "timestamp_ms" }),
    /** Since when the event counts as stuck: its delivery failed repeatedly. It is still retried. */
    stuckAt: integer("stuck_at", { mode: "timestamp_ms" }),
    lastError: text("last_error"),
  },
  (table) => [
    index("change_events_due").on(table.dueAt).where(sql`${table.deliveredAt} is null`),
    // Finds the earlier events of an object: they are sent first.
    index("change_events_undelivered").on(table.objectId).where(sql`${table.deliveredAt} is null`),
  ],
);

/** One row: until when the receiver of the change feed asked not to be called. */
export const changeFeedPause = sqliteTable(
  "change_feed_pause",
  {
    id: integer("id").primaryKey(),
    until: integer("until", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [check("change_feed_pause_one_row", sql`${table.id} = 1`)],
);
