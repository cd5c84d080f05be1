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
/** Of one run of the cron, in reconciliation.ts. */
const CALLS_PER_RUN = 60;

interface Scale {
  organisations: number;
  isolates: number;
  /** Calls in a burst of organisations whose state is stored, and of those whose is not. */
  calls: { deferrable: number; required: number };
}

/** What the bursts of a file share; `polar` and `startMs` are those of the running test. */
export function useBursts(isolateCount: number) {
  const shared = {
    polar: {} as VirtualPolar,
    startMs: 0,
    /** How many calls Polar answered with 429. */
    refused: () => shared.polar.calls.filter(({ status }) => status === 429).length,
    /** The isolates of a deployment without a webhook, or with one. */
    isolates: ({ hasWebhook }: { hasWebhook: boolean }) =>
      Array.from({ length: isolateCount }, () =>
        newIsolate({ VOICE_CREATION_RATE_LIMIT, ...(!hasWebhook && { POLAR_WEBHOOK_SECRET: "" }) }),
      ),
  };
  beforeEach(async () => {
    await env.DB.prepare("delete from subscriptions").run();
    shared.polar = startVirtualPolar();
    // Time is virtual: a machine that stalls for real seconds must not end a call.
    vi.spyOn(AbortSignal, "timeout").mockImplementation(() => new AbortController().signal);
    // Vitest would carry two lines for each request to its reporter.
    captureLog();
    shared.startMs = Date.now();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });
  return shared;
}

/** Each organisation and user sends one request: the rate limit, which counts by the real clock, would let it pass. */
const VOICE_CREATION_RATE_LIMIT = { limit: async () => ({ success: true }) };

const withStatus = (answers: BurstAnswer[], status: number) =>
  answers.filter((answer) => answer.status === status).map(({ orgId }) => orgId);

/** The scenarios of a burst of `organisations`, without a webhook. */
export function describeBursts({ organisations, isolates: isolateCount, calls }: Scale): void {
  const burst = useBursts(isolateCount);

  it("every organisation that was active within the hour passes", async () => {
    const orgIds = newOrgs(organisations);
    await burst.polar.setSubscriptions(orgIds, true);
    await storeConfirmations(orgIds, burst.startMs - 58 * MINUTE_MS);
    const answers = await sendBurst(orgIds, burst.isolates({ hasWebhook: false }), burst.startMs);
    expect(statusCounts(answers)).toEqual({ [PASSED]: organisations });
    expect([burst.polar.calls.length, burst.refused()]).toEqual([calls.deferrable, 0]);
  });

  it("answers organisations that it never saw rightly or with 503, and all of them by the cron", async () => {
    const orgIds = newOrgs(organisations);
    const subscribers = new Set(orgIds.filter((_, index) => index % 2 === 0));
    await burst.polar.setSubscriptions([...subscribers], true);
    const isolates = burst.isolates({ hasWebhook: false });
    const answers = await sendBurst(orgIds, isolates, burst.startMs);
    expect([burst.polar.calls.length, burst.refused()]).toEqual([calls.required, 0]);
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
      setTime(burst.startMs + run * MINUTE_MS);
      await runCron({ env: isolates[0] as Env });
    }
    expect(await waitingCount()).toBe(0);
    expect([burst.refused(), busiestMinute(burst.polar.calls) <= 200 + 2 * CALLS_PER_RUN]).toEqual([0, true]);
    const lastRun = denied.filter((orgId) => subscribers.has(orgId)).slice(-CALLS_PER_RUN / 2);
    const callsBefore = burst.polar.calls.length;
    const repeated = await sendBurst(lastRun, isolates, burst.startMs + runs * MINUTE_MS - MINUTE_MS / 2);
    expect(statusCounts(repeated)).toEqual({ [PASSED]: lastRun.length });
    expect(burst.polar.calls).toHaveLength(callsBefore);
  });
}
