// Records in the main database which voices and generations the search index must read again. Writes no index.
import { type SQL, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import { NULL_COLUMN } from "../platform/database.ts";
import { generations, voices } from "../platform/schema.ts";
import { searchChanges } from "../platform/schema-outboxes.ts";

/**
 * The statement to add to the batch that changes voices: behind an insert or update, before a deletion. It may record
 * more than what is changed, and the same change twice.
 */
export const recordVoiceChanges = (db: DrizzleD1Database, isChanged: SQL | undefined) =>
  insertChanges(db, "voice", voices, isChanged);

/** Like {@link recordVoiceChanges}, of generations. */
export const recordGenerationChanges = (db: DrizzleD1Database, isChanged: SQL | undefined) =>
  insertChanges(db, "generation", generations, isChanged);

const insertChanges = (
  db: DrizzleD1Database,
  kind: (typeof searchChanges.$inferInsert)["kind"],
  table: typeof voices | typeof generations,
  isChanged: SQL | undefined,
) =>
  db.insert(searchChanges).select(
    db
      .select({
        sequence: NULL_COLUMN,
        kind: sql`${kind}`.as("kind"),
        objectId: sql`${table.id}`.as("object_id"),
        orgId: sql`${table.orgId}`.as("org_id"),
      })
      .from(table)
      .where(isChanged),
  );
