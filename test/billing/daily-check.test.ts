// The daily comparison of Polar's events with those that were sent, and its alarms.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { endPolarFaults, givenPolarFault, polarCalls, resetPolar, runCron } from "../support/fixtures.ts";
import { captureLog, type LogLine } from "../support/log.ts";
import { emptyMetering, givenEvents, numberOf, sendForeign } from "./given-metering.ts";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const NAME = "voice_creation";
const SPEECH = "tts_generation";
/** Midnight (UTC) of the day of the tests. Long ago, because the Polar fake, with its own clock, refuses the future. */
const DAY = Math.floor(Date.now() / DAY_MS) * DAY_MS - 60 * DAY_MS;
const day = new Date(DAY).toISOString().slice(0, 10);

let lines: LogLine[];
beforeEach(async () => {
  await emptyMetering();
  lines = captureLog();
  vi.useFakeTimers({ toFake: ["Date"], now: DAY + 20 * HOUR_MS });
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await resetPolar();
});

/** Runs the cron `hours` after the end of the day. */
async function cronAfter(hours: number, overrides: Partial<Env> = {}): Promise<void> {
  vi.setSystemTime(DAY + DAY_MS + hours * HOUR_MS);
  await runCron({ env: overrides });
}
/** Runs the cron in each of the first minutes after that: one that fails leaves other days to the next. */
async function cronsAfter(hours: number): Promise<void> {
  for (let minute = 0; minute < 4; minute += 1) await cronAfter(hours + minute / 60);
}
const alarms = (event = "metering_difference") => lines.filter((line) => line.event === event);
const counts = () => polarCalls("/events/");

/** Five events of the day, and one of the day before, so that the service has metered the whole day. */
async function givenMeteredDay(name = NAME): Promise<void> {
  await givenEvents(1, { name, occurredAt: DAY - DAY_MS });
  await givenEvents(5, { name, occurredAt: DAY + HOUR_MS });
  await runCron();
}

/** The check after the day has settled, and the one that confirms it. */
async function checkTwice(overrides: Partial<Env> = {}): Promise<void> {
  await cronAfter(3.1, overrides);
  await cronAfter(15.2, overrides);
}

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
    expect(lines).toEqual([]);
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

describe("the daily check raises no alarm", () => {
  afterEach(() => {
    expect(alarms()).toEqual([]);
  });

  it("for events in the first and the last millisecond of a day (UTC)", async () => {
    await givenMeteredDay();
    await givenEvents(2, { occurredAt: DAY });
    await givenEvents(3, { occurredAt: DAY + DAY_MS - 1 });
    await givenEvents(4, { occurredAt: DAY + DAY_MS });
    await cronAfter(1);
    for (const hours of [3.1, 15.2, 27.1, 40]) await cronAfter(hours);
    const { results } = await env.DB.prepare(
      "select events from metering_totals where events > 0 order by day",
    ).all();
    expect(results.map(({ events }) => events)).toEqual([1, 10, 4]);
    expect(await counts()).toBe(3 + 1);
  });

  it("for an event that is delivered days after it happened", async () => {
    await givenMeteredDay();
    await cronAfter(3.1);
    await givenEvents(2, { occurredAt: DAY });
    await cronAfter(5 * 24);
    await cronAfter(5 * 24 + 3.1);
    expect(await numberOf("events = 7 and check_due_at is null", "metering_totals")).toBe(1);
  });

  it("for events that Polar has, while their answer is lost", async () => {
    await givenMeteredDay();
    await givenEvents(1, { occurredAt: DAY });
    await givenPolarFault({ target: "events", kind: "lose_response" });
    await runCron();
    await env.DB.prepare("update metering_events set due_at = 9e15 where delivered_at is null").run();
    await checkTwice();
    expect(await counts()).toBeGreaterThan(1);
    expect(await numberOf("delivered_at is null")).toBe(1);
  });

  it("for an event that is delivered while Polar is asked", async () => {
    await givenMeteredDay();
    const original = globalThis.fetch;
    for (const hours of [3.1, 15.2]) {
      vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
        const isCount = String(input).includes("/v1/events/?");
        if (isCount && (await numberOf("due_at = 0")) === 0) {
          vi.mocked(globalThis.fetch).mockImplementation(original);
          await givenEvents(1, { occurredAt: DAY });
          await runCron();
        }
        return original(input, init);
      });
      await cronAfter(hours);
    }
    await cronAfter(30);
    expect(await numberOf(`day = '${day}' and events = 7 and check_due_at is null`, "metering_totals")).toBe(
      1,
    );
  });

  it("for events that Polar had before they were first sent", async () => {
    await givenMeteredDay();
    // As after the deletion of their rows: of a generation that began again under its id, on another day.
    await env.DB.prepare(
      "update metering_events set delivered_at = null, due_at = 0, occurred_at = occurred_at + ?",
    )
      .bind(DAY_MS)
      .run();
    await cronAfter(1);
    for (const hours of [3.1, 15.2, 27.1, 40]) await cronAfter(hours);
    expect(await numberOf("duplicates = 5", "metering_totals")).toBe(1);
  });

  it("for the app's own events before this service metered the name, and after it no longer does", async () => {
    // The first day.
    await givenEvents(5, { name: SPEECH, occurredAt: DAY });
    await runCron();
    await sendForeign(3, SPEECH, new Date(DAY + HOUR_MS));
    await checkTwice();
    expect(await counts()).toBeGreaterThan(0);
    // The last day, and the days after it.
    const off = { METER_GENERATIONS: "false" } as Partial<Env>;
    await givenEvents(5, { name: SPEECH, occurredAt: DAY + DAY_MS });
    await cronAfter(16);
    await sendForeign(3, SPEECH, new Date(DAY + DAY_MS + 23 * HOUR_MS));
    await sendForeign(3, SPEECH, new Date(DAY + 3 * DAY_MS));
    for (const hours of [24, 27.1, 40, 52, 75.1, 88, 100]) await cronAfter(hours, off);
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
