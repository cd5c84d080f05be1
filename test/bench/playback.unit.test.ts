// The caches of the simulation against what renewal theory says of caches whose entries expire.
import { describe, expect, it } from "vitest";
import { committed, type Parameters } from "../../bench/simulation/parameters.ts";
import { type Lookup, simulatePlayback } from "../../bench/simulation/playback.ts";
import { Population } from "../../bench/simulation/population.ts";
import { zipfShares } from "../../bench/simulation/random.ts";

/** A small world. */
const SMALL: Parameters = {
  ...committed,
  organisations: 2_000,
  generations: 100_000,
  playsPerSecond: 400,
  locations: 10,
};

const hitRate = (p: Parameters, options: { seconds: number; nthIsolate?: number }) => {
  const { rowCacheHits, generationPlays } = simulatePlayback(p, new Population(p), options);
  return rowCacheHits / generationPlays;
};

/** The share of hits when an entry is valid for `ttl`: a rate of λ misses once in ttl + 1/λ. */
const renewalHitRate = (rates: Iterable<number>, ttl: number) => {
  let [hits, plays] = [0, 0];
  for (const rate of rates) {
    plays += rate;
    hits += (rate * rate * ttl) / (1 + rate * ttl);
  }
  return hits / plays;
};

describe("the row cache", () => {
  it("of one isolate hits as often as renewal theory says for Zipf generations", () => {
    const p: Parameters = {
      ...SMALL,
      organisations: 1,
      generations: 5_000,
      locations: 1,
      systemVoiceShare: 1e-9,
      requestsPerListening: 1,
      playsPerIsolatePerSecond: SMALL.playsPerSecond,
      rowCacheEntries: 1e9,
    };
    const rates = zipfShares(p.generations, p.generationExponent).map((share) => share * p.playsPerSecond);
    expect(hitRate(p, { seconds: 120 })).toBeCloseTo(renewalHitRate(rates, p.rowCacheSeconds), 2);
  });

  it("hits less often the more isolates share the plays, and the fewer entries it has", () => {
    const few = hitRate({ ...SMALL, playsPerIsolatePerSecond: 40 }, { seconds: 30 });
    const many = hitRate({ ...SMALL, playsPerIsolatePerSecond: 2 }, { seconds: 30 });
    const small = hitRate({ ...SMALL, playsPerIsolatePerSecond: 40, rowCacheEntries: 20 }, { seconds: 30 });
    expect(few).toBeGreaterThan(many + 0.05);
    expect(small).toBeLessThan(few - 0.05);
  });

  it("hits more often when plays are concentrated on fewer generations", () => {
    const flat = { ...SMALL, organisationExponent: 0.6, generationExponent: 0.6 };
    const steep = { ...SMALL, organisationExponent: 1.3, generationExponent: 1.3 };
    expect(hitRate(steep, { seconds: 30 })).toBeGreaterThan(hitRate(flat, { seconds: 30 }) + 0.1);
  });

  it("hits as often in a sample of the isolates as in all of them", () => {
    const p = { ...SMALL, playsPerIsolatePerSecond: 1 };
    expect(hitRate(p, { seconds: 120, nthIsolate: 4 })).toBeCloseTo(hitRate(p, { seconds: 120 }), 1);
  });
});

it("the edge cache hits as often as renewal theory says for each voice in each location", () => {
  const p = { ...SMALL, locations: 40, playsPerSecond: 200 };
  const rates = Array.from(zipfShares(p.locations, 1)).flatMap((share) => {
    const rate = (share * p.playsPerSecond * p.systemVoiceShare) / p.systemVoices;
    return Array.from({ length: p.systemVoices }, () => rate);
  });
  const { edgeCacheHits, systemVoicePlays } = simulatePlayback(p, new Population(p), { seconds: 600 });
  expect(edgeCacheHits / systemVoicePlays).toBeCloseTo(renewalHitRate(rates, p.edgeCacheSeconds), 2);
});

it("every play is a hit of one of the caches or a lookup, and they arrive at the rate that was asked for", () => {
  const lookups: Lookup[] = [];
  const seconds = 60;
  const report = simulatePlayback(SMALL, new Population(SMALL), {
    seconds,
    onLookup: (lookup) => lookups.push(lookup),
  });
  const plays = report.generationPlays + report.systemVoicePlays;
  expect(report.rowCacheHits + report.edgeCacheHits + report.lookups).toBe(plays);
  expect(plays / seconds / SMALL.playsPerSecond).toBeCloseTo(1, 1);
  expect(report.systemVoicePlays / plays).toBeCloseTo(SMALL.systemVoiceShare, 2);
  expect(lookups).toHaveLength(report.lookups);
  const times = lookups.map(({ atSeconds }) => atSeconds);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times[0]).toBeGreaterThanOrEqual(0);
  expect(times.at(-1)).toBeLessThan(seconds);
});

it("the same seed gives the same counts, another one others", () => {
  const counts = (seed: number) =>
    simulatePlayback({ ...SMALL, seed }, new Population(SMALL), { seconds: 5 });
  expect(counts(1)).toEqual(counts(1));
  expect(counts(1)).not.toEqual(counts(2));
});
