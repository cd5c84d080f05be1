// How D1 is read: from the nearest replica, and from the primary when that has not caught up.
import { type Column, type SQL, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";

/**
 * Runs `query` on the nearest replica. When `isSettled` says that its answer may be a replica's lag (a row not
 * there yet, or not ready yet), the primary is asked once.
 */
export async function readNearest<T>(
  d1: D1Database,
  query: (db: DrizzleD1Database) => Promise<T>,
  isSettled: (answer: T) => boolean,
): Promise<T> {
  const nearest = await query(inSession(d1, "first-unconstrained"));
  return isSettled(nearest) ? nearest : query(inSession(d1, "first-primary"));
}

// drizzle's type asks for a database where it only ever prepares and batches, which a session does as well.
const inSession = (d1: D1Database, constraint: D1SessionConstraint) =>
  drizzle(d1.withSession(constraint) as unknown as D1Database);

/** Whether `text` stands in `column`, A to Z in either case. No LIKE: D1 takes a pattern of 50 bytes at most. */
export const contains = (column: Column, text: string): SQL =>
  sql`instr(lower(${column}), lower(${text})) > 0`;
