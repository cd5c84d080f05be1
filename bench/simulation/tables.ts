// The tables of docs/scale.md, from the simulation's results.
import { markdownTable } from "../document.ts";
import {
  bytesPerGeneration,
  daysUntilFull,
  durableObjectsPrice,
  type Month,
  monthlyBill,
  SECONDS_PER_MONTH,
} from "./capacity.ts";
import { type LoadReport, simulateDatabases } from "./databases.ts";
import { compact, dollars, money, percent, significant } from "./format.ts";
import { eventsPerRun, simulateOutbox } from "./outbox.ts";
import { PARAMETERS, type Parameters, parameterNames } from "./parameters.ts";
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
const FIRST_DAY = Date.UTC(2026, 11, 1);
const MS_PER_DAY = 86_400_000;

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
  const [single, replicated, ...grouped] = load.layouts;
  if (!single || !replicated) throw new Error("No layout was simulated");
  const lookups = load.playback.lookups / LOAD_SECONDS;
  const edgeHits = load.playback.edgeCacheHits / LOAD_SECONDS / p.playsPerSecond;

  return {
    first: first(p, sizes, single.busiestReader.offered, replicated.busiestReader.offered),
    rows: rows(p, sizes),
    growth: growth(p, sizes),
    load: loads(p, population, load),
    caches: caches(p),
    outbox: outbox(p),
    bill: bill(p, sizes, { lookups: lookups / p.playsPerSecond, edgeHits }),
    groups: markdownTable(
      [
        "databases",
        "largest by hash",
        "placed by size",
        "its GB",
        "without peaks",
        "busiest replica",
        "p99 wait, ms",
        "busiest primary",
        "as Durable Objects, $ a month",
      ],
      [replicated, ...grouped].map(
        ({ layout: { groups }, placement, busiestReader, busiestPrimary }): Row => {
          const share = largestShare(placement);
          const gb = (withPeaks: boolean) =>
            significant((share * p.generations * bytesPerGeneration(p, sizes, withPeaks)) / BYTES_PER_GB);
          return [
            groups,
            percent(largestShare(placeByHash(population, groups))),
            percent(share),
            gb(true),
            gb(false),
            percent(busiestReader.offered),
            p99Wait(busiestReader),
            percent(busiestPrimary.offered),
            money(durableObjectsPrice(p, groups, lookups * SECONDS_PER_MONTH)),
          ];
        },
      ),
    ),
    assumed: markdownTable(
      ["parameter", "value", ""],
      parameterNames
        .filter((name) => PARAMETERS[name].basis === "assumed" && name !== "seed")
        .map((name): Row => [`\`${name}\``, p[name].toLocaleString("en-US"), PARAMETERS[name].source]),
    ),
  };
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
    ["Workers Logs: lines a day", p.logLinesPerDay / 86_400, p.playsPerSecond, "requests/s"],
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

function rows(p: Parameters, sizes: RowSizes): string {
  const row = (name: string, bytes: number): Row => [
    name,
    significant(bytes),
    compact(p.databaseBytes / bytes),
  ];
  return markdownTable(
    ["row, with its index entries", "bytes", "fit into 10 GB"],
    [
      row("generation, as shipped", sizes.generation),
      row("generation, with its peaks elsewhere", sizes.generationWithoutPeaks),
      row("metering event, delivered", sizes.meteringEvent),
      row("voice", sizes.voice),
    ],
  );
}

function growth(p: Parameters, sizes: RowSizes): string {
  const day = (days: number) => new Date(FIRST_DAY + days * MS_PER_DAY).toISOString().slice(0, 10);
  return markdownTable(
    [
      "generations in the first month",
      "growth a month",
      "full, as shipped",
      "full, with the peaks elsewhere",
    ],
    [100_000, 1_000_000, p.generationsPerSecond * SECONDS_PER_MONTH].flatMap((perMonth) =>
      [1, 1.1].map((monthly): Row => {
        const full = (withPeaks: boolean) =>
          day(daysUntilFull(p, sizes, { perMonth, growth: monthly, withPeaks }));
        return [compact(perMonth), percent(monthly - 1), full(true), full(false)];
      }),
    ),
  );
}

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

function outbox(p: Parameters): string {
  const HOUR = 60;
  return markdownTable(
    [
      "events/s",
      "waiting after an hour",
      "the oldest, minutes",
      "waiting after an hour without Polar and one with it",
    ],
    [1, 10, 50, 150].map((rate): Row => {
      const steady = simulateOutbox(p, rate, HOUR);
      const outage = simulateOutbox(p, rate, 2 * HOUR, HOUR);
      return [rate, compact(steady.backlog), steady.oldestMinutes, compact(outage.backlog)];
    }),
  );
}

function bill(p: Parameters, sizes: RowSizes, shares: Pick<Month, "lookups" | "edgeHits">): string {
  const plays = p.playsPerSecond * SECONDS_PER_MONTH;
  const generations = p.generationsPerSecond * SECONDS_PER_MONTH;
  const months: Month[] = [0.0001, 0.001, 0.01, 0.1, 1].map((share) => ({
    ...shares,
    plays: plays * share,
    generations: generations * share,
    stored: p.generations * share,
  }));
  // The same generations, played less.
  months.push({ ...shares, plays: plays / 30, generations, stored: p.generations });
  return markdownTable(
    [
      "plays a month",
      "new generations",
      "stored",
      "Workers",
      "logs",
      "R2 operations",
      "R2 storage",
      "D1",
      "sum, $",
      "$ a million plays",
    ],
    months.map((month): Row => {
      const { workers, logs, objectOperations, objectStorage, database, total } = monthlyBill(
        p,
        sizes,
        month,
      );
      return [
        ...[month.plays, month.generations, month.stored].map(compact),
        ...[workers, logs, objectOperations, objectStorage, database, total].map(money),
        dollars((total / month.plays) * 1e6),
      ];
    }),
  );
}
