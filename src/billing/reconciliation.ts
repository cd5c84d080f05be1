// The cron asks Polar about subscriptions: for requests that could not be answered, and, where the webhook feeds the
// stored state, again about the oldest of it. A bounded number of calls a run.
import { log } from "../platform/logger.ts";
import { isPaused, pauseCalls } from "./call-budget.ts";
import type { Billing } from "./polar.ts";
import {
  type DueSubscription,
  findDueSubscriptions,
  moveToBack,
  type SubscriptionReport,
  storeReports,
} from "./subscription-queries.ts";

/** Of the 500 that Polar allows in a minute: two runs can begin within one (see call-budget.ts). */
const MAX_CALLS_PER_RUN = 60;
/** A Worker has six connections at once; the other jobs need some. */
const CONCURRENT_CALLS = 3;
/** Polar is down, or refuses to tell of these: the others can wait for the next run. */
const MAX_FAILURES_PER_RUN = 3;
/** How old a stored "active" of the webhook becomes before Polar is asked whether it still holds. */
const RECONCILE_AFTER_MS = 60 * 60_000;

/** Asks about what is due at `now`, until the run's limit is reached or Polar does not answer. The next run continues. */
export async function reconcileSubscriptions(
  d1: D1Database,
  billing: Billing,
  hasWebhook: boolean,
  now: Date,
): Promise<void> {
  const confirmedBefore = hasWebhook ? new Date(now.getTime() - RECONCILE_AFTER_MS) : null;
  const due = await findDueSubscriptions(d1, confirmedBefore, MAX_CALLS_PER_RUN);
  if (due.length === 0 || (await isPaused(d1, new Date()))) return;
  const { reports, failed, retryAfterSeconds } = await askAll(billing, due, hasWebhook);
  await storeReports(d1, reports);
  await moveToBack(d1, failed, now);
  if (retryAfterSeconds !== undefined) await pauseCalls(d1, retryAfterSeconds, new Date());
}

interface Answers {
  reports: SubscriptionReport[];
  /** Organisations that Polar did not tell of. */
  failed: string[];
  retryAfterSeconds: number | undefined;
}

async function askAll(billing: Billing, due: DueSubscription[], hasWebhook: boolean): Promise<Answers> {
  const left = [...due];
  const reports: SubscriptionReport[] = [];
  const failed: string[] = [];
  let retryAfterSeconds: number | undefined;
  const askInTurn = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      // The real time, also when the local stack runs the jobs as of another: a later report has to win.
      const confirmedAt = new Date();
      const status = await billing.getSubscriptionStatus(next.orgId);
      if (status.kind === "unknown") {
        log.error("reconciliation_failed", { orgId: next.orgId, cause: status.cause });
        // A 429 says nothing of the organisation, which keeps its place.
        if (status.retryAfterSeconds === undefined) failed.push(next.orgId);
        else retryAfterSeconds = status.retryAfterSeconds;
        if (failed.length >= MAX_FAILURES_PER_RUN || retryAfterSeconds !== undefined) left.length = 0;
        continue;
      }
      const active = status.kind === "active";
      if (hasWebhook && next.active && !active) {
        log.error("subscription_notice_missed", { orgId: next.orgId });
      }
      reports.push({ orgId: next.orgId, active, confirmedAt });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_CALLS }, askInTurn));
  return { reports, failed, retryAfterSeconds };
}
