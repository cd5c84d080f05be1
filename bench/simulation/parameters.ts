// Every figure that the simulation starts from, with its source. Change one, run `npm run simulate`, and the tables of
// docs/scale.md change. `npm run simulate -- NAME=VALUE …` prints them for other values and writes nothing.

/**
 * `published`: a limit or price of the platform, from the page named. `measured`: by this project, in the file named.
 * `assumed`: nobody has published or measured it.
 */
type Basis = "published" | "measured" | "assumed";

interface Parameter {
  value: number;
  basis: Basis;
  source: string;
}

const published = (value: number, source: string): Parameter => ({ value, basis: "published", source });
const measured = (value: number, source: string): Parameter => ({ value, basis: "measured", source });
const assumed = (value: number, source: string): Parameter => ({ value, basis: "assumed", source });

const COSTS = "docs/costs.md, test/costs.test.ts, test/{events,search}/costs.test.ts";

export const PARAMETERS = {
  seed: assumed(14, "any number gives other draws of the same load"),

  // The load.
  organisations: assumed(1_000_000, "the size asked about"),
  generations: assumed(100_000_000, "the size asked about"),
  playsPerSecond: assumed(10_000, "the load asked about; a seek is a play"),
  organisationExponent: assumed(1, "Zipf: the largest organisation has 7 % of all generations and plays"),
  generationExponent: assumed(1, "Zipf, within an organisation: new generations are played most"),
  generationsPerSecond: assumed(10, "26 million a month"),
  voiceCreationsPerSecond: assumed(0.2, "one for 50 generations"),
  systemVoiceShare: assumed(0.2, "of the plays"),
  systemVoices: measured(20, "the app's seed"),
  requestsPerListening: assumed(3, "the app's page loads a generation twice; and one seek"),
  meanSecondsBetweenRequests: assumed(5, "of one listening"),
  meanTextCharacters: assumed(500, "exponentially distributed, at most 5,000"),
  charactersPerSecond: assumed(15, "of speech"),
  audioBytesPerSecond: measured(48_000, "PCM, 16 bits, 24 kHz, mono: 179 kB for four seconds in decision 29"),

  // Workers.
  locations: assumed(300, "data centres that serve the app; Zipf with exponent 1"),
  playsPerIsolatePerSecond: assumed(10, "not published how many isolates run"),
  rowCacheEntries: measured(1_000, "src/platform/isolate-cache.ts"),
  rowCacheSeconds: measured(60, "src/platform/isolate-cache.ts"),
  edgeCacheSeconds: measured(60, "decision 5"),
  cpuMsPerPlay: measured(2, COSTS),
  requestPrice: published(0.3, "$ per million; Workers, Pricing"),
  includedRequests: published(10e6, "a month; Workers, Pricing"),
  cpuPrice: published(0.02, "$ per million ms; Workers, Pricing"),
  includedCpuMs: published(30e6, "a month; Workers, Pricing"),
  planPrice: published(5, "$ a month; Workers, Pricing"),
  logLinesPerPlay: measured(0.1, "LOG_READS_ONE_IN in wrangler.toml"),
  logBytes: assumed(1_000, "a line of 350 bytes, and what Cloudflare adds"),
  logIngestPrice: published(0.25, "$ per GB, from 1 December 2026; Observability, Pricing"),
  includedLogGb: published(50, "a month; Observability, Pricing"),
  logStoragePrice: published(0.1, "$ per GB-month; Observability, Pricing"),
  includedLogStorageGb: published(12, "GB-months; Observability, Pricing"),
  logRetentionDays: published(7, "Observability, Pricing"),
  logLinesPerDay: published(5e9, "an account; Workers Logs, Limits"),

  // D1.
  databaseBytes: published(10e9, "cannot be raised; D1, Limits"),
  readMs: assumed(1, "D1, Limits: an indexed read takes less than 1 ms, and 1 ms is 1,000 queries a second"),
  writeMs: assumed(5, 'D1, Limits: a write takes "several milliseconds"'),
  maxWaitMs: measured(
    5_000,
    "src/platform/database.ts: the longest wait for one call; D1's own queue is not published",
  ),
  regions: published(6, "a replica in each besides the primary; D1, Global read replication"),
  readRowsPerFirstPlay: measured(1, COSTS),
  readCallsPerGeneration: measured(3, "test/bench/generation-calls.test.ts, on the primary"),
  writeCallsPerGeneration: measured(4, "begin, lease, commit, levels; the same test"),
  rowsReadPerGeneration: measured(50, COSTS),
  rowsWrittenPerGeneration: measured(23, COSTS),
  rowsReadPerVoice: measured(50, COSTS),
  rowsWrittenPerVoice: measured(41, COSTS),
  rowReadPrice: published(0.001, "$ per million; D1, Pricing"),
  includedRowsRead: published(25e9, "a month; D1, Pricing"),
  rowWrittenPrice: published(1, "$ per million; D1, Pricing"),
  includedRowsWritten: published(50e6, "a month; D1, Pricing"),
  databaseStoragePrice: published(0.75, "$ per GB-month; D1, Pricing"),
  includedDatabaseGb: published(5, "D1, Pricing"),

  // R2.
  classAPrice: published(4.5, "$ per million; R2, Pricing"),
  includedClassA: published(1e6, "a month; R2, Pricing"),
  classBPrice: published(0.36, "$ per million; R2, Pricing"),
  includedClassB: published(10e6, "a month; R2, Pricing"),
  objectStoragePrice: published(0.015, "$ per GB-month; R2, Pricing"),
  includedObjectGb: published(10, "R2, Pricing"),
  readsPerGeneration: measured(3, COSTS),
  requestsPerGeneration: measured(2, COSTS),
  cpuMsPerGeneration: measured(150, COSTS),

  // Polar and the cron.
  polarRequestsPerMinute: published(500, "for one account; server/polar/rate_limit.py"),
  polarMs: assumed(200, "a request"),
  eventsPerRequest: measured(1_000, "src/billing/batches.ts"),
  requestsPerRun: measured(40, "src/billing/delivery.ts"),
  parallelRequests: measured(2, "src/billing/delivery.ts"),
  runMs: measured(35_000, "src/billing/delivery.ts"),
  keptEventDays: measured(35, "src/billing/delivery.ts"),
  polarRequestsPerVoice: measured(2, "the subscription, and the event behind the response"),

  // Durable Objects, the alternative.
  objectRequestPrice: published(0.15, "$ per million; Durable Objects, Pricing"),
  objectDurationPrice: published(12.5, "$ per million GB-s, of 128 MB; Durable Objects, Pricing"),
  objectDatabasePrice: published(0.2, "$ per GB-month; Durable Objects, Pricing"),
} as const satisfies Record<string, Parameter>;

export type ParameterName = keyof typeof PARAMETERS;
export type Parameters = Record<ParameterName, number>;

export const parameterNames = Object.keys(PARAMETERS) as ParameterName[];

/** The committed values. */
export const committed = Object.fromEntries(
  parameterNames.map((name) => [name, PARAMETERS[name].value]),
) as Parameters;
