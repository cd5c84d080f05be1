// The daily comparison of Polar's events with those that were sent, and its alarms.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { endPolarFaults, givenPolarFault, runCron } from "../support/fixtures.ts";
import {
  alarms,
  checkTwice,
  counts,
  cronAfter,
  cronsAfter,
  DAY,
  DAY_MS,
  day,
  givenMeteredDay,
  HOUR_MS,
  logLines,
  NAME,
  resetBeforeEachTest,
  SPEECH,
} from "./checked-day.ts";
import { givenEvents, numberOf, sendForeign } from "./given-metering.ts";

resetBeforeEachTest();

describe("the daily check", () => {
  it("asks Polar once for each day, three hours after its end, and raises no alarm when the numbers agree", async () => {
    await givenMeteredDay();
    await cronAfter(0);
    await cronAfter(2.9);
    // Of the day before, which had settled.
    expect(await counts()).toBe(1);
    await cronAfter(3.1);
    expect(await counts()).toBe(2);
    for (const hours of [4, 10, 20, 26]) await cronAfter(hours);
    expect(await counts()).toBe(2);
    expect(logLines()).toEqual([]);
    expect(await numberOf("check_due_at is null", "metering_totals")).toBe(2);
  });

  it("reports events that Polar has lost: their name, day and numbers, when they are still missing later", async () => {
    await givenEvents(4, { occurredAt: DAY });
    await runCron();
    await givenPolarFault({ target: "events", kind: "drop_events" });
    await givenEvents(3, { occurredAt: DAY });
    await runCron();
    await cronAfter(3.1);
    expect(alarms()).toEqual([]);
    await cronAfter(15.2);
    expect(alarms()).toMatchObject([{ name: NAME, day, sent: 7, atPolar: 4, difference: -3 }]);
  });

  it("reports a difference once a day, seven times", async () => {
    await givenPolarFault({ target: "events", kind: "drop_events" });
    await givenEvents(1, { occurredAt: DAY });
    await runCron();
    for (let hours = 0; hours < 12 * 24; hours += 6) await cronAfter(hours);
    expect(alarms()).toHaveLength(7);
    // Two names on twelve days, and the repeated checks.
    expect(await counts()).toBeLessThanOrEqual(2 * 12 + 8);
  });

  it("no longer reports a difference that has gone", async () => {
    await givenMeteredDay();
    await sendForeign(1, NAME, new Date(DAY + 1));
    await checkTwice();
    expect(alarms()).toHaveLength(1);
    await env.DB.prepare("update metering_totals set events = 6 where day = ?").bind(day).run();
    for (const hours of [40, 65, 90]) await cronAfter(hours);
    expect(alarms()).toHaveLength(1);
  });

  it.each([
    ["another program has sent", 2],
    ["Polar has twice", 5],
  ])("reports events that %s", async (_cause, more) => {
    await givenMeteredDay();
    await sendForeign(more, NAME, new Date(DAY + HOUR_MS));
    await checkTwice();
    expect(alarms()).toMatchObject([{ name: NAME, day, sent: 5, atPolar: 5 + more, difference: more }]);
  });

  it("reports foreign events of a day without any of its own, for each name that is metered", async () => {
    await givenMeteredDay();
    await cronAfter(3.1);
    // Now voices and generations have a total each day: the first day of generations is not complete.
    await cronAfter(27.1);
    await cronAfter(51.1);
    for (const name of [NAME, SPEECH]) await sendForeign(1, name, new Date(DAY + 3.5 * DAY_MS));
    for (const hours of [75.1, 99.1]) await cronAfter(hours);
    await cronAfter(111.2);
    const fourth = new Date(DAY + 3 * DAY_MS).toISOString().slice(0, 10);
    expect(alarms()).toMatchObject(
      [NAME, SPEECH].map((name) => ({ name, day: fourth, sent: 0, atPolar: 1, difference: 1 })),
    );
  });
});

describe("while Polar cannot be asked", () => {
  const checksFailed = () => alarms("metering_check_failed");
  const overdue = () => alarms("metering_check_overdue");

  it("a day is checked an hour later, and its difference is found then", async () => {
    await givenMeteredDay();
    await cronAfter(0);
    await sendForeign(1, NAME, new Date(DAY + HOUR_MS));
    await givenPolarFault({ target: "event_list", kind: "status", status: 503, times: 2 });
    await cronAfter(3.1);
    await cronAfter(3.5);
    expect(checksFailed()).toMatchObject([{ name: NAME, day }]);
    await cronAfter(4.2);
    await cronAfter(5.3);
    await cronAfter(17.4);
    expect(checksFailed()).toHaveLength(2);
    expect(overdue()).toEqual([]);
    expect(alarms()).toMatchObject([{ day, difference: 1 }]);
  });

  it.each([
    ["is down", { kind: "status", status: 503 }],
    ["refuses our token", { kind: "status", status: 403 }],
    ["allows no more requests", { kind: "status", status: 429 }],
    ["has removed the API version", { kind: "version_removed" }],
  ] as const)(
    "since it %s, an alarm is raised after three days, and none of a difference",
    async (_why, fault) => {
      await givenMeteredDay();
      await cronAfter(0);
      await givenPolarFault({ target: "event_list", ...fault, times: 1000 });
      for (let hours = 3; hours < 3 + 72; hours += 12) await cronAfter(hours);
      expect(overdue()).toEqual([]);
      expect(checksFailed().length).toBeGreaterThan(0);
      await cronsAfter(3 + 74);
      // The following days are not overdue yet.
      expect(overdue()).toMatchObject([{ name: NAME, day }]);
      expect(alarms()).toEqual([]);
      await endPolarFaults();
      await cronAfter(3 + 76);
      expect(overdue()).toHaveLength(1);
      expect(await numberOf(`day = '${day}' and check_due_at is null`, "metering_totals")).toBe(1);
    },
  );
});

it("totals are kept for 400 days", async () => {
  await givenMeteredDay();
  await env.DB.prepare("insert into metering_totals (name, day, settled_at) values (?, ?, 0), (?, ?, 0)")
    .bind(
      NAME,
      new Date(DAY - 402 * DAY_MS).toISOString().slice(0, 10),
      NAME,
      new Date(DAY - 390 * DAY_MS).toISOString().slice(0, 10),
    )
    .run();
  await cronAfter(3.1);
  expect(await numberOf("settled_at = 0", "metering_totals")).toBe(1);
});
