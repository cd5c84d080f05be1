// Who plays: organisations by size, and the locations in which their users are.
import type { Parameters } from "./parameters.ts";
import { hash, type Random, Zipf, zipfShares } from "./random.ts";

const UINT32 = 2 ** 32;

/** Organisations have ranks from 1, the largest. Its share of all generations is also its share of all plays. */
export class Population {
  readonly #draw: Zipf;
  readonly #generations: number;
  readonly #bounds: Float64Array;
  /** By rank less one. */
  readonly shares: Float64Array;
  /** The share of the plays that reach each location. */
  readonly locationShares: Float64Array;

  constructor(p: Parameters) {
    this.#draw = new Zipf(p.organisations, p.organisationExponent);
    this.#generations = p.generations;
    this.shares = zipfShares(p.organisations, p.organisationExponent);
    let sum = 0;
    this.#bounds = zipfShares(p.locations, 1).map((share) => {
      sum += share;
      return sum;
    });
    this.locationShares = new Float64Array(p.locations);
    for (const [index, share] of this.shares.entries()) {
      const location = this.locationOf(index + 1);
      this.locationShares[location] = (this.locationShares[location] ?? 0) + share;
    }
  }

  /** The rank of an organisation, by its share. */
  draw(random: Random): number {
    return this.#draw.draw(random);
  }

  generationsOf(rank: number): number {
    return Math.max(1, Math.round(this.#generations * (this.shares[rank - 1] ?? 0)));
  }

  /** The users of an organisation are in one location. */
  locationOf(rank: number): number {
    return this.locationAt(hash(rank) / UINT32);
  }

  /** The location at a position from 0 to 1: larger locations take more of it. */
  locationAt(position: number): number {
    let [low, high] = [0, this.#bounds.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#bounds[middle] ?? 1) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Which group each organisation is in, by rank less one, and the share of each group. */
export interface Placement {
  groups: Int32Array;
  shares: Float64Array;
}

/** By the hash of the rank, which stands for that of an id. */
export const placeByHash = (population: Population, groups: number): Placement =>
  place(population, groups, (index) => hash(index + 0x5bd1e995) % groups);

/** As a directory places them: one after the other into the smallest group, the largest first. */
export const placeBySize = (population: Population, groups: number): Placement =>
  place(population, groups, (_, shares) => indexOfSmallest(shares));

function place(
  { shares }: Population,
  groups: number,
  choose: (index: number, shares: Float64Array) => number,
): Placement {
  const placement = { groups: new Int32Array(shares.length), shares: new Float64Array(groups) };
  for (let index = 0; index < shares.length; index += 1) {
    const group = choose(index, placement.shares);
    placement.groups[index] = group;
    placement.shares[group] = (placement.shares[group] ?? 0) + (shares[index] ?? 0);
  }
  return placement;
}

function indexOfSmallest(values: Float64Array): number {
  let smallest = 0;
  for (let index = 1; index < values.length; index += 1) {
    if ((values[index] ?? 0) < (values[smallest] ?? 0)) smallest = index;
  }
  return smallest;
}

/** The share of the largest group. */
export const largestShare = ({ shares }: Placement): number => Math.max(...shares);
