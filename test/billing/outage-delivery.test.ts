// The delivery of events while Polar is down or slow, and by two runs of the cron at once.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deliverDue } from "../../src/billing/delivery.ts";
import { storeFailures } from "../../src/billing/outbox.ts";
import { createBilling } from "../../src/billing/polar.ts";
import { readConfig } from "../../src/platform/env.ts";
import { givenPolarFault, resetPolar, runCron } from "../support/fixtures.ts";
import { captureLog, type LogLine } from "../support/log.ts";
import {
  emptyMetering,
  givenEvents,
  ingests,
  numberOf,
  receivedEvents,
  total,
  undelivered,
} from "./given-metering.ts";

let lines: LogLine[];
beforeEach(async () => {
  await emptyMetering();
  lines = captureLog();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await resetPolar();
});

describe("while Polar is down", () => {
  it.each([
    ["answers 503", { kind: "status", status: 503 }, 7],
    ["refuses our token", { kind: "status", status: 401 }, 1],
    ["allows no more requests", { kind: "status", status: 429 }, 1],
    ["has removed the API version", { kind: "version_removed" }, 1],
  ] as const)(
    "and %s, a run sends a few requests, and counts one failure for each event",
    async (_how, fault, calls) => {
      await givenEvents(2_500);
      await givenPolarFault({ target: "events", ...fault, times: 100 });
      await runCron();
      expect(await ingests()).toBe(calls);
      expect(await numberOf("attempts = 1 and due_at > 2600")).toBe(1_000);
      expect(await numberOf("attempts = 0")).toBe(1_500);
      await resetPolar();
      for (const minutesLater of [2, 4]) await runCron({ minutesLater });
      expect(await receivedEvents()).toHaveLength(2_500);
      expect(await undelivered()).toEqual([]);
    },
  );

  it("a Retry-After stops all events, and writes one row for those that were not sent", async () => {
    await givenEvents(2_500);
    await givenPolarFault({ target: "events", kind: "status", status: 429, retryAfter: 600 });
    await runCron();
    expect(await numberOf("due_at > 2600")).toBe(1_000);
    await runCron({ minutesLater: 9 });
    expect(await ingests()).toBe(1);
    await runCron({ minutesLater: 11 });
    expect(await receivedEvents()).toHaveLength(2_500);
  });

  it("many stuck events raise one alarm line, which names ten", async () => {
    await givenEvents(50);
    await env.DB.prepare("update metering_events set attempts = 9").run();
    await givenPolarFault({ target: "events", kind: "status", status: 401 });
    await runCron();
    const alarms = lines.filter(({ event }) => event === "metering_event_stuck");
    expect(alarms).toMatchObject([{ events: 50, eventIds: expect.toSatisfy((ids) => ids.length === 10) }]);
  });
});

it("two runs at once send events twice at most, which Polar and the totals count once", async () => {
  await givenEvents(3_000);
  await Promise.all([runCron(), runCron()]);
  const received = await receivedEvents();
  expect(received).toHaveLength(3_000);
  expect(received.every(({ duplicates }) => duplicates <= 1)).toBe(true);
  expect(await undelivered()).toEqual([]);
  expect((await total())?.events).toBe(3_000);
});

it("a failure that two runs see is counted once", async () => {
  await givenEvents(5);
  await givenPolarFault({ target: "events", kind: "status", status: 401, times: 2 });
  await Promise.all([runCron(), runCron()]);
  expect(await numberOf("attempts = 1")).toBe(5);
});

it("a failure that D1 stores late changes neither a later one nor a delivered event", async () => {
  const prefix = await givenEvents(3);
  await env.DB.prepare("update metering_events set attempts = 4, due_at = 99 where id = ?")
    .bind(`${prefix}1`)
    .run();
  await env.DB.prepare("update metering_events set delivered_at = 1 where id = ?").bind(`${prefix}2`).run();
  const failure = { attempts: 4, dueAt: new Date(5), stuckAt: null, lastError: "late" };
  await storeFailures(
    env.DB,
    [1, 2, 3].map((number) => ({ id: `${prefix}${number}`, ...failure })),
  );
  const { results } = await env.DB.prepare(
    "select attempts, due_at, last_error from metering_events order by id",
  ).all();
  expect(results).toEqual([
    { attempts: 4, due_at: 99, last_error: null },
    { attempts: 0, due_at: 2, last_error: null },
    { attempts: 4, due_at: 5, last_error: "late" },
  ]);
});

it("a run ends after 35 seconds, and the next one continues", async () => {
  await givenEvents(5_000);
  const startedAt = Date.now();
  let now = startedAt;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const { deliverEvents, ...others } = createBilling(readConfig(env).polar);
  const slow: ReturnType<typeof createBilling> = {
    ...others,
    deliverEvents: async (events, timeout) => {
      now += 12_000;
      return deliverEvents(events, timeout);
    },
  };
  await deliverDue(env.DB, slow, new Date());
  expect(await numberOf("delivered_at is not null")).toBe(3_000);
  now = startedAt;
  await deliverDue(env.DB, slow, new Date());
  expect(await numberOf("delivered_at is not null")).toBe(5_000);
});
