// The tables of docs/scale.md, and those of them that need the load on D1.
import { markdownTable } from "../document.ts";
import { bytesPerGeneration, durableObjectsSurcharge, SECONDS_PER_MONTH } from "./capacity.ts";
import { type LoadReport, simulateDatabases } from "./databases.ts";
import { compact, money, percent, significant } from "./format.ts";
import { eventsPerRun } from "./outbox.ts";
import type { Parameters } from "./parameters.ts";
import { assumedTable, billTable, growthTable, outboxTable, sizeTable } from "./plain-tables.ts";
import { simulatePlayback } from "./playback.ts";
import { largestShare, Population, placeByHash } from "./population.ts";
import { measureRowSizes, type RowSizes } from "./row-sizes.ts";
import type { ServerReport } from "./server.ts";

/** Long enough for the waits of an instance that is nearly full. */
const LOAD_SECONDS = 10;
const CACHE_SECONDS = 10;
const NTH_ISOLATE = 20;
const MEASURED_ROWS = 10_000;
const BYTES_PER_GB = 1e9;

export type TableName =
  | "first"
  | "rows"
  | "growth"
  | "load"
  | "caches"
  | "outbox"
  | "bill"
  | "groups"
  | "assumed";

const ONE_DATABASE = [false, true].map((replicas) => ({ groups: 1, replicas }));

type Row = (string | number)[];

/** Runs everything. */
export function simulate(p: Parameters): Record<TableName, string> {
  const sizes = measureRowSizes(p, MEASURED_ROWS, p.seed);
  const population = new Population(p);
  const layouts = [...ONE_DATABASE, ...[4, 16, 64].map((groups) => ({ groups, replicas: true }))];
  const load = simulateDatabases(p, population, layouts, LOAD_SECONDS);
  const [single, replicated] = load.layouts;
  if (!single || !replicated) throw new Error("No layout was simulated");
  const lookups = load.playback.lookups / LOAD_SECONDS;
  const edgeHits = load.playback.edgeCacheHits / LOAD_SECONDS / p.playsPerSecond;

  return {
    first: first(p, sizes, single.busiestReader.offered, replicated.busiestReader.offered),
    rows: sizeTable(p, sizes),
    growth: growthTable(p, sizes),
    load: loads(p, population, load),
    caches: caches(p),
    outbox: outboxTable(p),
    bill: billTable(p, sizes, { lookups: lookups / p.playsPerSecond, edgeHits }),
    groups: groups(p, sizes, population, load),
    assumed: assumedTable(p),
  };
}

/** The load on more and more databases. The first layout has no replicas. */
function groups(p: Parameters, sizes: RowSizes, population: Population, load: LoadReport): string {
  const lookups = (load.playback.lookups / LOAD_SECONDS) * SECONDS_PER_MONTH;
  const gb = (share: number, withPeaks: boolean) =>
    (share * p.generations * bytesPerGeneration(p, sizes, withPeaks)) / BYTES_PER_GB;
  return markdownTable(
    [
      "databases",
      "largest by hash",
      "placed by size",
      "its GB",
      "without peaks",
      "busiest replica",
      "p99 wait, ms",
      "busiest primary",
      "Durable Objects, $ more",
    ],
    load.layouts
      .slice(1)
      .map(({ layout: { groups: count }, placement, busiestReader, busiestPrimary }): Row => {
        const share = largestShare(placement);
        return [
          count,
          percent(largestShare(placeByHash(population, count))),
          percent(share),
          significant(gb(share, true)),
          significant(gb(share, false)),
          percent(busiestReader.offered),
          p99Wait(busiestReader),
          percent(busiestPrimary.offered),
          money(durableObjectsSurcharge(p, count, lookups, gb(1, true))),
        ];
      }),
  );
}

