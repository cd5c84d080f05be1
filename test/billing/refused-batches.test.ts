// What Polar does not accept of a batch: one bad event, a request that is too large, an answer that is lost or wrong.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { deliverDue } from "../../src/billing/delivery.ts";
import { storeFailures } from "../../src/billing/outbox.ts";
import { createBilling } from "../../src/billing/polar.ts";
import { readConfig } from "../../src/platform/env.ts";
import { givenPolarFault, polarCalls, resetPolar, runCron } from "../support/fixtures.ts";
import { captureLog, type LogLine } from "../support/log.ts";
import { shortenAbortTimeouts } from "../support/timeouts.ts";
import {
  emptyMetering,
  givenEvents,
  givenMatchingMeters,
  numberOf,
  receivedEvents,
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

const undelivered = async () =>
  (await env.DB.prepare("select * from metering_events where delivered_at is null").all()).results;
const ingests = () => polarCalls("/events/ingest");
const total = () => env.DB.prepare("select events, duplicates from metering_totals").first();

/** An event that Polar refuses, for its name, and among how many others it is due. */
async function givenBadEvent(before: number, after: number): Promise<string> {
  await givenEvents(before, { dueAt: 0 });
  const bad = `${await givenEvents(1, { name: "x".repeat(129), dueAt: 10_000 })}1`;
  await givenEvents(after, { dueAt: 20_000 });
  return bad;
}

/** Polar with a refusal that does not say which event is at fault. */
function withoutDetail() {
  const original = globalThis.fetch;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (...args) => {
    const response = await original(...args);
    if (response.status !== 422) return response;
    await response.body?.cancel();
    return Response.json(
      { error: "RequestValidationError", detail: [{ type: "x", loc: ["body"] }] },
      { status: 422 },
    );
  });
}

describe("one event that Polar refuses in a batch of a thousand", () => {
  it("costs one request more when Polar names it, and the others are delivered", async () => {
    const bad = await givenBadEvent(600, 399);
    await runCron();
    expect(await receivedEvents()).toHaveLength(999);
    expect(await undelivered()).toMatchObject([
      { id: bad, attempts: 1, last_error: expect.stringContaining('"events",600,"name"') },
    ]);
    expect(await ingests()).toBe(2);
  });

  it.each([
    ["first", 0, 999],
    ["in the middle", 499, 500],
    ["last", 999, 0],
  ])(
    "is found when it is %s and Polar does not name it, by at most 21 requests",
    async (_where, before, after) => {
      const bad = await givenBadEvent(before, after);
      withoutDetail();
      await runCron();
      expect(await receivedEvents()).toHaveLength(999);
      expect(await undelivered()).toMatchObject([{ id: bad, attempts: 1 }]);
      expect(await ingests()).toBeLessThanOrEqual(21);
    },
  );

  it("is found when Polar answers 500 to every request that has it", async () => {
    await givenEvents(500);
    const bad = `${await givenEvents(1, { dueAt: 10_000 })}1`;
    await givenEvents(499, { dueAt: 20_000 });
    const original = globalThis.fetch;
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) =>
      String(init?.body).includes(bad) ? new Response("oops", { status: 500 }) : original(input, init),
    );
    await runCron();
    expect(await receivedEvents()).toHaveLength(999);
    expect(await undelivered()).toMatchObject([{ id: bad, attempts: 1 }]);
  });
});

it("a thousand events of which all are refused by name cost one request", async () => {
  await givenEvents(1_000, { name: "x".repeat(129) });
  await runCron();
  expect(await ingests()).toBe(1);
  expect(await numberOf("attempts = 1 and due_at > 0 and delivered_at is null")).toBe(1_000);
  expect(lines.filter(({ event }) => event === "metering_delivery_failed")).toMatchObject([
    { events: 1_000 },
  ]);
});

it("a batch that is too many bytes (413) or too many rows (500) for Polar is divided, and delivered in one run", async () => {
  await givenEvents(1_000);
  await givenPolarFault({ target: "events", kind: "status", status: 413 });
  await runCron();
  expect(await ingests()).toBe(1 + 4);
  expect(await numberOf("delivered_at is null")).toBe(0);
  // Nine meters: 1000 events need 63,000 of the 32,767 parameters of a statement.
  await givenMatchingMeters(9);
  await givenEvents(2_000);
  await runCron({ minutesLater: 1 });
  expect(await numberOf("delivered_at is null or attempts > 0")).toBe(0);
  expect(await receivedEvents()).toHaveLength(3_000);
  expect(lines).toEqual([]);
});

it("events whose answer is lost are sent again in the same run, and counted once", async () => {
  await givenEvents(1_000);
  await givenPolarFault({ target: "events", kind: "lose_response" });
  await runCron();
  expect(await receivedEvents()).toHaveLength(1_000);
  expect(await undelivered()).toEqual([]);
  expect(await total()).toEqual({ events: 1_000, duplicates: 0 });
});

it("events that Polar received after the timeout are delivered as its duplicates, and counted once", async () => {
  shortenAbortTimeouts();
  const prefix = await givenEvents(3);
  const billing = createBilling(readConfig(env).polar);
  const events = [1, 2, 3].map((n) => ({
    ...{ id: `${prefix}${n}`, name: "voice_creation", orgId: "org_metered" },
    ...{ metadata: null, occurredAt: new Date() },
  }));
  await givenPolarFault({ target: "events", kind: "hang", times: 4 });
  await runCron();
  expect(await numberOf("attempts = 1 and delivered_at is null")).toBe(3);
  await billing.deliverEvents(events);
  await runCron({ minutesLater: 2 });
  expect(await receivedEvents()).toMatchObject([{ duplicates: 1 }, { duplicates: 1 }, { duplicates: 1 }]);
  expect(await total()).toEqual({ events: 3, duplicates: 0 });
});

it("events that Polar had before they were first sent are counted as such", async () => {
  await givenEvents(3);
  const before = await env.DB.prepare("select * from metering_events").all<{ id: string }>();
  await runCron();
  await emptyMetering();
  for (const { id } of before.results) {
    await env.DB.prepare(
      "insert into metering_events (id, name, org_id, occurred_at, due_at) values (?, 'voice_creation', 'o', 0, 0)",
    )
      .bind(id)
      .run();
  }
  await runCron({ minutesLater: 1 });
  expect(await total()).toEqual({ events: 3, duplicates: 3 });
});

it("an answer with fewer events than were sent delivers none of them, and they are sent again", async () => {
  await givenEvents(8);
  await givenPolarFault({ target: "events", kind: "report_fewer", times: 2 });
  await runCron();
  expect(await numberOf("delivered_at is null")).toBe(0);
  expect(await ingests()).toBeGreaterThan(4);
  expect(await receivedEvents()).toHaveLength(8);
  expect(await total()).toEqual({ events: 8, duplicates: 0 });
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

it("the event of an organisation that is no customer of Polar is delivered, since Polar keeps it for one that may come", async () => {
  await givenEvents(1, { orgId: "org_without_a_customer" });
  await runCron();
  expect(await receivedEvents()).toMatchObject([{ external_customer_id: "org_without_a_customer" }]);
  expect(await undelivered()).toEqual([]);
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
