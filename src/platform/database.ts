// How D1 is read: from the nearest replica, and from the primary when that has not caught up.
import { type Column, type SQL, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";

/** The nearest replica knows most; the primary knows all. */
export type ReadFrom = "nearest" | "primary";

/**
 * Runs `query` on the nearest replica, or on the primary. When `isSettled` says that a replica's answer may be its lag
 * (a row not there yet, or not ready yet), the primary is asked once.
 */
export async function read<T>(
  d1: D1Database,
  from: ReadFrom,
  query: (db: DrizzleD1Database) => Promise<T>,
  isSettled: (answer: T) => boolean,
): Promise<T> {
  if (from === "nearest") {
    const nearest = await query(inSession(d1, "first-unconstrained"));
    if (isSettled(nearest)) return nearest;
  }
  return query(inSession(d1, "first-primary"));
}

// drizzle's type asks for a database where it only ever prepares and batches, which a session does as well.
const inSession = (d1: D1Database, constraint: D1SessionConstraint) =>
  drizzle(d1.withSession(constraint) as unknown as D1Database);

/** Whether `text` stands in `column`, A to Z in either case. No LIKE: D1 takes a pattern of 50 bytes at most. */
export const contains = (column: Column, text: string): SQL =>
  sql`instr(lower(${column}), lower(${text})) > 0`;