/** What is reached first as the load grows: the smallest share of the load asked about first. */
function first(p: Parameters, sizes: RowSizes, withoutReplicas: number, withReplicas: number): string {
  const generationMs = p.readCallsPerGeneration * p.readMs + p.writeCallsPerGeneration * p.writeMs;
  const limits: [string, number, number, string][] = [
    [
      "D1: 10 GB, as shipped",
      p.databaseBytes / bytesPerGeneration(p, sizes, true),
      p.generations,
      "generations",
    ],
    [
      "D1: 10 GB, with the peaks elsewhere",
      p.databaseBytes / bytesPerGeneration(p, sizes, false),
      p.generations,
      "generations",
    ],
    ["D1: reads, without replicas", p.playsPerSecond / withoutReplicas, p.playsPerSecond, "plays/s"],
    ["D1: reads, at the busiest replica", p.playsPerSecond / withReplicas, p.playsPerSecond, "plays/s"],
    ["D1: one writer", 1000 / generationMs, p.generationsPerSecond, "generations/s"],
    [
      "Polar: the outbox",
      eventsPerRun(p) / 60,
      p.generationsPerSecond + p.voiceCreationsPerSecond,
      "events/s",
    ],
    [
      "Polar: 500 requests a minute",
      p.polarRequestsPerMinute / 60 / p.polarRequestsPerVoice,
      p.voiceCreationsPerSecond,
      "new voices/s",
    ],
    [
      "Workers Logs: lines a day",
      p.logLinesPerDay / 86_400 / p.logLinesPerPlay,
      p.playsPerSecond,
      "requests/s",
    ],
  ];
  return markdownTable(
    ["limit", "reached at", "asked about", "share of it"],
    limits
      .toSorted(([, a, aOf], [, b, bOf]) => a / aOf - b / bOf)
      .map(([name, at, of, unit]): Row => [name, `${compact(at)} ${unit}`, compact(of), times(at / of)]),
  );
}

const times = (ratio: number) => (ratio < 1 ? percent(ratio) : `${significant(ratio)} ×`);

/** More than a server can do makes waits grow until callers give up. */
const p99Wait = ({ offered, p99WaitMs }: ServerReport) => (offered < 1 ? significant(p99WaitMs) : "grows");

/** The load asked about and smaller ones. The first two layouts of `full` are one database, without replicas and with. */
function loads(p: Parameters, population: Population, full: LoadReport): string {
  return markdownTable(
    [
      "plays/s",
      "row cache",
      "edge cache",
      "D1 reads/s",
      "primary alone",
      "p99 wait, ms",
      "busiest replica",
      "p99 wait, ms",
    ],
    [0.1, 0.2, 0.5, 1].map((share): Row => {
      const playsPerSecond = p.playsPerSecond * share;
      const at = { ...p, playsPerSecond, generationsPerSecond: p.generationsPerSecond * share };
      const { playback, layouts } =
        share === 1 ? full : simulateDatabases(at, population, ONE_DATABASE, LOAD_SECONDS);
      return [
        playsPerSecond.toLocaleString("en-US"),
        percent(playback.rowCacheHits / playback.generationPlays),
        percent(playback.edgeCacheHits / playback.systemVoicePlays),
        significant(playback.lookups / LOAD_SECONDS),
        ...layouts
          .slice(0, ONE_DATABASE.length)
          .flatMap(({ busiestReader }) => [percent(busiestReader.offered), p99Wait(busiestReader)]),
      ];
    }),
  );
}

function caches(p: Parameters): string {
  const rates = [2, 10, 100];
  return markdownTable(
    ["Zipf exponent", ...rates.map((rate) => `${rate} plays/s in each isolate`)],
    [0.8, 1.2].map((exponent): Row => {
      const like = { ...p, organisationExponent: exponent, generationExponent: exponent };
      const population = new Population(like);
      const hits = rates.map((playsPerIsolatePerSecond) => {
        const at = { ...like, playsPerIsolatePerSecond };
        const report = simulatePlayback(at, population, { seconds: CACHE_SECONDS, nthIsolate: NTH_ISOLATE });
        return percent(report.rowCacheHits / report.generationPlays);
      });
      return [exponent, ...hits];
    }),
  );
}
