import { describe, expect, it } from "vitest";
import { Random, Zipf, zipfShares } from "../../bench/simulation/random.ts";

const DRAWS = 200_000;

describe("Random", () => {
  it("gives the same numbers for a seed, and others for another", () => {
    const draw = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 5 }, () => random.uniform());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it("is uniform in each tenth, and independent of the number before", () => {
    const random = new Random(3);
    const pairs = new Float64Array(100);
    let before = random.uniform();
    for (let draw = 0; draw < DRAWS; draw += 1) {
      const value = random.uniform();
      const cell = Math.floor(before * 10) * 10 + Math.floor(value * 10);
      pairs[cell] = (pairs[cell] ?? 0) + 1;
      before = value;
    }
    // Chi-square with 99 degrees of freedom: 149 is exceeded once in a thousand.
    const expected = DRAWS / 100;
    const chiSquare = pairs.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(149);
  });

  it("draws exponential times with the mean and the deviation of the distribution", () => {
    const random = new Random(4);
    const times = Array.from({ length: DRAWS }, () => random.exponential(7));
    const mean = times.reduce((sum, time) => sum + time, 0) / DRAWS;
    const deviation = Math.sqrt(times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / DRAWS);
    expect(mean).toBeCloseTo(7, 1);
    expect(deviation).toBeCloseTo(7, 1);
  });
});

describe("Zipf", () => {
  // The value of chi-square that is exceeded once in a thousand, with one degree of freedom less than ranks. A few ranks
  // show whether the first ones are right, a thousand whether the last ones are.
  it.each([
    [10, 0.8, 27.9],
    [10, 2, 27.9],
    [1000, 0.8, 1143],
    [1000, 1, 1143],
    [1000, 1.2, 1143],
  ])("draws each of %d ranks with exponent %d as often as its share says", (ranks, exponent, limit) => {
    const [random, zipf] = [new Random(5), new Zipf(ranks, exponent)];
    const drawn = new Float64Array(ranks);
    for (let draw = 0; draw < DRAWS; draw += 1) {
      const rank = zipf.draw(random);
      drawn[rank - 1] = (drawn[rank - 1] ?? 0) + 1;
    }
    const shares = zipfShares(ranks, exponent);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    const chiSquare = drawn.reduce((sum, count, index) => {
      const expected = DRAWS * (shares[index] ?? 0);
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    expect(chiSquare).toBeLessThan(limit);
  });

  it("gives the largest of a million ranks with exponent 1 the share that the harmonic number says: 7 %", () => {
    const [largest] = zipfShares(1_000_000, 1);
    // H(n) is ln n + 0.5772 + 1/2n.
    expect(largest).toBeCloseTo(1 / (Math.log(1e6) + 0.5772156649), 8);
  });
});
