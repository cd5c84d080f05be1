// Bursts of creations by more organisations than Polar allows requests in a minute. burst.full.test.ts has ten thousand.
import { describe, expect, it, vi } from "vitest";
import { newOrgs, setTime, storeConfirmations } from "../support/bursts.ts";
import { newIsolate } from "../support/call.ts";
import { fixture, runCron } from "../support/fixtures.ts";
import { upload } from "../support/uploads.ts";
import { startVirtualPolar } from "../support/virtual-polar.ts";
import { describeBursts } from "./burst-scenarios.ts";

describe("a burst of 300 organisations in a minute, in 10 isolates", () => {
  describeBursts({ organisations: 300, isolates: 10, calls: { deferrable: 170, required: 195 } });

  it("delivers at most 25 of its events at once, and the others in one request of the cron", async () => {
    const polar = startVirtualPolar();
    const startMs = Date.now();
    const orgIds = newOrgs(40);
    await polar.setSubscriptions(orgIds, true);
    await storeConfirmations(orgIds, startMs);
    const ingested = () => polar.calls.filter(({ path }) => path === "/v1/events/ingest").length;
    try {
      setTime(startMs);
      const recording = await fixture("speech.mp3");
      for (const orgId of orgIds) {
        expect((await upload(orgId, recording, { isolate: newIsolate() })).status).toBe(201);
      }
      expect(ingested()).toBe(25);
      await runCron({ minutesLater: 1 });
      expect(ingested()).toBe(26);
    } finally {
      vi.useRealTimers();
      vi.unstubAllGlobals();
    }
  });
});
