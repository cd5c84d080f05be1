// Random numbers for the simulation, the same for a seed on every machine.

const UINT32 = 2 ** 32;

/** Mixes the bits of a 32-bit number (the finaliser of MurmurHash3): consecutive numbers become unrelated ones. */
export function hash(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The generator sfc32 (PractRand). */
export class Random {
  #a: number;
  #b: number;
  #c = 0;
  #counter = 1;

  constructor(seed: number) {
    this.#a = hash(seed);
    this.#b = hash(seed + 1);
    for (let round = 0; round < 12; round += 1) this.uniform();
  }

  /** From 0 to less than 1. */
  uniform(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / UINT32;
  }

  /** An integer from 0 to less than `count`. */
  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** Exponentially distributed: the time until the next of independent arrivals. */
  exponential(mean: number): number {
    return -Math.log(1 - this.uniform()) * mean;
  }
}

/**
 * Draws ranks 1 to `count` with a probability proportional to rank^-exponent, in constant time and memory, by
 * rejection-inversion (W. Hörmann, G. Derflinger, "Rejection-inversion to generate variates from monotone discrete
 * distributions", 1996).
 */
export class Zipf {
  readonly #count: number;
  readonly #exponent: number;
  readonly #first: number;
  readonly #last: number;
  readonly #shift: number;

  constructor(count: number, exponent: number) {
    this.#count = count;
    this.#exponent = exponent;
    this.#first = this.#integral(1.5) - 1;
    this.#last = this.#integral(count + 0.5);
    this.#shift = 2 - this.#inverse(this.#integral(2.5) - this.#density(2));
  }

  draw(random: Random): number {
    for (;;) {
      const u = this.#last + random.uniform() * (this.#first - this.#last);
      const x = this.#inverse(u);
      const rank = Math.min(this.#count, Math.max(1, Math.floor(x + 0.5)));
      if (rank - x <= this.#shift || u >= this.#integral(rank + 0.5) - this.#density(rank)) return rank;
    }
  }

  #density(x: number): number {
    return Math.exp(-this.#exponent * Math.log(x));
  }

  #integral(x: number): number {
    const log = Math.log(x);
    const t = (1 - this.#exponent) * log;
    return (Math.abs(t) > 1e-8 ? Math.expm1(t) / t : 1 + t / 2) * log;
  }

  #inverse(y: number): number {
    const t = Math.max(-1, y * (1 - this.#exponent));
    return Math.exp((Math.abs(t) > 1e-8 ? Math.log1p(t) / t : 1 - t / 2) * y);
  }
}

/** The share of each of `count` ranks, largest first. */
export function zipfShares(count: number, exponent: number): Float64Array {
  const shares = Float64Array.from({ length: count }, (_, index) =>
    Math.exp(-exponent * Math.log(index + 1)),
  );
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}
