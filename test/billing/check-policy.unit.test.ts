// When the events of a day at Polar differ from those that were sent, and what follows.
import { describe, expect, it } from "vitest";
import {
  dayBefore,
  differenceOf,
  endOfDay,
  nextCheck,
  startOfDay,
  toDay,
} from "../../src/billing/check-policy.ts";

const counts = { events: 10, duplicates: 0, undelivered: 0, atPolar: 10, isComplete: true };

describe("the difference of a day", () => {
  it.each([
    ["as many as were sent", {}, 0],
    ["fewer", { atPolar: 8 }, -2],
    ["more", { atPolar: 13 }, 3],
    ["more, that may be undelivered ones", { atPolar: 13, undelivered: 3 }, 0],
    ["more than the undelivered ones", { atPolar: 14, undelivered: 3 }, 1],
    ["fewer, that it may have had before", { atPolar: 8, duplicates: 2 }, 0],
    ["fewer than those that it had not had before", { atPolar: 7, duplicates: 2 }, -1],
    ["more, on a day that was not all this service's", { atPolar: 13, isComplete: false }, 0],
    ["fewer, on a day that was not all this service's", { atPolar: 9, isComplete: false }, -1],
    ["none", { atPolar: 0 }, -10],
  ])("when Polar has %s", (_what, change, difference) => {
    expect(differenceOf({ ...counts, ...change })).toBe(difference);
  });
});

describe("after a check", () => {
  const settledAt = new Date("2026-11-02T03:00:00Z");
  const now = new Date("2026-11-02T03:01:00Z");
  it.each([
    ["that agrees, nothing follows", 0, 5, { difference: 0, checkDueAt: null, isReported: false }],
    [
      "that differs for the first time, another follows after twelve hours",
      ...([
        2,
        0,
        { difference: 2, checkDueAt: new Date("2026-11-02T15:01:00Z"), isReported: false },
      ] as const),
    ],
    [
      "that differs in the other direction, another follows after twelve hours",
      ...([
        2,
        -1,
        { difference: 2, checkDueAt: new Date("2026-11-02T15:01:00Z"), isReported: false },
      ] as const),
    ],
    [
      "that still differs, it is reported, and another follows after a day",
      ...([
        -1,
        -3,
        { difference: -1, checkDueAt: new Date("2026-11-03T03:01:00Z"), isReported: true },
      ] as const),
    ],
  ])("%s", (_what, difference, previous, expected) => {
    expect(nextCheck(difference, previous, settledAt, now)).toEqual(expected);
  });

  it("a week after the day has settled, the last report follows", () => {
    const later = new Date("2026-11-09T03:00:00Z");
    expect(nextCheck(1, 1, settledAt, later)).toEqual({ difference: 1, checkDueAt: null, isReported: true });
  });
});

it("days are those of UTC", () => {
  expect(toDay(new Date("2026-11-01T23:59:59.999Z"))).toBe("2026-11-01");
  expect(startOfDay("2026-11-01").toISOString()).toBe("2026-11-01T00:00:00.000Z");
  expect(endOfDay("2026-11-01").toISOString()).toBe("2026-11-02T00:00:00.000Z");
  expect(dayBefore("2026-03-01")).toBe("2026-02-28");
});
