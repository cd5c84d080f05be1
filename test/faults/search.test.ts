// Random faults while rows are changed and searched and the cron runs: afterwards the index has every row as it is.
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterEach, expect, it, vi } from "vitest";
import { applyChanges } from "../../src/search/feed.ts";
import { found } from "../search/found.ts";
import { call } from "../support/call.ts";
import { givenGeneration, givenVoice, newOrg, runCron } from "../support/fixtures.ts";
import { newGeneration, putJson } from "../support/ingest.ts";
import { fakeDelays } from "../support/timeouts.ts";
import { faultWithin, few, plannedRuns, replayParameters } from "./arbitraries.ts";
import { FaultyBindings } from "./faulty-bindings.ts";

const { runs, isFull } = plannedRuns(200);
/** A run takes most of a second: few of them in the fast tier. */
const RUNS = isFull ? runs : 8;
const WORDS = ["alpha", "beta", "gamma"] as const;

const word = fc.constantFrom(...WORDS);
const action = fc.oneof(
  fc.record({ kind: fc.constant("rename" as const), word }),
  fc.record({ kind: fc.constant("begin" as const), word }),
  fc.record({ kind: fc.constantFrom("delete voice" as const, "delete generation" as const), word }),
  fc.record({ kind: fc.constantFrom("search" as const, "cron" as const, "two crons" as const), word }),
);
const step = fc.record({ action, faults: few(faultWithin(12)) });

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

interface Objects {
  orgId: string;
  voiceId: string;
  generationId: string;
}

async function perform(
  { kind, word: text }: { kind: string; word: string },
  { orgId, voiceId, generationId }: Objects,
  bindings: Partial<Env>,
): Promise<unknown> {
  const asUser = { as: orgId, env: bindings };
  switch (kind) {
    case "rename":
      return call(`/api/voices/${voiceId}`, {
        ...{ ...asUser, method: "PATCH", body: JSON.stringify({ name: text }) },
        headers: { "Content-Type": "application/json" },
      });
    case "begin":
      return putJson(crypto.randomUUID(), newGeneration(orgId, { text }), { env: bindings });
    case "delete voice":
      return call(`/api/voices/${voiceId}`, { method: "DELETE", ...asUser });
    case "delete generation":
      return call(`/api/generations/${generationId}`, { method: "DELETE", ...asUser });
    case "search":
      return call(`/api/voices?search=${text}`, asUser);
    case "cron":
      return runCron({ env: bindings }).catch(() => undefined);
    default:
      return Promise.all([1, 2].map(() => runCron({ env: bindings }).catch(() => undefined)));
  }
}

/** The ids of an organisation's rows with this name or text. */
const rowsWith = async (table: "voices" | "generations", orgId: string, text: string) => {
  const column = table === "voices" ? "name" : "text";
  const { results } = await env.DB.prepare(`select id from ${table} where org_id = ? and ${column} = ?`)
    .bind(orgId, text)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
};

it("every committed change is found, each row once, and the outbox is empty after a run without faults", {
  timeout: 600_000,
}, async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  const delays = fakeDelays();
  const outcomes = { found: 0, pendingBefore: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const orgId = newOrg();
      const objects = {
        orgId,
        voiceId: await givenVoice(orgId, "ready", { name: "alpha" }),
        generationId: await givenGeneration(orgId, "ready", { text: "beta" }),
      };
      const all: FaultyBindings[] = [];
      for (const { action: each, faults } of steps) {
        const bindings = new FaultyBindings(faults, delays);
        all.push(bindings);
        await perform(each, objects, bindings.bindings);
      }
      for (const bindings of all) await bindings.applyLate();
      const pending = await env.DB.prepare("select count(*) as n from search_changes").first<number>("n");
      if (pending) outcomes.pendingBefore += 1;
      while ((await applyChanges({ database: env.DB, index: env.SEARCH_DB }, 100)) > 0);

      const context = `\n${all.flatMap(({ operations }) => [...operations, "--"]).join("\n")}\n`;
      for (const text of WORDS) {
        for (const table of ["voices", "generations"] as const) {
          const rows = await rowsWith(table, orgId, text);
          const ids = await found(orgId, table, text, { limit: "1" });
          expect(ids.length, `${table} ${text}${context}`).toBe(rows.length);
          expect(new Set(ids), `${table} ${text}${context}`).toEqual(new Set(rows));
          outcomes.found += rows.length;
        }
      }
      const documents = await env.SEARCH_DB.prepare(
        "select count(*) as n from documents d join scopes s on s.id = d.scope_id where org_id = ? and deleted_at is null",
      )
        .bind(orgId)
        .first<number>("n");
      const rows = await env.DB.prepare(
        "select (select count(*) from voices where org_id = ?1) + (select count(*) from generations where org_id = ?1) as n",
      )
        .bind(orgId)
        .first<number>("n");
      expect(documents, context).toBe(rows);
    }),
    { numRuns: RUNS, ...replayParameters() },
  );
  if (isFull)
    for (const [outcome, count] of Object.entries(outcomes))
      expect(count, outcome).toBeGreaterThan(RUNS / 20);
});
