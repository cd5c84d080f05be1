// How D1 is read: from the nearest replica first, from the primary when the replica may lag.
import { type Column, type SQL, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";

/** The nearest replica may lag behind the primary. */
export type ReadFrom = "nearest" | "primary";

/**
 * Runs `query` on the nearest replica, or on the primary. When `isConclusive` rejects a replica's result, because its
 * lag may explain it (a row that is missing or not ready), the primary is queried once.
 */
export async function read<T>(
  d1: D1Database,
  from: ReadFrom,
  query: (db: DrizzleD1Database) => Promise<T>,
  isConclusive: (result: T) => boolean,
): Promise<T> {
  if (from === "nearest") {
    const nearest = await query(inSession(d1, "first-unconstrained"));
    if (isConclusive(nearest)) return nearest;
  }
  return query(inSession(d1, "first-primary"));
}

// drizzle() is typed for D1Database only, but calls nothing that a session lacks (drizzle-orm#4776).
const inSession = (d1: D1Database, constraint: D1SessionConstraint) =>
  drizzle(d1.withSession(constraint) as unknown as D1Database);

/** Whether `column` contains `text`, ignoring the case of A to Z. Not LIKE: D1 limits its pattern to 50 bytes. */
export const contains = (column: Column, text: string): SQL =>
  sql`instr(lower(${column}), lower(${text})) > 0`;
