// How many calls to Polar requests may make, in D1: one budget for all isolates. The cron's jobs have limits of their own.
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { retryIdempotent } from "../platform/database.ts";
import { isolateCache, lru } from "../platform/isolate-cache.ts";
import { polarCallBudget } from "../platform/schema-billing.ts";

/*
 * Polar allows an organisation 500 requests in a minute that begins with the first of them, for all of its tokens, the
 * app's too (server/polar/rate_limit.py, auth/models.py; asgi-ratelimit, backends/redis.py). Requests here make at most
 * CALLS_PER_MINUTE + BURST_CALLS = 200 in any minute; the cron's jobs and the app have the others.
 */
const CALLS_PER_MINUTE = 150;
const BURST_CALLS = 50;
/** Of a burst: kept for calls that decide whether a request is refused. */
const RESERVED_CALLS = 25;

const CALL_MS = 60_000 / CALLS_PER_MINUTE;
/** Polar's minute passes within one. Longer than any Retry-After of its limit. */
const MAX_PAUSE_MS = 10 * 60_000;
const RETRY_AFTER_SECONDS = 30;
const ROW_ID = 1;

export type CallPriority =
  /** Its answer decides whether a request is refused. */
  | "required"
  /** Without it the request continues, or the cron makes the call later. */
  | "deferrable";

/** How far `spentUntil` may be ahead of now before a call: GCRA, the leaky bucket as a meter. */
const MAX_AHEAD_MS: Record<CallPriority, number> = {
  required: (BURST_CALLS - 1) * CALL_MS,
  deferrable: (BURST_CALLS - RESERVED_CALLS - 1) * CALL_MS,
};

export type CallGrant = { kind: "granted" } | { kind: "denied"; retryAfterSeconds: number };

interface BudgetContext {
  env: object;
  database: D1Database;
}

/** Until when (ms since 1970) calls of a priority are denied: a spent budget costs an isolate few queries. */
const denials = isolateCache(() => lru<number>());

/** Takes one call from the budget. Costs a row written when it is granted. */
export async function takeCall(
  { env, database }: BudgetContext,
  priority: CallPriority,
  now: Date,
): Promise<CallGrant> {
  const nowMs = now.getTime();
  let deniedUntilMs = denials(env).get(priority) ?? 0;
  if (deniedUntilMs <= nowMs) {
    // Repeated after a lost response, it may count a call twice: fewer are left, never more.
    const result = await retryIdempotent(() => spend(database, nowMs, MAX_AHEAD_MS[priority]));
    if (result.kind === "granted") return result;
    deniedUntilMs = result.untilMs;
    denials(env).set(priority, deniedUntilMs);
  }
  const waitSeconds = Math.ceil((deniedUntilMs - nowMs) / 1000);
  return { kind: "denied", retryAfterSeconds: Math.max(RETRY_AFTER_SECONDS, waitSeconds) };
}

async function spend(
  d1: D1Database,
  nowMs: number,
  maxAheadMs: number,
): Promise<{ kind: "granted" } | { kind: "denied"; untilMs: number }> {
  const db = drizzle(d1);
  const [granted] = await db
    .insert(polarCallBudget)
    .values({ id: ROW_ID, spentUntil: new Date(nowMs + CALL_MS), pausedUntil: new Date(0) })
    .onConflictDoUpdate({
      target: polarCallBudget.id,
      set: { spentUntil: sql`max(${polarCallBudget.spentUntil}, ${nowMs}) + ${CALL_MS}` },
      setWhere: sql`${polarCallBudget.spentUntil} <= ${nowMs + maxAheadMs} and ${polarCallBudget.pausedUntil} <= ${nowMs}`,
    })
    .returning({ id: polarCallBudget.id });
  if (granted) return { kind: "granted" };
  const budget = await findBudget(d1);
  return { kind: "denied", untilMs: Math.max(budget.spentUntilMs - maxAheadMs, budget.pausedUntilMs) };
}

async function findBudget(d1: D1Database) {
  const [row] = await drizzle(d1).select().from(polarCallBudget).where(eq(polarCallBudget.id, ROW_ID));
  return {
    spentUntilMs: row?.spentUntil.getTime() ?? 0,
    pausedUntilMs: row?.pausedUntil.getTime() ?? 0,
  };
}

/** Stops the calls of all requests and of the cron, as a Retry-After of Polar asks. */
export async function pauseCalls(d1: D1Database, retryAfterSeconds: number, now: Date): Promise<void> {
  const pausedUntil = new Date(now.getTime() + Math.min(retryAfterSeconds * 1000, MAX_PAUSE_MS));
  await retryIdempotent(async () =>
    drizzle(d1)
      .insert(polarCallBudget)
      .values({ id: ROW_ID, spentUntil: now, pausedUntil })
      .onConflictDoUpdate({
        target: polarCallBudget.id,
        set: { pausedUntil },
        setWhere: sql`excluded.paused_until > ${polarCallBudget.pausedUntil}`,
      }),
  );
}

/** Whether Polar has asked not to be called at `now`. */
export const isPaused = async (d1: D1Database, now: Date): Promise<boolean> =>
  (await findBudget(d1)).pausedUntilMs > now.getTime();
