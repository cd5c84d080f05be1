import { describe, expect, it } from "vitest";
import {
  bytesPerGeneration,
  daysUntilFull,
  durableObjectsSurcharge,
  monthlyBill,
  SECONDS_PER_MONTH,
} from "../../bench/simulation/capacity.ts";
import { committed } from "../../bench/simulation/parameters.ts";
import { measureRowSizes } from "../../bench/simulation/row-sizes.ts";

const sizes = { generation: 4_000, generationWithoutPeaks: 1_000, meteringEvent: 250, voice: 1_000 };

describe("the days until the database is full", () => {
  const steady = { perMonth: 3_000_000, growth: 1, withPeaks: true };

  it("are those of a division when nothing grows and events are not kept", () => {
    const p = { ...committed, keptEventDays: 0, voiceCreationsPerSecond: 0 };
    // 100,000 a day, 4,000 bytes each: 10 GB in 25 days.
    expect(daysUntilFull(p, sizes, steady)).toBe(25);
    expect(daysUntilFull(p, sizes, { ...steady, withPeaks: false })).toBe(100);
  });

  it("are fewer with growth, with events that are kept, and with voices", () => {
    const p = { ...committed, keptEventDays: 0, voiceCreationsPerSecond: 0 };
    expect(daysUntilFull(p, sizes, { ...steady, growth: 2 })).toBeLessThan(25);
    expect(daysUntilFull({ ...p, keptEventDays: 90 }, sizes, steady)).toBe(24);
    const manyVoices = { ...p, voiceCreationsPerSecond: p.generationsPerSecond };
    expect(daysUntilFull(manyVoices, sizes, steady)).toBe(20);
  });

  it("count an event only as long as it is kept", () => {
    const p = { ...committed, keptEventDays: 10, voiceCreationsPerSecond: 0 };
    // 10 days of events are 250 MB: 97.5 days of 100 MB remain.
    expect(daysUntilFull(p, sizes, { ...steady, withPeaks: false })).toBe(98);
  });
});

describe("the bill", () => {
  const nothing = { plays: 0, generations: 0, stored: 0, lookups: 0, edgeHits: 0 };

  it("without traffic is the plan", () => {
    expect(monthlyBill(committed, sizes, nothing).total).toBe(5);
  });

  it("of a million more first plays is what docs/costs.md says, besides the log: $0.70", () => {
    const month = { ...nothing, plays: 1e9, lookups: 1 };
    const more = monthlyBill(committed, sizes, { ...month, plays: 1e9 + 1e6 });
    const before = monthlyBill(committed, sizes, month);
    const logs = more.logs - before.logs;
    // Rows read are within what the plan includes: $0.001 less.
    expect(more.total - before.total - logs).toBeCloseTo(0.7, 2);
    // A kilobyte for one of ten: $0.25 for a GB, and $0.10 for seven of thirty days.
    expect(logs).toBeCloseTo(0.1 * (0.25 + (0.1 * 7) / 30), 3);
  });

  it("of a million more plays from the edge is $0.36 less: R2 is not read", () => {
    const at = (edgeHits: number) =>
      monthlyBill(committed, sizes, { ...nothing, plays: 1e9, edgeHits }).total;
    expect((at(0) - at(0.5)) / 500).toBeCloseTo(0.36, 2);
  });

  it("of stored generations is their audio in R2 and their rows in D1", () => {
    const p = { ...committed, voiceCreationsPerSecond: 0 };
    const { objectStorage, database } = monthlyBill(p, sizes, { ...nothing, stored: 10e6 });
    // 500 characters are 33.3 s, 1.6 MB: 16 TB, less 10 GB. 40 GB of rows, less 5.
    expect(objectStorage).toBeCloseTo(15_990 * 0.015, 0);
    expect(database).toBeCloseTo(35 * 0.75, 2);
  });

  it("of Durable Objects is a request for each query and the time in memory more, and their storage less", () => {
    expect(durableObjectsSurcharge(committed, 0, 1e9, 0)).toBeCloseTo(150, 6);
    expect(durableObjectsSurcharge(committed, 0, 0, 100)).toBeCloseTo(-55, 6);
    // Example 3 of Cloudflare's page: 100 objects in memory for a month are 33 million GB-s, $412.50 when rounded.
    expect(durableObjectsSurcharge(committed, 100, 0, 0)).toBeCloseTo(414.72, 2);
    expect(SECONDS_PER_MONTH).toBe(2_592_000);
  });
});

describe("the measured size of a row", () => {
  const shape = { meanTextCharacters: 500, charactersPerSecond: 15, audioBytesPerSecond: 48_000 };
  const measured = measureRowSizes(shape, 3_000, 1);

  it("is at least what its columns and its keys in the indexes have", () => {
    // The text, and ids of 25 and 31 characters in the row, in its key and in three indexes.
    expect(measured.generation).toBeGreaterThan(500 + 4 * 25 + 3 * 31 + 256);
    expect(measured.meteringEvent).toBeGreaterThan(2 * 68);
    expect(measured.voice).toBeGreaterThan(256);
    expect(bytesPerGeneration(committed, measured, true)).toBeGreaterThan(measured.generation);
  });

  it("is smaller by the peaks without them, and hardly depends on how many rows were built", () => {
    expect(measured.generation - measured.generationWithoutPeaks).toBeGreaterThan(400);
    const more = measureRowSizes(shape, 9_000, 2);
    expect(Math.abs(more.generation / measured.generation - 1)).toBeLessThan(0.08);
    expect(Math.abs(more.generationWithoutPeaks / measured.generationWithoutPeaks - 1)).toBeLessThan(0.08);
  });

  it("grows with the text", () => {
    const longer = measureRowSizes({ ...shape, meanTextCharacters: 1_000 }, 3_000, 1);
    expect(longer.generationWithoutPeaks - measured.generationWithoutPeaks).toBeGreaterThan(400);
  });
});
