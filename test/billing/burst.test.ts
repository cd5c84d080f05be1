// Bursts of creations by more organisations than Polar allows requests in a minute. burst.full.test.ts has ten thousand.
import { describe, expect, it } from "vitest";
import { newOrgs, PASSED, sendBurst, setTime, statusCounts, storeConfirmations } from "../support/bursts.ts";
import { newIsolate } from "../support/call.ts";
import { fixture, runCron } from "../support/fixtures.ts";
import { upload } from "../support/uploads.ts";
import { describeBursts, useBursts } from "./burst-scenarios.ts";

const HOUR_MS = 60 * 60_000;

describe("a burst of 300 organisations in a minute, in 10 isolates", () => {
  describeBursts({ organisations: 300, isolates: 10, calls: { deferrable: 170, required: 195 } });
});

describe("a burst", () => {
  const burst = useBursts(10);

  it("of organisations that were active within the day passes where a webhook is set up, without a call", async () => {
    const orgIds = newOrgs(100);
    await burst.polar.setSubscriptions(orgIds, true);
    await storeConfirmations(orgIds, burst.startMs - 23 * HOUR_MS);
    const answers = await sendBurst(orgIds, burst.isolates({ hasWebhook: true }), burst.startMs);
    expect(statusCounts(answers)).toEqual({ [PASSED]: orgIds.length });
    expect(burst.polar.calls).toEqual([]);
  });

  it("passes where Polar allows less than the budget, which stops at the first 429", async () => {
    const orgIds = newOrgs(100);
    await burst.polar.setSubscriptions(orgIds, true);
    await burst.polar.setRateLimit(20);
    await storeConfirmations(orgIds, burst.startMs - HOUR_MS / 2);
    const answers = await sendBurst(orgIds, burst.isolates({ hasWebhook: false }), burst.startMs);
    expect(statusCounts(answers)).toEqual({ [PASSED]: orgIds.length });
    // Ten ask at the same time.
    expect(burst.refused()).toBeGreaterThan(0);
    expect(burst.refused()).toBeLessThanOrEqual(10);
  });

  it("of creations delivers at most 25 of its events at once, and the others in one request of the cron", async () => {
    const { polar, startMs } = burst;
    const orgIds = newOrgs(40);
    await polar.setSubscriptions(orgIds, true);
    await storeConfirmations(orgIds, startMs);
    const ingested = () => polar.calls.filter(({ path }) => path === "/v1/events/ingest").length;
    setTime(startMs);
    const recording = await fixture("speech.mp3");
    for (const orgId of orgIds) {
      expect((await upload(orgId, recording, { isolate: newIsolate() })).status).toBe(201);
    }
    expect(ingested()).toBe(25);
    await runCron({ minutesLater: 1 });
    expect(ingested()).toBe(26);
  });
});
