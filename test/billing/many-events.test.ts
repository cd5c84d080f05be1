// The outbox at scale: how many events a run of the cron delivers, with how many calls and rows.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { countingDatabase } from "../support/bindings.ts";
import { polarCalls, resetPolar, runCron } from "../support/fixtures.ts";
import { meteredIsolate } from "../support/metered-isolate.ts";
import { emptyMetering, givenEvents, numberOf, receivedEvents } from "./given-metering.ts";

beforeEach(emptyMetering);
afterEach(async () => {
  vi.restoreAllMocks();
  await resetPolar();
});

/** Counts requests to Polar that are under way at once. */
function watchConcurrency() {
  const original = globalThis.fetch;
  const seen = { most: 0 };
  let underWay = 0;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (...args) => {
    underWay += 1;
    seen.most = Math.max(seen.most, underWay);
    return original(...args).finally(() => {
      underWay -= 1;
    });
  });
  return seen;
}

it("five runs deliver 50,000 due events once each, in 50 requests, and write two rows for each", async () => {
  const EVENTS = 50_000;
  const prefix = await givenEvents(EVENTS);
  const concurrency = watchConcurrency();
  for (let run = 0; run < 5; run += 1) {
    const { isolate, cost } = meteredIsolate();
    const { binding: DB, calls: queries } = countingDatabase(isolate.DB);
    const [callsBefore, leftBefore] = [
      await polarCalls("/events/ingest"),
      await numberOf("delivered_at is null"),
    ];
    await runCron({ minutesLater: run, env: { DB } });
    const calls = (await polarCalls("/events/ingest")) - callsBefore;
    const delivered = leftBefore - (await numberOf("delivered_at is null"));
    expect(calls).toBeLessThanOrEqual(40);
    expect(Object.values(queries).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(200);
    expect(cost.rowsWritten).toBeLessThanOrEqual(2 * delivered + 200);
    expect(cost.rowsRead).toBeLessThanOrEqual(11 * delivered + 50);
  }
  expect(await numberOf("delivered_at is null")).toBe(0);
  expect(await polarCalls("/events/ingest")).toBe(50);
  expect(concurrency.most).toBe(2);

  const received = await receivedEvents();
  expect(received).toHaveLength(EVENTS);
  expect(new Set(received.map(({ external_id }) => external_id)).size).toBe(EVENTS);
  expect(
    received.every(({ external_id, duplicates }) => external_id.startsWith(prefix) && duplicates === 0),
  ).toBe(true);
  const { results } = await env.DB.prepare("select name, events, duplicates from metering_totals").all();
  expect(results).toEqual([{ name: "voice_creation", events: EVENTS, duplicates: 0 }]);
});
