// The lists with every combination of filters and order: what they contain, and how many rows a page reads.
import { beforeAll, describe, expect, it } from "vitest";
import document from "../../src/openapi/openapi.json";
import type { Page } from "../../src/platform/pagination.ts";
import { VOICE_CATEGORIES } from "../../src/platform/voice-categories.ts";
import { call } from "../support/call.ts";
import { newOrg } from "../support/fixtures.ts";
import { meteredIsolate } from "../support/metered-isolate.ts";
import {
  ABSENT_CATEGORY,
  expectedGenerations,
  expectedVoices,
  type GenerationRow,
  insert,
  type Query,
  randomFrom,
  randomGeneration,
  randomVoice,
  type VoiceRow,
} from "./rows.ts";

const orgId = newOrg();
const otherOrgId = newOrg();

const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** Rows that every order has at its end. */
const FAR = {
  ...{ name: "🪐 last", category: "MEDITATION", language: "mt-Latn-MT-x-far" },
  created_at: Date.UTC(2020, 0, 1),
};

const random = randomFrom(14);
const voices: VoiceRow[] = [orgId, null, otherOrgId].flatMap((owner) => [
  ...many(300, () => randomVoice(random, owner)),
  ...many(3, () => ({ ...randomVoice(random, owner), ...FAR })),
]);
const generations: GenerationRow[] = [orgId, otherOrgId].flatMap((owner) => [
  ...many(400, () => ({ ...randomGeneration(random, owner), r2_object_key: "key" })),
  ...many(3, () => ({
    ...{ ...randomGeneration(random, owner), created_at: FAR.created_at },
    ...{ r2_object_key: null, failed_at: FAR.created_at },
  })),
]);

beforeAll(async () => {
  await insert("voices", voices);
  await insert("generations", generations);
});

/** A parameter that is absent, or has a value: many rows have it, only the last ones, or none. */
type Values = readonly (string | undefined)[];

interface List {
  path: "/api/voices" | "/api/generations";
  filters: Record<string, Values>;
  expected: (query: Query) => string[];
}

/** The parameters of a list as it documents them, with their values where it names them. */
const parametersOf = (path: List["path"]) =>
  document.paths[path].get.parameters.map(({ name, schema }) => ({
    name,
    values: "enum" in schema ? schema.enum : [],
  }));

/** The values of a parameter, all of them. */
const valuesOf = (path: List["path"], parameter: string): string[] =>
  parametersOf(path).find(({ name }) => name === parameter)?.values ?? [];

const LISTS: List[] = [
  {
    path: "/api/voices",
    filters: {
      sort: valuesOf("/api/voices", "sort"),
      variant: [undefined, ...valuesOf("/api/voices", "variant")],
      category: [undefined, VOICE_CATEGORIES[0], FAR.category, ABSENT_CATEGORY],
      language: [
        ...[undefined, "en", "EN-us", "zh-cmn-Hans", "zh-cmn-Hans-CN"],
        ...["ca-ES", FAR.language, "sl"],
      ],
    },
    expected: (query) => expectedVoices(voices, orgId, query),
  },
  {
    path: "/api/generations",
    filters: {
      sort: valuesOf("/api/generations", "sort"),
      state: [undefined, ...valuesOf("/api/generations", "state")],
    },
    expected: (query) => expectedGenerations(generations, orgId, query),
  },
];

/** Every combination of the values. */
const combinations = (filters: Record<string, Values>): Query[] =>
  Object.entries(filters).reduce<Query[]>(
    (queries, [name, values]) =>
      queries.flatMap((query) =>
        values.map((value) => (value === undefined ? query : { ...query, [name]: value })),
      ),
    [{}],
  );

const { isolate, cost } = meteredIsolate();

/** A page, of which it expects that it read few rows. */
async function getPage(path: string, query: Query): Promise<Page<{ id: string }>> {
  cost.rowsRead = 0;
  const url = `${path}?${new URLSearchParams(query)}`;
  const response = await call(url, { as: orgId, isolate });
  expect(response.status, url).toBe(200);
  expect(cost.rowsRead, url).toBeLessThanOrEqual(4 * (Number(query.limit) + 1));
  return response.json();
}

describe.each(LISTS)("GET $path", ({ path, filters, expected }) => {
  it("is tested with every filter that it has", () => {
    const others = ["cursor", "limit", "search"];
    const documented = parametersOf(path).map(({ name }) => name);
    expect(new Set([...Object.keys(filters), ...others])).toEqual(new Set(documented));
    expect(filters.sort).not.toEqual([]);
  });

  it.each(combinations(filters))(
    "with %j lists each matching row once, in order, and a page reads at most 4 × (limit + 1) rows",
    async (query) => {
      const ids: string[] = [];
      const cursors: string[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const page: Page<{ id: string }> = await getPage(path, {
          ...{ ...query, limit: "100" },
          ...(cursor && { cursor }),
        });
        ids.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
        if (cursor !== null) cursors.push(cursor);
      }
      expect(ids).toEqual(expected(query));
      // The first page, one in the middle, and the last.
      const positions = [undefined, cursors[Math.floor(cursors.length / 2)], cursors.at(-1)];
      for (const cursor of new Set(positions)) {
        for (const limit of ["1", "20"]) await getPage(path, { ...query, limit, ...(cursor && { cursor }) });
      }
    },
  );
});
