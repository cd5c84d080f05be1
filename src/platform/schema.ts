// The tables, as drizzle-kit reads them to write migrations/. Columns carry the documented model's names.
import { eq, isNull, or, type SQL, sql } from "drizzle-orm";
import { check, index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { VOICE_CATEGORIES, VOICE_VARIANTS } from "./voice-categories.ts";

const quoted = (values: readonly string[]) => sql.raw(values.map((value) => `'${value}'`).join(", "));
const now = sql`(cast(unixepoch('subsec') * 1000 as integer))`;
const timestamps = {
  createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull().default(now),
  updatedAt: integer("updated_at", { mode: "timestamp_ms" })
    .notNull()
    .default(now)
    .$onUpdate(() => new Date()),
};

export const voices = sqliteTable(
  "voices",
  {
    id: text("id").primaryKey(),
    /** Null for a system voice. */
    orgId: text("org_id"),
    name: text("name").notNull(),
    description: text("description"),
    category: text("category", { enum: VOICE_CATEGORIES }).notNull().default("GENERAL"),
    language: text("language").notNull().default("en-US"),
    variant: text("variant", { enum: VOICE_VARIANTS }).notNull(),
    /** Null until the audio is stored. */
    r2ObjectKey: text("r2_object_key"),
    /** The inspected MIME type; null for a voice that the app stored before this service. */
    contentType: text("content_type"),
    /** Measured seconds; null where {@link contentType} is. */
    durationSeconds: real("duration_seconds"),
    /** Bytes stored; null where {@link contentType} is. */
    sizeBytes: integer("size_bytes"),
    ...timestamps,
  },
  (table) => [
    index("voices_by_name").on(table.orgId, sql`lower(${table.name})`, table.id),
    // The sweep looks for those that stayed without their audio.
    index("voices_unready").on(table.createdAt).where(sql`${table.r2ObjectKey} is null`),
    check("voices_variant", sql`${table.variant} in (${quoted(VOICE_VARIANTS)})`),
    check("voices_category", sql`${table.category} in (${quoted(VOICE_CATEGORIES)})`),
    check("voices_owner", sql`(${table.variant} = 'SYSTEM') = (${table.orgId} is null)`),
  ],
);

/** The system voices and the organisation's own. By `org_id`, as that is what the index begins with. */
export const isVisibleTo = (orgId: string): SQL | undefined =>
  or(isNull(voices.orgId), eq(voices.orgId, orgId));

export const generations = sqliteTable(
  "generations",
  {
    id: text("id").primaryKey(),
    orgId: text("org_id").notNull(),
    voiceId: text("voice_id").references(() => voices.id, { onDelete: "set null" }),
    /** Stays when the voice goes. */
    voiceName: text("voice_name").notNull(),
    text: text("text").notNull(),
    /** Null until the audio is stored. */
    r2ObjectKey: text("r2_object_key"),
    temperature: real("temperature").notNull().default(0.8),
    topP: real("top_p").notNull().default(0.95),
    topK: integer("top_k").notNull().default(1000),
    repetitionPenalty: real("repetition_penalty").notNull().default(1.2),
    /** Measured seconds; null until the audio is stored, and where the app stored it. */
    durationSeconds: real("duration_seconds"),
    /** Bytes stored; null where {@link durationSeconds} is. */
    sizeBytes: integer("size_bytes"),
    /** MD5 of the audio, by which the same audio sent again is known. */
    audioDigest: text("audio_digest"),
    /** When its making was given up; audio that comes nevertheless makes it ready. */
    failedAt: integer("failed_at", { mode: "timestamp_ms" }),
    failure: text("failure"),
    /** The attempt to store its audio that is going on, and since when. */
    attempt: text("attempt"),
    attemptedAt: integer("attempted_at", { mode: "timestamp_ms" }),
    ...timestamps,
  },
  (table) => [
    // Deleting a voice looks its generations up to null their voice_id.
    index("generations_voice_id").on(table.voiceId),
    index("generations_by_time").on(table.orgId, table.createdAt, table.id),
    // The sweep looks for attempts that never ended.
    index("generations_attempted").on(table.attemptedAt).where(sql`${table.attempt} is not null`),
  ],
);

/** Objects whose row is gone, until they are gone too. */
export const removals = sqliteTable("removals", {
  r2ObjectKey: text("r2_object_key").primaryKey(),
  requestedAt: integer("requested_at", { mode: "timestamp_ms" }).notNull(),
});

/**
 * A voice creation from its first step on: what a crash leaves is found by it, and an Idempotency-Key is held by it.
 * Kept for a day: after success under a key, and after the sweep that ended it.
 */
export const uploads = sqliteTable(
  "uploads",
  {
    voiceId: text("voice_id").primaryKey(),
    orgId: text("org_id").notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    /** Null until the voice is ready. */
    completedAt: integer("completed_at", { mode: "timestamp_ms" }),
    /** When the sweep removed what it had left. */
    sweptAt: integer("swept_at", { mode: "timestamp_ms" }),
    idempotencyKey: text("idempotency_key"),
    /** SHA-256 of what was asked for under the key. */
    requestDigest: text("request_digest"),
    /** MD5 of the recording, when the upload is complete. */
    bodyDigest: text("body_digest"),
  },
  (table) => [
    uniqueIndex("uploads_idempotency_key").on(table.orgId, table.idempotencyKey),
    index("uploads_open").on(table.createdAt).where(sql`${table.completedAt} is null`),
    index("uploads_completed").on(table.completedAt).where(sql`${table.completedAt} is not null`),
  ],
);

/** The outbox of the meter: what Polar has to hear, and has heard. */
export const meteringEvents = sqliteTable(
  "metering_events",
  {
    /** Polar's external_id, by which it tells a repeat. */
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    orgId: text("org_id").notNull(),
    occurredAt: integer("occurred_at", { mode: "timestamp_ms" }).notNull(),
    /** Deliveries that have failed. */
    attempts: integer("attempts").notNull().default(0),
    dueAt: integer("due_at", { mode: "timestamp_ms" }).notNull(),
    deliveredAt: integer("delivered_at", { mode: "timestamp_ms" }),
    /** Since when deliveries have failed too often; they go on nevertheless. */
    stuckAt: integer("stuck_at", { mode: "timestamp_ms" }),
    lastError: text("last_error"),
  },
  (table) => [index("metering_events_due").on(table.dueAt).where(sql`${table.deliveredAt} is null`)],
);

/** What Polar last said of an organisation's subscription. */
export const subscriptions = sqliteTable("subscriptions", {
  orgId: text("org_id").primaryKey(),
  active: integer("active", { mode: "boolean" }).notNull(),
  /** When Polar said so: of two reports the later one holds. */
  confirmedAt: integer("confirmed_at", { mode: "timestamp_ms" }).notNull(),
});
