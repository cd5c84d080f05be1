// Paging through the lists while rows are inserted and deleted.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { VOICE_CATEGORIES } from "../../src/platform/voice-categories.ts";
import { call } from "../support/call.ts";
import { newOrg } from "../support/fixtures.ts";
import {
  expectedGenerations,
  expectedVoices,
  insert,
  pick,
  type Query,
  type Random,
  randomFrom,
  randomGeneration,
  randomVoice,
} from "./rows.ts";

const ROWS = 80;
const CHANGES_PER_PAGE = 4;

interface List<Row extends { id: string }> {
  table: "voices" | "generations";
  filters: Record<string, readonly string[]>;
  make: (random: Random, orgId: string) => Row;
  expected: (rows: readonly Row[], orgId: string, query: Query) => string[];
}

const VOICES: List<ReturnType<typeof randomVoice>> = {
  table: "voices",
  filters: {
    sort: ["name", "-createdAt"],
    category: ["", ...VOICE_CATEGORIES.slice(0, 2)],
    language: ["", "en", "en-US", "zh-cmn-Hans-CN"],
    variant: ["", "CUSTOM"],
  },
  make: (random, orgId) => randomVoice(random, orgId),
  expected: expectedVoices,
};

const GENERATIONS: List<ReturnType<typeof randomGeneration>> = {
  table: "generations",
  filters: { state: ["", "ready", "failed", "processing"] },
  make: randomGeneration,
  expected: expectedGenerations,
};

/** Lists everything; between two pages, random rows are inserted and others deleted. */
async function walk<Row extends { id: string }>(list: List<Row>, seed: number) {
  const random = randomFrom(seed);
  const orgId = newOrg();
  const initial = Array.from({ length: ROWS }, () => list.make(random, orgId));
  await insert(list.table, initial);
  const query: Query = {};
  for (const [name, values] of Object.entries(list.filters)) {
    const value = pick(random, values);
    if (value !== "") query[name] = value;
  }
  const limit = String(2 + Math.floor(random() * 12));
  let kept = initial;
  const inserted: Row[] = [];
  const listed: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const parameters = new URLSearchParams({ ...query, limit, ...(cursor && { cursor }) });
    const response = await call(`/api/${list.table}?${parameters}`, { as: orgId });
    const page = (await response.json()) as { items: { id: string }[]; nextCursor: string | null };
    listed.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
    // Until half are deleted: rows that are inserted for ever would be listed for ever.
    if (2 * kept.length < ROWS) continue;
    const deleted = new Set(Array.from({ length: CHANGES_PER_PAGE }, () => pick(random, kept)));
    kept = kept.filter((row) => !deleted.has(row));
    const added = Array.from({ length: CHANGES_PER_PAGE }, () => list.make(random, orgId));
    inserted.push(...added);
    const ids = JSON.stringify([...deleted].map(({ id }) => id));
    await env.DB.prepare(`delete from ${list.table} where id in (select value from json_each(?))`)
      .bind(ids)
      .run();
    await insert(list.table, added);
  }
  const listedInOrder = list
    .expected([...initial, ...inserted], orgId, query)
    .filter((id) => listed.includes(id));
  const lasting = list.expected(kept, orgId, query);
  return { listed, listedInOrder, lasting };
}

describe.each([
  { name: "/api/voices", walkWith: (seed: number) => walk(VOICES, seed) },
  { name: "/api/generations", walkWith: (seed: number) => walk(GENERATIONS, seed) },
])("GET $name", ({ walkWith }) => {
  it.each(Array.from({ length: 10 }, (_, seed) => seed))(
    "lists once, and in order, each row that stays, with inserts and deletes between the pages (seed %i)",
    async (seed) => {
      const { listed, listedInOrder, lasting } = await walkWith(seed);
      expect(new Set(listed).size).toBe(listed.length);
      expect(listed).toEqual(listedInOrder);
      expect(listed).toEqual(expect.arrayContaining(lasting));
    },
  );
});
