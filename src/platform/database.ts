// How D1 is called: within a timeout, with retries of idempotent writes, and from the nearest replica where it may lag.
import { type Column, fillPlaceholders, type Query, type SQL, sql } from "drizzle-orm";
import { QueryBuilder } from "drizzle-orm/sqlite-core";
import { TimeoutError } from "./timeout.ts";

/** The longest wait for one D1 call. D1 can stall for more than half a minute before it reports an error. */
export const D1_CALL_TIMEOUT_MS = 5_000;
/** No attempt starts later than this after the first one. */
export const RETRY_DEADLINE_MS = 10_000;
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 3_000;
/** Keeps a small random number from making the retries a burst. */
const MIN_BACKOFF_MS = 20;

/**
 * The errors that Cloudflare's documentation says to retry: https://developers.cloudflare.com/d1/observability/debug-d1/.
 * An overloaded database or an exceeded limit is not among them: retries would add to the load.
 */
const TRANSIENT_ERRORS = [
  "Network connection lost",
  "reset because its code was updated",
  "Internal error while starting up D1 DB storage caused object to be reset",
  "Internal error in D1 DB storage caused object to be reset",
  "Cannot resolve D1 DB due to transient issue on remote node",
  "Can't read from request stream because client disconnected",
];

/** Drizzle wraps the error of D1, whose message its own does not repeat. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof TimeoutError) return true;
  return TRANSIENT_ERRORS.some((message) => error.message.includes(message)) || isTransient(error.cause);
}

/**
 * Runs `write`, and again after a transient error, until the deadline. An attempt that failed can have taken effect, or
 * do so later: `write` must be idempotent, and harmless at any time. Waits use exponential backoff with full jitter.
 */
export async function retryIdempotent<T>(write: (isRetry: boolean) => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  for (let backoffMs = FIRST_BACKOFF_MS, isRetry = false; ; isRetry = true) {
    try {
      return await write(isRetry);
    } catch (error) {
      const leftMs = startedAt + RETRY_DEADLINE_MS - performance.now();
      if (!isTransient(error) || leftMs <= 0) throw error;
      // The last attempt starts at the deadline: errors that end before it cost nothing.
      await scheduler.wait(Math.min(leftMs, Math.max(MIN_BACKOFF_MS, Math.random() * backoffMs)));
      backoffMs = Math.min(2 * backoffMs, MAX_BACKOFF_MS);
    }
  }
}

/** Rows that one statement may name or insert: D1 accepts 100 parameters a statement. */
export const MAX_ROWS_PER_STATEMENT = 80;

/** Whether `column` is one of `values`, which are one parameter together, however many they are. */
export const isOneOf = (column: Column, values: readonly (string | number)[]): SQL =>
  sql`${column} in (select value from json_each(${JSON.stringify(values)}))`;

/**
 * Whether `column` is `value`, compared with each row that another condition finds. Beside {@link isOneOf}, SQLite would
 * otherwise read all rows with that value by an index of the column: all of an organisation, to find one.
 */
export const isWithoutIndex = (column: Column, value: string): SQL => sql`+${column} = ${value}`;

/** A column of a select that inserts null. */
export const NULL_COLUMN = sql<null>`null`.as("null_value");

/**
 * The first row of a query, by the names of its columns, or null. Drizzle builds the query once in an isolate: built
 * for each request, it was two fifths of the CPU of a first play's own code (docs/benchmarks.md). `build` names its
 * parameters with `sql.placeholder`. A row is found by its key without `limit(1)`, here and elsewhere: Drizzle binds the
 * limit, and SQLite compiles a statement anew each time that a LIMIT is bound.
 */
export function rowByQueryBuiltOnce<Row extends object>(
  build: (builder: QueryBuilder) => { toSQL: () => Query },
) {
  let built: Query | undefined;
  return async (d1: D1Database, parameters: Record<string, string>): Promise<Row | null> => {
    built ??= build(new QueryBuilder()).toSQL();
    const values = fillPlaceholders(built.params, parameters);
    const statement = d1.prepare(built.sql).bind(...values);
    const { results } = await statement.all<Row>();
    return results[0] ?? null;
  };
}

/** The nearest replica may lag behind the primary. */
export type ReadFrom = "nearest" | "primary";

/**
 * Runs `query` on the nearest replica, or on the primary. When `isConclusive` rejects a replica's result, because its
 * lag may explain it (a row that is missing or not ready), the primary is queried once.
 */
export async function read<T>(
  d1: D1Database,
  from: ReadFrom,
  query: (session: D1Database) => Promise<T>,
  isConclusive: (result: T) => boolean,
): Promise<T> {
  if (from === "nearest") {
    const nearest = await query(inSession(d1, "first-unconstrained"));
    if (isConclusive(nearest)) return nearest;
  }
  return query(inSession(d1, "first-primary"));
}

// Typed as D1Database, as drizzle() and its callers want it: they call nothing that a session lacks (drizzle-orm#4776).
const inSession = (d1: D1Database, constraint: D1SessionConstraint) =>
  d1.withSession(constraint) as unknown as D1Database;
