import { describe, expect, it } from "vitest";
import { eventsPerRun, simulateOutbox } from "../../bench/simulation/outbox.ts";
import { committed } from "../../bench/simulation/parameters.ts";

const p = {
  ...committed,
  requestsPerRun: 40,
  eventsPerRequest: 80,
  parallelRequests: 1,
  polarMs: 200,
  runMs: 60_000,
};

describe("a run of the outbox delivers the least of", () => {
  it("what it may send", () => expect(eventsPerRun(p)).toBe(40 * 80));

  it("what fits into its time", () => expect(eventsPerRun({ ...p, polarMs: 3_000 })).toBe(20 * 80));

  it("what Polar takes besides the requests of new voices", () => {
    const busy = { ...p, requestsPerRun: 1_000, parallelRequests: 10, voiceCreationsPerSecond: 1 };
    expect(eventsPerRun(busy)).toBe((500 - 60 * 2) * 80);
    expect(eventsPerRun({ ...busy, voiceCreationsPerSecond: 10 })).toBe(0);
  });
});

describe("the backlog", () => {
  const perSecond = eventsPerRun(p) / 60;

  it("stays empty below the capacity", () => {
    expect(simulateOutbox(p, perSecond * 0.9, 120)).toMatchObject({ backlog: 0, oldestMinutes: 0 });
  });

  it("grows by what arrives beyond the capacity", () => {
    const { backlog, oldestMinutes } = simulateOutbox(p, perSecond * 1.5, 120);
    expect(backlog / (perSecond * 0.5 * 120 * 60)).toBeCloseTo(1, 1);
    // A third of what arrived is not delivered: that of the last 40 minutes.
    expect(Math.abs(oldestMinutes - 40)).toBeLessThan(3);
  });

  it("of an hour without Polar is worked off at the spare capacity", () => {
    // Half of the capacity is spare: after an hour as much has been delivered as arrived in both.
    expect(simulateOutbox(p, perSecond * 0.5, 130, 60).backlog).toBe(0);
    expect(simulateOutbox(p, perSecond * 0.5, 110, 60).backlog).toBeGreaterThan(0);
  });

  it("and what was delivered are all that arrived", () => {
    for (const rate of [1, perSecond, perSecond * 3]) {
      const { arrived, delivered, backlog } = simulateOutbox(p, rate, 60, 20);
      expect(delivered + backlog).toBe(arrived);
      expect(arrived / (rate * 3600)).toBeCloseTo(1, 0);
    }
  });
});
