// The D1 tables of voices, generations and their storage. drizzle-kit generates migrations/ from all schema files here.
// Columns of voices and generations are those of the app.
import { eq, isNull, or, type Placeholder, type SQL, sql } from "drizzle-orm";
import { blob, check, index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { generationListIndexes, languageRanges, voiceListIndexes } from "./list-indexes.ts";
import { VOICE_CATEGORIES, VOICE_VARIANTS } from "./voice-categories.ts";

const sqlList = (values: readonly string[]) => sql.raw(values.map((value) => `'${value}'`).join(", "));

const now = sql`(cast(unixepoch('subsec') * 1000 as integer))`;

const timestamps = {
  createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull().default(now),
  updatedAt: integer("updated_at", { mode: "timestamp_ms" })
    .notNull()
    .default(now)
    .$onUpdate(() => new Date()),
};

/** What the stored audio states of itself, as the probe found it; null for audio that the app stored. */
const audioFacts = {
  codec: text("codec"),
  sampleRateHz: integer("sample_rate_hz"),
  channels: integer("channels"),
  /** Of PCM and lossless codecs; null for others. */
  bitsPerSample: integer("bits_per_sample"),
};

/** Measured from the samples of the stored audio; null where they were not. */
const audioLevels = {
  /** The highest absolute sample, 0 to 1 of full scale. */
  peakLevel: real("peak_level"),
  /** The shares of the samples, 0 to 1. */
  clippedShare: real("clipped_share"),
  silenceShare: real("silence_share"),
  /**
   * At most 2,000 points, each one unsigned byte: 255 is the peak level. Empty for audio that has no levels.
   * The last column, and in no list.
   */
  peaks: blob("peaks", { mode: "buffer" }),
};

/** The levels of audio that is new or replaced. */
export const NO_LEVELS = { peakLevel: null, clippedShare: null, silenceShare: null, peaks: null };

export const voices = sqliteTable(
  "voices",
  {
    id: text("id").primaryKey(),
    /** Null for a system voice. */
    orgId: text("org_id"),
    name: text("name").notNull(),
    /** What lists are sorted by: only A to Z are folded. A column, as SQLite compares no row with an expression by index. */
    nameKey: text("name_key").generatedAlwaysAs(sql`lower("name")`, { mode: "virtual" }),
    description: text("description"),
    category: text("category", { enum: VOICE_CATEGORIES }).notNull().default("GENERAL"),
    language: text("language").notNull().default("en-US"),
    ...languageRanges,
    variant: text("variant", { enum: VOICE_VARIANTS }).notNull(),
    /** Null until the audio is stored. */
    r2ObjectKey: text("r2_object_key"),
    /** The MIME type that the probe found; null for a voice that the app stored. */
    contentType: text("content_type"),
    /** Counted seconds; null where {@link contentType} is. */
    durationSeconds: real("duration_seconds"),
    /** Stored bytes; null where {@link contentType} is. */
    sizeBytes: integer("size_bytes"),
    ...audioFacts,
    ...timestamps,
    ...audioLevels,
  },
  (table) => [
    ...voiceListIndexes(table),
    // The cleanup of stale uploads looks for an organisation's voices without audio.
    index("voices_unready")
      .on(table.createdAt, table.id)
      .where(sql`${table.r2ObjectKey} is null and ${table.orgId} is not null`),
    check("voices_variant", sql`${table.variant} in (${sqlList(VOICE_VARIANTS)})`),
    check("voices_category", sql`${table.category} in (${sqlList(VOICE_CATEGORIES)})`),
    check("voices_owner", sql`(${table.variant} = 'SYSTEM') = (${table.orgId} is null)`),
  ],
);

/** The system voices and the organisation's own. By `org_id`, the first column of the index `voices_by_name`. */
export const isVisibleTo = (orgId: string | Placeholder): SQL | undefined =>
  or(isNull(voices.orgId), eq(voices.orgId, orgId));

export const generations = sqliteTable(
  "generations",
  {
    id: text("id").primaryKey(),
    orgId: text("org_id").notNull(),
    /**
     * Also that of a deleted voice: a foreign key would write to all of its generations, which can be a million. Read
     * {@link existingVoiceId}.
     */
    voiceId: text("voice_id"),
    /** Kept when the voice is deleted. */
    voiceName: text("voice_name").notNull(),
    text: text("text").notNull(),
    /** Null until the audio is stored. */
    r2ObjectKey: text("r2_object_key"),
    temperature: real("temperature").notNull().default(0.8),
    topP: real("top_p").notNull().default(0.95),
    topK: integer("top_k").notNull().default(1000),
    repetitionPenalty: real("repetition_penalty").notNull().default(1.2),
    /** Counted seconds; null until the audio is stored, and where the app stored it. */
    durationSeconds: real("duration_seconds"),
    /** Stored bytes; null where {@link durationSeconds} is. */
    sizeBytes: integer("size_bytes"),
    ...audioFacts,
    /** MD5 of the audio in base64url: detects a repeated upload of the same audio. */
    audioMd5: text("audio_md5"),
    /** When the backend reported a failure. Audio that is stored later clears it. */
    failedAt: integer("failed_at", { mode: "timestamp_ms" }),
    failureReason: text("failure_reason"),
    /**
     * The lease of the upload that may store the audio, and when it was acquired or renewed. After a rollback it is
     * kept, expired, until the cron has cleaned up.
     */
    uploadLeaseId: text("upload_lease_id"),
    uploadLeasedAt: integer("upload_leased_at", { mode: "timestamp_ms" }),
    /** When the cron deleted what the upload under this lease had stored. */
    uploadCleanedUpAt: integer("upload_cleaned_up_at", { mode: "timestamp_ms" }),
    ...timestamps,
    ...audioLevels,
  },
  (table) => [
    ...generationListIndexes(table),
    // The cleanup looks for leases that were neither released nor renewed, and a day later for those once more.
    index("generations_upload_leased")
      .on(table.uploadLeasedAt)
      .where(sql`${table.uploadLeaseId} is not null and ${table.uploadCleanedUpAt} is null`),
    index("generations_upload_cleaned_up")
      .on(table.uploadCleanedUpAt)
      .where(sql`${table.uploadCleanedUpAt} is not null`),
  ],
);

/** The voice of a generation; null when it was deleted. Names are written out, as Drizzle leaves out those of tables. */
export const existingVoiceId = sql<string | null>`(select voice.id from ${voices} voice
  where voice.id = generations.voice_id and (voice.org_id is null or voice.org_id = generations.org_id))`;

/** The queue of R2 objects whose row was deleted. */
export const pendingObjectDeletions = sqliteTable(
  "pending_object_deletions",
  {
    r2ObjectKey: text("r2_object_key").primaryKey(),
    /** When the cron deletes the object next. */
    dueAt: integer("due_at", { mode: "timestamp_ms" }).notNull(),
    /**
     * Of a generation: until when the entry is kept after its object was deleted. The object is then deleted once more,
     * as a write can land late, and until then no generation begins under that id. Null for a voice.
     */
    keptUntil: integer("kept_until", { mode: "timestamp_ms" }),
  },
  (table) => [index("pending_object_deletions_due").on(table.dueAt)],
);

/**
 * The creation of a voice, from before its object is stored: lets the cron find an interrupted upload, and holds the
 * Idempotency-Key. Kept for a day after success, and for a day after the cleanup of a stale one.
 */
export const voiceUploads = sqliteTable(
  "voice_uploads",
  {
    voiceId: text("voice_id").primaryKey(),
    orgId: text("org_id").notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    /** Null until the voice is ready. */
    completedAt: integer("completed_at", { mode: "timestamp_ms" }),
    /** When the cleanup deleted what the upload had stored. */
    cleanedUpAt: integer("cleaned_up_at", { mode: "timestamp_ms" }),
    idempotencyKey: text("idempotency_key"),
    /** SHA-256 of the query parameters in base64url. */
    requestSha256: text("request_sha256"),
    /** MD5 of the recording in base64url; null until the upload is complete. */
    bodyMd5: text("body_md5"),
  },
  (table) => [
    uniqueIndex("voice_uploads_idempotency_key").on(table.orgId, table.idempotencyKey),
    // The cleanup looks for uploads that have not completed, and a day later for those once more.
    index("voice_uploads_open")
      .on(table.createdAt)
      .where(sql`${table.completedAt} is null and ${table.cleanedUpAt} is null`),
    index("voice_uploads_cleaned_up").on(table.cleanedUpAt).where(sql`${table.cleanedUpAt} is not null`),
    index("voice_uploads_completed").on(table.completedAt).where(sql`${table.completedAt} is not null`),
  ],
);

/** One row: the cron's heartbeat, which /health reports. */
export const cronHeartbeat = sqliteTable(
  "cron_heartbeat",
  {
    id: integer("id").primaryKey(),
    /** When the cron's last run ended, whatever its jobs' results: a failed job is in the log. */
    completedAt: integer("completed_at", { mode: "timestamp_ms" }).notNull(),
  },
  (table) => [check("cron_heartbeat_one_row", sql`${table.id} = 1`)],
);
