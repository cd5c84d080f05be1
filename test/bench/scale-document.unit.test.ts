// docs/scale.md has what the simulation gives, and the simulation starts from what the rest of the project says.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withTables } from "../../bench/document.ts";
import { committed, PARAMETERS, parameterNames } from "../../bench/simulation/parameters.ts";
import { simulate } from "../../bench/simulation/tables.ts";
import { CACHE_TTL_MS } from "../../src/platform/isolate-cache.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (file: string) => readFile(join(ROOT, file), "utf8");

describe("docs/scale.md", () => {
  const tables = simulate(committed);

  it("has the tables that `npm run simulate` writes", async () => {
    const page = await read("docs/scale.md");
    expect(page, "run `npm run simulate` and read what changed").toBe(withTables(page, tables));
  });

  it("would have others with other parameters", () => {
    const small = { ...committed, organisations: 10_000, playsPerSecond: 200 };
    const before = simulate(small);
    const changed = simulate({
      ...small,
      readMs: 2,
      meanTextCharacters: 1_000,
      polarMs: 4_000,
      classBPrice: 1,
    });
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
  it("have a source, and a unit or a page in it", () => {
    for (const name of parameterNames) expect(PARAMETERS[name].source.length, name).toBeGreaterThan(4);
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
      // A thousand uploads and a thousand generations.
      `D1: ${1000 * p.rowsWrittenPerVoice} rows written × $1.00 / M + ${1000 * p.rowsReadPerVoice} rows read`,
      `D1: ${1000 * p.rowsWrittenPerGeneration} rows written × $1.00 / M + ${1000 * p.rowsReadPerGeneration} rows read`,
      `1000 writes × $4.50 / M + ${1000 * p.readsPerGeneration} reads`,
      `requests: ${1000 * p.requestsPerGeneration} ×`,
      `CPU ${p.cpuMsPerGeneration} ms`,
    ]) {
      expect(costs).toContain(sentence);
    }
  });

  it("are those of the source code", async () => {
    expect(committed.rowCacheSeconds).toBe(CACHE_TTL_MS / 1000);
    const cache = await read("src/platform/isolate-cache.ts");
    expect(cache).toContain(`MAX_ENTRIES = ${committed.rowCacheEntries};`);
    const database = await read("src/platform/database.ts");
    expect(database).toContain(
      `D1_CALL_TIMEOUT_MS = ${committed.maxWaitMs.toLocaleString("en-US").replace(",", "_")};`,
    );
    expect(database).toContain(`MAX_ROWS_PER_STATEMENT = ${committed.eventsPerRequest};`);
    const delivery = await read("src/billing/delivery.ts");
    expect(delivery).toContain("findDueEvents(d1, now, MAX_ROWS_PER_STATEMENT)");
    expect(delivery).toContain(`MAX_REQUESTS_PER_RUN = ${committed.requestsPerRun};`);
  });
});
