// When the daily check must raise no alarm, although the numbers of a day differ for a while.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { givenPolarFault, runCron } from "../support/fixtures.ts";
import {
  alarms,
  checkTwice,
  counts,
  cronAfter,
  DAY,
  DAY_MS,
  day,
  givenMeteredDay,
  HOUR_MS,
  resetBeforeEachTest,
  SPEECH,
} from "./checked-day.ts";
import { givenEvents, numberOf, sendForeign } from "./given-metering.ts";

resetBeforeEachTest();

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
