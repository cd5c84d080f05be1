import { describe, expect, it } from "vitest";
import { simulateDatabases } from "../../bench/simulation/databases.ts";
import { committed, type Parameters } from "../../bench/simulation/parameters.ts";
import { largestShare, Population, placeByHash, placeBySize } from "../../bench/simulation/population.ts";

const SMALL: Parameters = {
  ...committed,
  organisations: 5_000,
  generations: 500_000,
  playsPerSecond: 500,
  generationsPerSecond: 5,
};

describe("a placement of organisations in groups", () => {
  const population = new Population(SMALL);
  const [largest = 0] = population.shares;

  it("by size is bounded by the largest organisation, however many groups there are", () => {
    for (const groups of [1, 4, 64, 256]) {
      const share = largestShare(placeBySize(population, groups));
      expect(share).toBeGreaterThanOrEqual(largest);
      expect(share).toBeLessThanOrEqual(Math.max(largest, 1 / groups) + 0.005);
    }
  });

  it("by hash adds others to the largest organisation", () => {
    expect(largestShare(placeByHash(population, 64))).toBeGreaterThan(largest);
  });

  it("has each organisation in one group: the shares of the groups are 1, and those of their organisations", () => {
    const { groups, shares } = placeBySize(population, 8);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    const third = population.shares.reduce((sum, share, index) => sum + (groups[index] === 3 ? share : 0), 0);
    expect(shares[3]).toBeCloseTo(third, 9);
    expect(Math.min(...shares)).toBeGreaterThan(0.1);
  });
});

describe("the load on D1", () => {
  const SECONDS = 60;
  const single = { groups: 1, replicas: false };
  const replicated = { groups: 1, replicas: true };
  const grouped = { groups: 8, replicas: true };
  const population = new Population(SMALL);
  const { playback, layouts } = simulateDatabases(SMALL, population, [single, replicated, grouped], SECONDS);
  const [alone, withReplicas, inGroups] = layouts;

  it("on one database without replicas is all lookups and all calls of new generations", () => {
    const callMs =
      SMALL.generationsPerSecond *
      (SMALL.readCallsPerGeneration * SMALL.readMs + SMALL.writeCallsPerGeneration * SMALL.writeMs);
    const expected = ((playback.lookups / SECONDS) * SMALL.readMs + callMs) / 1000;
    expect(alone?.busiestReader.offered).toBeCloseTo(expected, 2);
    expect(alone?.busiestReader).toEqual(alone?.busiestPrimary);
  });

  it("leaves the primary only the calls of new generations when there are replicas", () => {
    // 5 generations a second, each 3 × 1 ms and 4 × 5 ms.
    expect(withReplicas?.busiestPrimary.offered).toBeCloseTo(0.115, 2);
    const arrivals = withReplicas?.busiestReader.arrivals;
    expect(arrivals).toBeLessThan(playback.lookups);
    expect(arrivals).toBeGreaterThan(playback.lookups / SMALL.regions);
  });

  it("of eight groups is at the busiest primary as large as its share of the organisations", () => {
    const share = inGroups ? largestShare(inGroups.placement) : 0;
    const ratio = (inGroups?.busiestPrimary.offered ?? 0) / (withReplicas?.busiestPrimary.offered ?? 1);
    expect(Math.abs(ratio / share - 1)).toBeLessThan(0.2);
  });

  it("of eight groups is less at the busiest replica, whose region is that of the largest organisation", () => {
    const [largest = 0] = population.shares;
    const ratio = (inGroups?.busiestReader.arrivals ?? 0) / playback.lookups;
    expect(ratio).toBeLessThan((withReplicas?.busiestReader.arrivals ?? 0) / playback.lookups);
    expect(ratio).toBeGreaterThan(largest / 2);
  });
});
