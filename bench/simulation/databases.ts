// D1 under the load: the queries that playback leaves and those of new generations, on one database or on one for each
// group of organisations, with replicas or without.
import type { Parameters } from "./parameters.ts";
import { type PlaybackReport, simulatePlayback } from "./playback.ts";
import { type Placement, type Population, placeBySize } from "./population.ts";
import { Random } from "./random.ts";
import { Server, type ServerReport } from "./server.ts";

const MS_PER_SECOND = 1000;

/** How the organisations are laid out. */
export interface Layout {
  /** Databases, each of which has a group of organisations. */
  groups: number;
  /** Whether lookups go to a replica in the region of the request. Otherwise the primary serves all. */
  replicas: boolean;
}

interface LayoutReport {
  layout: Layout;
  placement: Placement;
  /** The database instance whose offered load is highest, of those that serve lookups. */
  busiestReader: ServerReport;
  busiestPrimary: ServerReport;
}

/** One layout's database instances. */
class Databases {
  readonly #p: Parameters;
  readonly #layout: Layout;
  readonly #placement: Placement;
  readonly #primaries: Server[];
  readonly #replicas: Server[];

  constructor(p: Parameters, population: Population, layout: Layout) {
    this.#p = p;
    this.#layout = layout;
    this.#placement = placeBySize(population, layout.groups);
    const servers = (count: number) => Array.from({ length: count }, () => new Server(p.maxWaitMs));
    this.#primaries = servers(layout.groups);
    this.#replicas = servers(layout.replicas ? layout.groups * p.regions : 0);
  }

  /** System voices are in every group, as each location's requests need them. */
  lookUp(atMs: number, organisation: number, location: number): void {
    const { groups, replicas } = this.#layout;
    const group = organisation === 0 ? location % groups : this.#groupOf(organisation);
    const region = location % this.#p.regions;
    const reader = replicas ? this.#replicas[group * this.#p.regions + region] : this.#primaries[group];
    reader?.submit(atMs, this.#p.readMs);
  }

  call(atMs: number, organisation: number, serviceMs: number): void {
    this.#primaries[this.#groupOf(organisation)]?.submit(atMs, serviceMs);
  }

  #groupOf(organisation: number): number {
    return this.#placement.groups[organisation - 1] ?? 0;
  }

  report(endMs: number): LayoutReport {
    const busiest = (servers: Server[]) =>
      servers.map((server) => server.report(endMs)).reduce((a, b) => (b.offered > a.offered ? b : a));
    return {
      layout: this.#layout,
      placement: this.#placement,
      busiestReader: busiest(this.#layout.replicas ? this.#replicas : this.#primaries),
      busiestPrimary: busiest(this.#primaries),
    };
  }
}

export interface LoadReport {
  playback: PlaybackReport;
  layouts: LayoutReport[];
}

/** Runs the same load on each layout for `seconds`. */
export function simulateDatabases(
  p: Parameters,
  population: Population,
  layouts: Layout[],
  seconds: number,
): LoadReport {
  const all = layouts.map((layout) => new Databases(p, population, layout));
  const random = new Random(p.seed + 1);
  const callsPerGeneration = p.readCallsPerGeneration + p.writeCallsPerGeneration;
  const secondsPerCall = 1 / (p.generationsPerSecond * callsPerGeneration);
  let nextCall = random.exponential(secondsPerCall);

  /** A server takes its queries in the order of time. */
  const callUntil = (atSeconds: number) => {
    while (nextCall < atSeconds) {
      const isWrite = random.uniform() * callsPerGeneration < p.writeCallsPerGeneration;
      const organisation = population.draw(random);
      for (const databases of all) {
        databases.call(nextCall * MS_PER_SECOND, organisation, isWrite ? p.writeMs : p.readMs);
      }
      nextCall += random.exponential(secondsPerCall);
    }
  };

  const playback = simulatePlayback(p, population, {
    seconds,
    onLookup: ({ atSeconds, organisation, location }) => {
      callUntil(atSeconds);
      for (const databases of all) databases.lookUp(atSeconds * MS_PER_SECOND, organisation, location);
    },
  });
  callUntil(seconds);
  return { playback, layouts: all.map((databases) => databases.report(seconds * MS_PER_SECOND)) };
}
