// The tables of docs/scale.md that need no load: sizes, growth, the outbox, the bill and what is assumed.
import { markdownTable } from "../document.ts";
import { daysUntilFull, type Month, monthlyBill, SECONDS_PER_MONTH } from "./capacity.ts";
import { compact, dollars, money, percent, significant } from "./format.ts";
import { simulateOutbox } from "./outbox.ts";
import { PARAMETERS, type Parameters, parameterNames } from "./parameters.ts";
import { measureRowSizes, type RowSizes } from "./row-sizes.ts";

const SHORT_TEXT = 100;
const SHORT_TEXT_ROWS = 5_000;
const FIRST_DAY = Date.UTC(2026, 11, 1);
const MS_PER_DAY = 86_400_000;

type Row = (string | number)[];

export function sizeTable(p: Parameters, sizes: RowSizes): string {
  const short = measureRowSizes({ ...p, meanTextCharacters: SHORT_TEXT }, SHORT_TEXT_ROWS, p.seed);
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
      row(`generation, as shipped, with ${SHORT_TEXT} characters`, short.generation),
      row("metering event, delivered", sizes.meteringEvent),
      row("voice", sizes.voice),
    ],
  );
}

export function growthTable(p: Parameters, sizes: RowSizes): string {
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

export function outboxTable(p: Parameters): string {
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

export function billTable(
  p: Parameters,
  sizes: RowSizes,
  shares: Pick<Month, "lookups" | "edgeHits">,
): string {
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

export const assumedTable = (p: Parameters): string =>
  markdownTable(
    ["parameter", "value", ""],
    parameterNames
      .filter((name) => PARAMETERS[name].basis === "assumed" && name !== "seed")
      .map((name): Row => [`\`${name}\``, p[name].toLocaleString("en-US"), PARAMETERS[name].source]),
  );
