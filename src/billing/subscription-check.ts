// Asks Polar about an organisation, within the call budget and once for the concurrent requests of an isolate, and
// stores the answer. Decides nothing about a request.
import type { Context } from "hono";
import type { SessionEnv } from "../auth/session.ts";
import { runInBackground } from "../platform/background.ts";
import { readConfig } from "../platform/env.ts";
import { isolateCache, lru } from "../platform/isolate-cache.ts";
import { log } from "../platform/logger.ts";
import { withTimeout } from "../platform/timeout.ts";
import { type CallGrant, type CallPriority, pauseCalls, takeCall } from "./call-budget.ts";
import { createBilling, type SubscriptionStatus } from "./polar.ts";
import { queueCheck, type SubscriptionRow, storeReport } from "./subscription-queries.ts";

export type CheckResult =
  | SubscriptionStatus
  /** The call budget is spent: Polar was not asked. */
  | { kind: "busy"; retryAfterSeconds: number };

/** An organisation, what is stored of it, and how much depends on the answer. */
export interface Check {
  orgId: string;
  known: SubscriptionRow | null;
  priority: CallPriority;
}

/**
 * Long enough that a refused client that repeats its request costs few calls. Without the webhook, it is also how long
 * somebody who has just subscribed can still be refused.
 */
const NONE_TTL_MS = 10_000;
/** Longer than a check takes, unless D1 fails and is asked again: then two requests may ask Polar. */
const JOIN_TIMEOUT_MS = 15_000;

/** The organisations of which Polar has just known no active subscription. */
const knownNone = isolateCache(() => lru<true>());

interface RunningCheck {
  result: Promise<CheckResult>;
  expiresAtMs: number;
}
const running = isolateCache(() => new Map<string, RunningCheck>());

/**
 * Asks Polar, unless it knew no subscription within the last ten seconds. A request that finds another one asking waits
 * for its answer, which is plain data. The platform can end that one without an answer: a timer of its own ends the
 * wait, and then it asks itself. Never throws.
 */
export async function checkSubscription(c: Context<SessionEnv>, check: Check): Promise<CheckResult> {
  if (knownNone(c.env).has(check.orgId)) return { kind: "none" };
  const checks = running(c.env);
  const key = `${check.priority} ${check.orgId}`;
  const other = checks.get(key);
  if (other && Date.now() < other.expiresAtMs) {
    const joined = withTimeout("the check of another request", JOIN_TIMEOUT_MS, other.result);
    const result = await joined.catch(() => null);
    if (result) return result;
    if (checks.get(key) === other) checks.delete(key);
    return checkSubscription(c, check);
  }
  const own = { result: askPolar(c, check), expiresAtMs: Date.now() + JOIN_TIMEOUT_MS };
  checks.set(key, own);
  // Others may wait for it: it also completes when the client disconnects.
  c.executionCtx.waitUntil(own.result);
  const result = await own.result;
  if (checks.get(key) === own) checks.delete(key);
  return result;
}

async function askPolar(c: Context<SessionEnv>, { orgId, known, priority }: Check): Promise<CheckResult> {
  const { database } = c.var;
  const queue = () => runInBackground(c, "queue_subscription_check", queueCheck(database, orgId, new Date()));
  const grant = await takeCall({ env: c.env, database }, priority, new Date()).catch(denyAfterFailure);
  if (grant.kind === "denied") {
    if (priority === "required") queue();
    return { kind: "busy", retryAfterSeconds: grant.retryAfterSeconds };
  }
  const confirmedAt = new Date();
  const status = await createBilling(readConfig(c.env).polar).getSubscriptionStatus(orgId);
  switch (status.kind) {
    case "active":
      runInBackground(c, "upsert_subscription", storeReport(database, { orgId, active: true, confirmedAt }));
      break;
    case "none":
      knownNone(c.env).set(orgId, true, { maxAge: NONE_TTL_MS });
      if (known?.active || known?.waitingSince) {
        const report = { orgId, active: false, confirmedAt };
        await storeReport(database, report).catch((cause: unknown) => {
          log.error("subscription_state_failed", { cause });
        });
      }
      break;
    case "unknown":
      if (status.retryAfterSeconds === undefined) break;
      runInBackground(c, "pause_polar_calls", pauseCalls(database, status.retryAfterSeconds, new Date()));
      if (priority === "required") queue();
  }
  return status;
}

/** A creation needs D1: without it, a call would be spent for nothing. */
function denyAfterFailure(cause: unknown): CallGrant {
  log.error("call_budget_failed", { cause });
  return { kind: "denied", retryAfterSeconds: 10 };
}
