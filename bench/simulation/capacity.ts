// How long one database lasts, and what a month costs.
import type { Parameters } from "./parameters.ts";
import type { RowSizes } from "./row-sizes.ts";

const DAYS_PER_MONTH = 30;
export const SECONDS_PER_MONTH = DAYS_PER_MONTH * 24 * 60 * 60;
const BYTES_PER_GB = 1e9;
const MILLION = 1e6;
/** Billed whatever an object uses (Durable Objects, Pricing). */
const OBJECT_MEMORY_GB = 0.128;

/** Voices for each generation. */
const voicesPerGeneration = (p: Parameters) => p.voiceCreationsPerSecond / p.generationsPerSecond;

/** Bytes of the database for each generation that it keeps, without the events, which are deleted after a time. */
export const bytesPerGeneration = (p: Parameters, sizes: RowSizes, withPeaks: boolean): number =>
  (withPeaks ? sizes.generation : sizes.generationWithoutPeaks) + voicesPerGeneration(p) * sizes.voice;

/** Days until the database is full, when it begins empty with `perMonth` and each month has `growth` times as many. */
export function daysUntilFull(
  p: Parameters,
  sizes: RowSizes,
  { perMonth, growth, withPeaks }: { perMonth: number; growth: number; withPeaks: boolean },
): number {
  const perGeneration = bytesPerGeneration(p, sizes, withPeaks);
  const daily = (day: number) =>
    (perMonth / DAYS_PER_MONTH) * Math.exp((day / DAYS_PER_MONTH) * Math.log(growth));
  let [generations, events] = [0, 0];
  for (let day = 0; ; day += 1) {
    generations += daily(day);
    events += daily(day) - (day >= p.keptEventDays ? daily(day - p.keptEventDays) : 0);
    if (generations * perGeneration + events * sizes.meteringEvent >= p.databaseBytes) return day + 1;
  }
}

/** A month's load. */
export interface Month {
  plays: number;
  generations: number;
  /** Generations that are stored, on average over the month. */
  stored: number;
  /** Shares of all plays. */
  lookups: number;
  edgeHits: number;
}

export interface Bill {
  workers: number;
  logs: number;
  objectOperations: number;
  objectStorage: number;
  database: number;
  total: number;
}

/** What a month costs in dollars, with what the plan includes. */
export function monthlyBill(p: Parameters, sizes: RowSizes, month: Month): Bill {
  const { plays, generations, stored } = month;
  const voices = generations * voicesPerGeneration(p);
  const beyond = (amount: number, included: number, price: number) => Math.max(0, amount - included) * price;
  const requests = plays + generations * p.requestsPerGeneration + voices;
  const logLines = requests - plays * (1 - p.logLinesPerPlay);
  const logGb = (logLines * p.logBytes) / BYTES_PER_GB;
  const cpuMs = plays * p.cpuMsPerPlay + (generations + voices) * p.cpuMsPerGeneration;
  const reads = plays * (1 - month.edgeHits) + (generations + voices) * p.readsPerGeneration;
  const rowsRead =
    plays * month.lookups * p.readRowsPerFirstPlay +
    generations * p.rowsReadPerGeneration +
    voices * p.rowsReadPerVoice;
  const rowsWritten = generations * p.rowsWrittenPerGeneration + voices * p.rowsWrittenPerVoice;
  const audioBytes = (p.meanTextCharacters / p.charactersPerSecond) * p.audioBytesPerSecond;
  const keptEvents = (generations * p.keptEventDays) / DAYS_PER_MONTH;
  const databaseBytes =
    stored * bytesPerGeneration(p, sizes, true) + Math.min(stored, keptEvents) * sizes.meteringEvent;
  const parts = {
    workers:
      p.planPrice +
      beyond(requests, p.includedRequests, p.requestPrice / MILLION) +
      beyond(cpuMs, p.includedCpuMs, p.cpuPrice / MILLION),
    logs:
      beyond(logGb, p.includedLogGb, p.logIngestPrice) +
      beyond((logGb * p.logRetentionDays) / DAYS_PER_MONTH, p.includedLogStorageGb, p.logStoragePrice),
    objectOperations:
      beyond(reads, p.includedClassB, p.classBPrice / MILLION) +
      beyond(generations + voices, p.includedClassA, p.classAPrice / MILLION),
    objectStorage: beyond((stored * audioBytes) / BYTES_PER_GB, p.includedObjectGb, p.objectStoragePrice),
    database:
      beyond(rowsRead, p.includedRowsRead, p.rowReadPrice / MILLION) +
      beyond(rowsWritten, p.includedRowsWritten, p.rowWrittenPrice / MILLION) +
      beyond(databaseBytes / BYTES_PER_GB, p.includedDatabaseGb, p.databaseStoragePrice),
  };
  return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}

/**
 * What `groups` Durable Objects cost a month more than D1: a request for each query and the time in memory, less what
 * their storage is cheaper. Rows have the same prices.
 */
export function durableObjectsSurcharge(p: Parameters, groups: number, queries: number, gb: number): number {
  const duration = groups * SECONDS_PER_MONTH * OBJECT_MEMORY_GB;
  return (
    (queries * p.objectRequestPrice + duration * p.objectDurationPrice) / MILLION -
    gb * (p.databaseStoragePrice - p.objectDatabasePrice)
  );
}
