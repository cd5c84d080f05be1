// Records changes in the outbox of the change feed. Each function returns the statement to add to the batch that makes
// the change, or nothing to add when no receiver is configured. Sends nothing.
import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { NULL_COLUMN } from "../platform/database.ts";
import type { EventReceiver } from "../platform/env.ts";
import { generations, voices } from "../platform/schema.ts";
import { changeEvents } from "../platform/schema-outboxes.ts";
import type { ChangeEvent } from "./schema.ts";

type EventType<Kind extends string> = Extract<ChangeEvent["type"], `${Kind}.${string}`>;

const { id, orgId, name, description, category, language, variant, r2ObjectKey, createdAt, updatedAt } =
  getTableColumns(voices);
const VOICE = {
  id,
  orgId,
  name,
  description,
  category,
  language,
  variant,
  r2ObjectKey,
  createdAt,
  updatedAt,
};

const GENERATION = {
  id: generations.id,
  orgId: generations.orgId,
  voiceId: generations.voiceId,
  voiceName: generations.voiceName,
  text: generations.text,
  r2ObjectKey: generations.r2ObjectKey,
  temperature: generations.temperature,
  topP: generations.topP,
  topK: generations.topK,
  repetitionPenalty: generations.repetitionPenalty,
  failureReason: generations.failureReason,
  createdAt: generations.createdAt,
  updatedAt: generations.updatedAt,
};

/**
 * Records a change of each voice that matches `isChanged`. Place it behind the update, where `isChanged` must hold only
 * for what the update has changed, and before a deletion.
 */
export const recordVoiceEvents = (
  db: DrizzleD1Database,
  receiver: EventReceiver | null,
  type: EventType<"voice">,
  isChanged: SQL | undefined,
) => (receiver ? [insertEvents(db, type, voices, VOICE, isChanged)] : []);

/** Like {@link recordVoiceEvents}, of generations. */
export const recordGenerationEvents = (
  db: DrizzleD1Database,
  receiver: EventReceiver | null,
  type: EventType<"generation">,
  isChanged: SQL | undefined,
) => (receiver ? [insertEvents(db, type, generations, GENERATION, isChanged)] : []);

/** One event for each row, in one statement. A repetition has the same ids. */
function insertEvents(
  db: DrizzleD1Database,
  type: ChangeEvent["type"],
  table: typeof voices | typeof generations,
  columns: Record<string, SQLiteColumn>,
  isChanged: SQL | undefined,
) {
  const changeId = crypto.randomUUID();
  const now = Date.now();
  return db.insert(changeEvents).select(
    db
      .select({
        sequence: sql`${NEXT_SEQUENCE} + row_number() over (order by ${table.id})`.as("sequence"),
        id: sql`${changeId} || '-' || row_number() over (order by ${table.id})`.as("id"),
        type: sql`${type}`.as("type"),
        objectId: sql`${table.id}`.as("object_id"),
        data: jsonOf(columns).as("data"),
        occurredAt: sql`${now}`.as("occurred_at"),
        attempts: sql`0`.as("attempts"),
        dueAt: sql`max(${now}, ${retryOfEarlierEvent(table)})`.as("due_at"),
        deliveredAt: NULL_COLUMN,
        stuckAt: NULL_COLUMN,
        lastError: NULL_COLUMN,
      })
      .from(table)
      .where(isChanged),
  );
}

// D1 commits one batch after the other, so that the order of the numbers is that of the commits.
const NEXT_SEQUENCE = sql`max(
  coalesce((select max(${sql.identifier("sequence")}) from ${changeEvents}), 0),
  cast(unixepoch('subsec') * 1000 as integer) - 1)`;

/**
 * When the object's events before are sent again, if their delivery has failed: the new one is sent after them. Or 0. An
 * event that is being sent again at this moment delays the new one by its lease.
 */
const retryOfEarlierEvent = (table: typeof voices | typeof generations) => sql`coalesce((
  select max(${sql.identifier("due_at")}) from ${changeEvents}
  where ${sql.identifier("object_id")} = ${table}.${sql.identifier("id")}
    and ${sql.identifier("delivered_at")} is null and ${sql.identifier("attempts")} > 0), 0)`;

/** A JSON object of `columns`. */
function jsonOf(columns: Record<string, SQLiteColumn>): SQL<string> {
  const members = Object.entries(columns).map(([key, column]) => sql`${sql.raw(`'${key}'`)}, ${column}`);
  return sql`json_object(${sql.join(members, sql`, `)})`;
}
