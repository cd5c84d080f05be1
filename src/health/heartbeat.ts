// The cron's heartbeat: when its last run ended. Without it, nothing outside the log shows that the cron runs.
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { retryIdempotent } from "../platform/database.ts";
import { cronHeartbeat } from "../platform/schema.ts";

const ROW_ID = 1;

/** Writes one row: a run that has no work costs no more than that. */
export async function recordCronRun(d1: D1Database, completedAt: Date): Promise<void> {
  await retryIdempotent(async () =>
    drizzle(d1)
      .insert(cronHeartbeat)
      .values({ id: ROW_ID, completedAt })
      .onConflictDoUpdate({ target: cronHeartbeat.id, set: { completedAt } }),
  );
}

/** Null when the cron has never run. */
export async function findLastCronRun(d1: D1Database): Promise<Date | null> {
  const rows = await drizzle(d1)
    .select({ completedAt: cronHeartbeat.completedAt })
    .from(cronHeartbeat)
    .where(eq(cronHeartbeat.id, ROW_ID));
  return rows[0]?.completedAt ?? null;
}
