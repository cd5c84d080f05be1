// What metering, the subscription checks and the webhook query. As many events wait as after a day of failures.
import { isPaused, pauseCalls, takeCall } from "../../src/billing/call-budget.ts";
import { deleteDelivered, findDueEvents, markDelivered, storeFailures } from "../../src/billing/outbox.ts";
import {
  findDueSubscriptions,
  findSubscription,
  moveToBack,
  queueCheck,
  storeReport,
  storeReports,
} from "../../src/billing/subscription-queries.ts";
import { claimCheck, findContext, findDueChecks, storeCheck } from "../../src/billing/totals.ts";
import { NOW } from "./data.ts";
import { scenario } from "./scenario.ts";

const HOUR_MS = 60 * 60_000;
const HOUR_AGO = new Date(NOW.getTime() - HOUR_MS);
const WEEK_AGO = new Date(NOW.getTime() - 7 * 24 * HOUR_MS);
/** The events of one request to Polar. */
const BATCH = 1000;
/** The subscriptions that one run of the cron asks about. */
const CHECKS = 60;

const ids = (prefix: string, from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}${from + i}`);
const RETRY = { attempts: 1, dueAt: new Date(NOW.getTime() + HOUR_MS), stuckAt: null, lastError: "down" };
const report = (orgId: string) => ({ orgId, active: true, confirmedAt: NOW });
const TOTAL = {
  ...{ name: "voice_creation", day: "2026-11-20", events: 1, duplicates: 0, difference: 0 },
  ...{ settledAt: WEEK_AGO, checkDueAt: HOUR_AGO },
};
const takeOneCall = (d1: D1Database) => takeCall({ env: {}, database: d1 }, "required", NOW);

export const billing = [
  scenario("due events for Polar", findDueEvents, () => [NOW, BATCH], { maxRowsRead: 2 * BATCH }),
  scenario(
    "mark events as delivered to Polar",
    markDelivered,
    (run) => [ids("due_", run * BATCH, BATCH), NOW, 0],
    // Nine for each event: counted in the totals, grouped, and changed.
    { maxRowsRead: 9 * BATCH + 20 },
  ),
  scenario(
    "store failures of events for Polar",
    storeFailures,
    (run) => [ids("due_", 6000 + run * BATCH, BATCH).map((id) => ({ id, ...RETRY }))],
    { maxRowsRead: 6 * BATCH },
  ),
  scenario("delete delivered events for Polar", deleteDelivered, () => [NOW, BATCH], {
    maxRowsRead: 6 * BATCH,
  }),
  scenario("no delivered event for Polar to delete", deleteDelivered, () => [WEEK_AGO, BATCH]),
  scenario("due checks of what Polar has", findDueChecks, () => [NOW, 10], { maxRowsRead: 20 }),
  scenario("claim a check", claimCheck, () => [TOTAL, HOUR_AGO]),
  scenario("store a check", storeCheck, () => [
    TOTAL,
    { difference: 0, checkDueAt: null },
    { names: ["voice_creation", "tts_generation"], now: NOW, keptSince: WEEK_AGO },
  ]),
  scenario("what a check needs to know", findContext, () => [TOTAL], {
    maxRowsRead: Number.POSITIVE_INFINITY,
  }),
  scenario("take a call of the budget", takeOneCall, () => []),
  scenario("pause calls to Polar", pauseCalls, () => [60, NOW]),
  scenario("whether calls to Polar are paused", isPaused, () => [NOW]),
  scenario("a subscription", findSubscription, () => ["org_1"]),
  scenario("store a subscription", storeReport, (run) => [report(`org_${run}`)]),
  scenario("store subscriptions", storeReports, (run) => [ids("org_", run * CHECKS, CHECKS).map(report)], {
    maxRowsRead: 6 * CHECKS,
  }),
  scenario("queue the check of a subscription", queueCheck, (run) => [`org_${1000 + run}`, NOW]),
  scenario("subscriptions to check", findDueSubscriptions, () => [NOW, CHECKS], { maxRowsRead: 4 * CHECKS }),
  scenario("no subscription to check", findDueSubscriptions, () => [WEEK_AGO, CHECKS]),
  scenario("check subscriptions later", moveToBack, (run) => [ids("org_", 2000 + run * 3, 3), NOW]),
];
