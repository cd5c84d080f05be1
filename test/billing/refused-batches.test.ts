// What Polar does not accept of a batch: one bad event, a request that is too large, an answer that is lost or wrong.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createBilling } from "../../src/billing/polar.ts";
import { readConfig } from "../../src/platform/env.ts";
import { givenPolarFault, resetPolar, runCron } from "../support/fixtures.ts";
import { captureLog, type LogLine } from "../support/log.ts";
import { shortenAbortTimeouts } from "../support/timeouts.ts";
import {
  emptyMetering,
  givenEvents,
  givenMatchingMeters,
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

it("the event of an organisation that is no customer of Polar is delivered, since Polar keeps it for one that may come", async () => {
  await givenEvents(1, { orgId: "org_without_a_customer" });
  await runCron();
  expect(await receivedEvents()).toMatchObject([{ external_customer_id: "org_without_a_customer" }]);
  expect(await undelivered()).toEqual([]);
});
