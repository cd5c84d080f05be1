// The model of one D1 database against known results of queueing theory.
import { describe, expect, it } from "vitest";
import { Random } from "../../bench/simulation/random.ts";
import { Server } from "../../bench/simulation/server.ts";

const ARRIVALS = 200_000;
const UNBOUNDED = Number.POSITIVE_INFINITY;

/** Independent arrivals that offer the load `offered`, with service times of mean 1. */
function run(
  offered: number,
  serviceTime: (random: Random) => number,
  maxWait = UNBOUNDED,
  arrivals = ARRIVALS,
) {
  const [random, server] = [new Random(8), new Server(maxWait)];
  let at = 0;
  for (let arrival = 0; arrival < arrivals; arrival += 1) {
    at += random.exponential(1 / offered);
    server.submit(at, serviceTime(random));
  }
  return server.report(at);
}

describe.each([0.3, 0.5, 0.7, 0.9])("at a load of %d", (load) => {
  // The wait's own fluctuation grows with the load: at 0.9, 200,000 arrivals tell it within about a tenth.
  const tolerance = load < 0.9 ? 0.03 : 0.1;

  it("exponential service times wait for ρ/(1 - ρ) on average (M/M/1)", () => {
    const { meanWaitMs, utilisation } = run(load, (random) => random.exponential(1));
    const expected = load / (1 - load);
    expect(Math.abs(meanWaitMs - expected) / expected).toBeLessThan(tolerance);
    expect(utilisation).toBeCloseTo(load, 2);
  });

  it("constant service times wait for half of that (M/D/1)", () => {
    const expected = load / (2 * (1 - load));
    expect(Math.abs(run(load, () => 1).meanWaitMs - expected) / expected).toBeLessThan(tolerance);
  });

  it("a mix of short and long queries waits as Pollaczek and Khinchine say (M/G/1)", () => {
    // 90 % take 0.5, 10 % take 5.5: mean 1, second moment 3.25.
    const { meanWaitMs } = run(load, (random) => (random.uniform() < 0.9 ? 0.5 : 5.5));
    const expected = (load * 3.25) / (2 * (1 - load));
    expect(Math.abs(meanWaitMs - expected) / expected).toBeLessThan(2 * tolerance);
  });
});

it("a wait of exponential service times exceeds the 99th percentile of theory once in a hundred", () => {
  // P(wait > t) = ρ e^(-(1 - ρ) t) for M/M/1.
  const { p99WaitMs } = run(0.7, (random) => random.exponential(1));
  expect(p99WaitMs).toBeCloseTo(Math.log(0.7 / 0.01) / 0.3, 0);
});

it("twice the possible load is half refused, and what is accepted waits nearly as long as it may", () => {
  const report = run(2, () => 1, 50);
  expect(report.refused / report.arrivals).toBeCloseTo(0.5, 2);
  expect(report.offered).toBeCloseTo(2, 1);
  expect(report.utilisation).toBeCloseTo(1, 3);
  expect(report.meanWaitMs).toBeGreaterThan(45);
});

it.each([0.5, 0.99, 3])("every arrival is done, queued or refused at a load of %d", (load) => {
  const { arrivals, done, queued, refused } = run(load, () => 1, 20, 10_000);
  expect(arrivals).toBe(10_000);
  expect(done + queued + refused).toBe(arrivals);
  if (load > 1) expect(queued).toBeGreaterThan(10);
});
