// What the search index costs in billed units: the figures that docs/costs.md calculates with.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { applyChanges } from "../../src/search/feed.ts";
import { call } from "../support/call.ts";
import { newOrg } from "../support/fixtures.ts";
import { costOf, expectSuccess, meteredIsolate } from "../support/metered-isolate.ts";
import { drainSearchChanges, givenDeletedGenerations, givenGenerations } from "./found.ts";

describe("the search index", () => {
  const TEXT = "The quick brown fox jumps over the lazy dog";

  it("writes five rows for a generation that the cron adds, and four for one that it removes", async () => {
    await drainSearchChanges();
    const orgId = newOrg();
    const ids = await givenGenerations(orgId, 100, TEXT);
    const cron = ({ DB, SEARCH_DB }: Env) => applyChanges({ database: DB, index: SEARCH_DB }, 100);
    // And the scope of the organisation.
    expect((await costOf(cron)).rowsWritten).toBe(5 * 100 + 2);
    await givenDeletedGenerations(orgId, ids);
    expect((await costOf(cron)).rowsWritten).toBe(4 * 100);
  });

  it.each([
    ["a common word", "the", 320],
    ["a letter", "e", 320],
    ["a miss", "zebra", 100],
    ["a miss that every token suggests", "the lazy fox", 2_000],
    ["the longest page", "the&limit=100", 600],
    ["filters that exclude everything", "the&state=failed&limit=100", 2_000],
  ])(
    "reads a bounded number of rows for each page, the last one as the first, and writes none: %s",
    async (_fact, query, maxRead) => {
      const orgId = newOrg();
      await givenGenerations(orgId, 800, TEXT);
      await drainSearchChanges();
      for (let cursor: string | null = ""; cursor !== null; ) {
        const { isolate, cost } = meteredIsolate();
        const path: string = `/api/generations?search=${query}${cursor && `&cursor=${cursor}`}`;
        const response = await call(path, { as: orgId, isolate });
        cursor = ((await response.json()) as { nextCursor: string | null }).nextCursor;
        expect(cost).toEqual({
          rowsRead: expect.toSatisfy((rows) => rows <= maxRead),
          rowsWritten: 0,
          r2: {},
        });
      }
    },
  );

  it("reads rows by their id, and not those of the organisation, for a search of voices as well", async () => {
    const orgId = newOrg();
    const ids = JSON.stringify(Array.from({ length: 800 }, () => crypto.randomUUID()));
    await env.DB.batch([
      env.DB.prepare(
        `insert into voices (id, org_id, variant, name) select value, ?1, 'CUSTOM', 'Same' from json_each(?2)`,
      ).bind(orgId, ids),
      env.DB.prepare(
        "insert into search_changes (kind, object_id, org_id) select 'voice', value, ?1 from json_each(?2)",
      ).bind(orgId, ids),
    ]);
    await drainSearchChanges();
    const { rowsRead } = await costOf((isolate) =>
      expectSuccess(call("/api/voices?search=same", { as: orgId, isolate })),
    );
    expect(rowsRead).toBeLessThanOrEqual(300);
  });
});
