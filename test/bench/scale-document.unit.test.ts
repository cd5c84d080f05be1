// docs/scale.md has what the simulation gives, and the simulation starts from what the rest of the project says.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withTables } from "../../bench/document.ts";
import { committed, PARAMETERS, parameterNames } from "../../bench/simulation/parameters.ts";
import { simulate } from "../../bench/simulation/tables.ts";

const ROOT = join(import.meta.dirname, "../..");
const UPDATE = "change bench/simulation/parameters.ts, then `npm run simulate`";

/** 5000 as it is written in code. */
const inSource = (value: number) => value.toLocaleString("en-US").replaceAll(",", "_");

const read = (file: string) => readFile(join(ROOT, file), "utf8");

describe("docs/scale.md", () => {
  const tables = simulate(committed);
  const small = { ...committed, organisations: 10_000, playsPerSecond: 200 };
  const before = simulate(small);
  const changed = simulate({
    ...small,
    readMs: 2,
    meanTextCharacters: 1_000,
    polarMs: 4_000,
    classBPrice: 1,
  });

  it("has the tables that `npm run simulate` writes", async () => {
    const page = await read("docs/scale.md");
    expect(page, "run `npm run simulate` and read what changed").toBe(withTables(page, tables));
  });

  it("would have others with other parameters", () => {
    for (const name of ["first", "rows", "growth", "load", "outbox", "bill", "groups"] as const) {
      expect(changed[name], name).not.toBe(before[name]);
    }
    // The caches know nothing of service times, sizes and prices.
    expect(changed.caches).toBe(before.caches);
  });

  it("is refused when it has no place for a table", () => {
    expect(() => withTables("# Scale\n", { first: "|" })).toThrow("table: first");
  });
});

describe("the parameters", () => {
  it("have a source, and are all used", async () => {
    const folder = join(ROOT, "bench/simulation");
    const files = (await readdir(folder)).filter((name) => name !== "parameters.ts");
    const code = (await Promise.all(files.map((name) => read(`bench/simulation/${name}`)))).join("");
    for (const name of parameterNames) {
      expect(PARAMETERS[name].source.length, name).toBeGreaterThan(4);
      expect(code).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });

  it("are the prices and costs of docs/costs.md", async () => {
    const costs = (await read("docs/costs.md")).replaceAll(",", "");
    const p = committed;
    for (const sentence of [
      `requests $${p.requestPrice.toFixed(2)} a million`,
      `CPU $${p.cpuPrice.toFixed(2)} per million ms`,
      `R2 reads (class B) $${p.classBPrice.toFixed(2)} a million`,
      `R2 writes (class A) $${p.classAPrice.toFixed(2)} a million`,
      `R2 storage $${p.objectStoragePrice} per GB`,
      `D1 rows read $${p.rowReadPrice}`,
      `rows written $${p.rowWrittenPrice.toFixed(2)} a million`,
      `CPU ${p.cpuMsPerPlay} ms`,
      // A thousand uploads, then a thousand generations.
      `D1: ${1000 * p.rowsWrittenPerVoice} rows written × $1.00 / M + ${1000 * p.rowsReadPerVoice} rows read`,
      `D1: ${1000 * p.rowsWrittenPerGeneration} rows written × $1.00 / M + ${1000 * p.rowsReadPerGeneration} rows read`,
      `1000 writes × $4.50 / M + ${1000 * p.readsPerGeneration} reads`,
      `requests: ${1000 * p.requestsPerGeneration} ×`,
      `CPU ${p.cpuMsPerGeneration} ms`,
    ]) {
      expect(costs, UPDATE).toContain(sentence);
    }
  });

  it.each([
    ["src/platform/isolate-cache.ts", `MAX_ENTRIES = ${committed.rowCacheEntries};`],
    ["src/platform/isolate-cache.ts", `CACHE_TTL_MS = ${inSource(1000 * committed.rowCacheSeconds)};`],
    ["src/platform/database.ts", `D1_CALL_TIMEOUT_MS = ${inSource(committed.maxWaitMs)};`],
    ["src/billing/batches.ts", `MAX_BATCH_EVENTS = ${inSource(committed.eventsPerRequest)};`],
    ["src/billing/delivery.ts", `CONCURRENT_REQUESTS = ${committed.parallelRequests};`],
    ["src/billing/delivery.ts", `BUDGET_MS = ${inSource(committed.runMs)};`],
    ["src/billing/delivery.ts", `DELIVERED_LIFETIME_MS = ${committed.keptEventDays} * `],
    ["wrangler.toml", `LOG_READS_ONE_IN = "${1 / committed.logLinesPerPlay}"`],
    ["src/billing/delivery.ts", `MAX_REQUESTS_PER_RUN = ${committed.requestsPerRun};`],
  ])("are those of %s: %s", async (file, code) => {
    expect(await read(file), UPDATE).toContain(code);
  });
});
