// The calls to Polar that requests may make, in all isolates together.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { type CallPriority, isPaused, pauseCalls, takeCall } from "../../src/billing/call-budget.ts";
import { failingQueries } from "../support/bindings.ts";
import { newCountingIsolate, newIsolate } from "../support/call.ts";
import { fixture, givenCustomer, newOrg, polarCalls, runCron } from "../support/fixtures.ts";
import { costOf } from "../support/metered-isolate.ts";
import { upload } from "../support/uploads.ts";

const START_MS = Date.UTC(2026, 2, 4, 5, 6, 7);
const MINUTE_MS = 60_000;

/** Takes a call in an isolate of its own, unless one is given. */
const take = async (priority: CallPriority, afterMs: number, isolate: Env = newIsolate()) =>
  takeCall({ env: isolate, database: isolate.DB }, priority, new Date(START_MS + afterMs));

/** How many of `calls` are granted. */
async function granted(calls: number, priority: CallPriority, afterMs: number): Promise<number> {
  let count = 0;
  for (let n = 0; n < calls; n += 1) count += (await take(priority, afterMs)).kind === "granted" ? 1 : 0;
  return count;
}

describe("the call budget", () => {
  it("grants fifty calls at once, half of them to calls that can wait, and one more each 400 ms", async () => {
    expect(await granted(60, "deferrable", 0)).toBe(25);
    expect(await granted(60, "required", 0)).toBe(25);
    expect(await granted(2, "required", 399)).toBe(0);
    expect(await granted(2, "required", 400)).toBe(1);
    expect(await granted(2, "deferrable", 400)).toBe(0);
    expect(await granted(9, "required", 4 * 400)).toBe(3);
  });

  it("grants at most two hundred calls in any minute, however they are spread", async () => {
    const times: number[] = [];
    for (let afterMs = 0; afterMs < 3 * MINUTE_MS; afterMs += 250) {
      // A pause lets the burst fill up again.
      if (afterMs > MINUTE_MS / 2 && afterMs < MINUTE_MS) continue;
      for (let n = 0; n < 2; n += 1) if (await granted(1, "required", afterMs)) times.push(afterMs);
    }
    const inMinuteFrom = (start: number) => times.filter((at) => at >= start && at < start + MINUTE_MS);
    expect(Math.max(...times.map((start) => inMinuteFrom(start).length))).toBeLessThanOrEqual(200);
    expect(times.length).toBeGreaterThan(300);
  });

  it("is not asked again in D1 by an isolate that knows that it is spent", async () => {
    await granted(50, "required", 0);
    const { isolate, d1 } = newCountingIsolate();
    const denied = { kind: "denied", retryAfterSeconds: 30 };
    expect(await take("required", 0, isolate)).toEqual(denied);
    const queries = { ...d1 };
    expect(await take("required", 399, isolate)).toEqual(denied);
    expect(d1).toEqual(queries);
    expect(await take("required", 400, isolate)).toEqual({ kind: "granted" });
  });

  it("grants no call before a Retry-After of Polar is over, and a shorter one does not end it", async () => {
    const now = new Date(START_MS);
    await pauseCalls(env.DB, 60, now);
    await pauseCalls(env.DB, 7, now);
    expect(await take("required", 1000)).toEqual({ kind: "denied", retryAfterSeconds: 59 });
    expect(await isPaused(env.DB, new Date(START_MS + 59_999))).toBe(true);
    expect(await isPaused(env.DB, new Date(START_MS + MINUTE_MS))).toBe(false);
    expect(await take("required", MINUTE_MS)).toEqual({ kind: "granted" });
  });

  it("pauses for ten minutes at most", async () => {
    await pauseCalls(env.DB, 86_400, new Date(START_MS));
    expect(await take("required", 10 * MINUTE_MS)).toEqual({ kind: "granted" });
  });

  it("writes one row for a call, and reads two", async () => {
    await take("required", 0);
    const cost = await costOf((isolate) => take("required", 0, isolate));
    expect(cost).toMatchObject({ rowsWritten: 1, rowsRead: expect.toSatisfy((rows) => rows <= 3) });
  });

  it("that is spent makes the creation of an organisation never seen 503, which the cron then answers", async () => {
    const orgId = await givenCustomer({ active: true });
    const state = `/customers/external/${orgId}/state`;
    for (let n = 0; n < 50; n += 1) {
      const isolate = newIsolate();
      await takeCall({ env: isolate, database: isolate.DB }, "required", new Date(Date.now() + MINUTE_MS));
    }
    const response = await upload(orgId, await fixture("speech.mp3"));
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).not.toBeNull();
    expect(await response.json()).toEqual({
      error: "Your subscription could not be checked right now. Please try again in a moment.",
    });
    expect(await polarCalls(state)).toBe(0);
    await runCron();
    expect(await polarCalls(state)).toBe(1);
    expect((await upload(orgId, await fixture("speech.mp3"))).status).toBe(201);
    expect(await polarCalls(state)).toBe(1);
  });

  it("that D1 cannot read denies a call: 503, not 403, and Polar is not asked", async () => {
    const orgId = newOrg();
    const DB = failingQueries(env.DB, /"polar_call_budget"/);
    expect((await upload(orgId, await fixture("speech.mp3"), { env: { DB } })).status).toBe(503);
    expect(await polarCalls(`/customers/external/${orgId}/state`)).toBe(0);
  });
});
