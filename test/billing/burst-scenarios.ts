// What must hold when many organisations create voices within a minute, and Polar allows 500 requests in it.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  type BurstAnswer,
  newOrgs,
  PASSED,
  sendBurst,
  setTime,
  statusCounts,
  storeConfirmations,
  waitingCount,
} from "../support/bursts.ts";
import { newIsolate } from "../support/call.ts";
import { runCron } from "../support/fixtures.ts";
import { captureLog } from "../support/log.ts";
import { busiestMinute, startVirtualPolar, type VirtualPolar } from "../support/virtual-polar.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Of one run of the cron, in reconciliation.ts. */
const CALLS_PER_RUN = 60;

interface Scale {
  organisations: number;
  isolates: number;
  /** Calls in a burst of organisations whose state is stored, and of those whose is not. */
  calls: { deferrable: number; required: number };
}

/** The scenarios of a burst of `organisations`. */
export function describeBursts({ organisations, isolates: isolateCount, calls }: Scale): void {
  let polar: VirtualPolar;
  let startMs: number;
  beforeEach(async () => {
    await env.DB.prepare("delete from subscriptions").run();
    await env.DB.prepare("delete from polar_call_budget").run();
    polar = startVirtualPolar();
    // Vitest would carry two lines for each request to its reporter.
    captureLog();
    startMs = Date.now();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  // Each organisation and user sends one request: the rate limit, which counts by the real clock, would let it pass.
  const VOICE_CREATION_RATE_LIMIT = { limit: async () => ({ success: true }) };
  const newIsolates = (overrides: Record<string, unknown>) =>
    Array.from({ length: isolateCount }, () => newIsolate({ VOICE_CREATION_RATE_LIMIT, ...overrides }));
  const withoutWebhook = () => newIsolates({ POLAR_WEBHOOK_SECRET: "" });
  const refused = () => polar.calls.filter(({ status }) => status === 429).length;
  const withStatus = (answers: BurstAnswer[], status: number) =>
    answers.filter((answer) => answer.status === status).map(({ orgId }) => orgId);

  it("without a webhook, every organisation that was active within the hour passes", async () => {
    const orgIds = newOrgs(organisations);
    await polar.setSubscriptions(orgIds, true);
    await storeConfirmations(orgIds, startMs - 58 * MINUTE_MS);
    const answers = await sendBurst(orgIds, withoutWebhook(), startMs);
    expect(statusCounts(answers)).toEqual({ [PASSED]: organisations });
    expect([polar.calls.length, refused()]).toEqual([calls.deferrable, 0]);
  });

  it("with a webhook, organisations that were active within the day pass, and Polar is not asked", async () => {
    const orgIds = newOrgs(organisations);
    await polar.setSubscriptions(orgIds, true);
    await storeConfirmations(orgIds, startMs - 23 * HOUR_MS);
    const answers = await sendBurst(orgIds, newIsolates({}), startMs);
    expect(statusCounts(answers)).toEqual({ [PASSED]: organisations });
    expect(polar.calls).toEqual([]);
  });

  it("passes while Polar allows less than the budget, and stops at the first 429", async () => {
    const orgIds = newOrgs(organisations);
    await polar.setSubscriptions(orgIds, true);
    await polar.setRateLimit(20);
    await storeConfirmations(orgIds, startMs - 58 * MINUTE_MS);
    const answers = await sendBurst(orgIds, withoutWebhook(), startMs);
    expect(statusCounts(answers)).toEqual({ [PASSED]: organisations });
    // Those that asked at the same time as the first that was refused.
    expect(refused()).toBeGreaterThan(0);
    expect(refused()).toBeLessThanOrEqual(10);
  });

  it("answers organisations that it never saw rightly or with 503, and all of them by the cron", async () => {
    const orgIds = newOrgs(organisations);
    const subscribers = new Set(orgIds.filter((_, index) => index % 2 === 0));
    await polar.setSubscriptions([...subscribers], true);
    const isolates = withoutWebhook();
    const answers = await sendBurst(orgIds, isolates, startMs);
    expect([polar.calls.length, refused()]).toEqual([calls.required, 0]);
    const denied = withStatus(answers, 503);
    expect(denied).toHaveLength(organisations - calls.required);
    for (const { status, retryAfter } of answers) {
      if (status === 503) expect(Number(retryAfter)).toBeGreaterThan(0);
    }
    expect(withStatus(answers, PASSED).filter((orgId) => !subscribers.has(orgId))).toEqual([]);
    expect(withStatus(answers, 403).filter((orgId) => subscribers.has(orgId))).toEqual([]);
    expect(withStatus(answers, PASSED).length + withStatus(answers, 403).length).toBe(calls.required);

    // Nobody asks again: the cron alone answers those who wait, in the order of their requests.
    const runs = Math.ceil(denied.length / CALLS_PER_RUN);
    for (let run = 1; run <= runs; run += 1) {
      expect(await waitingCount()).toBe(denied.length - (run - 1) * CALLS_PER_RUN);
      setTime(startMs + run * MINUTE_MS);
      await runCron({ env: isolates[0] as Env });
    }
    expect(await waitingCount()).toBe(0);
    expect([refused(), busiestMinute(polar.calls) <= 200 + 2 * CALLS_PER_RUN]).toEqual([0, true]);
    const lastRun = denied.filter((orgId) => subscribers.has(orgId)).slice(-CALLS_PER_RUN / 2);
    const callsBefore = polar.calls.length;
    const repeated = await sendBurst(lastRun, isolates, startMs + runs * MINUTE_MS - MINUTE_MS / 2);
    expect(statusCounts(repeated)).toEqual({ [PASSED]: lastRun.length });
    expect(polar.calls).toHaveLength(callsBefore);
  });
}
