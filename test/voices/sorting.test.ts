// The orders of the list of voices, their cursors, and that a page reads no more rows than it shows.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { VoiceResource } from "../../src/voices/schema.ts";
import { withMethods } from "../support/bindings.ts";
import { call } from "../support/call.ts";
import { givenVoice, newOrg } from "../support/fixtures.ts";

interface VoicePage {
  items: VoiceResource[];
  nextCursor: string | null;
}

type Query = Record<string, string>;

async function list(as: string, query: Query, bindings: Partial<Env> = {}): Promise<VoicePage> {
  const response = await call(`/api/voices?${new URLSearchParams(query)}`, { as, env: bindings });
  expect(response.status).toBe(200);
  return response.json();
}

async function listAll(as: string, query: Query): Promise<VoiceResource[]> {
  const items: VoiceResource[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: VoicePage = await list(as, { ...query, ...(cursor && { cursor }) });
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

/** A language of the test's voices alone. */
const languageOf = (orgId: string) => `zz-${orgId.slice(4, 12)}`;

/** Voices of the organisation and of the system whose names and times have different orders, some of them equal. */
async function givenVoices(orgId: string) {
  const names = ["b", "Ärger", "a", "C", "🎙️", "ﬀ", "A", "c"];
  for (const [index, name] of names.entries()) {
    for (const owner of [orgId, null]) {
      const columns = { createdAt: at((index * 5) % 7), language: languageOf(orgId) };
      await givenVoice(owner, "ready", { name: `${name} of ${orgId}`, ...columns });
    }
  }
}

/** In the order of SQLite: lower case for A to Z, then the bytes of UTF-8; the id orders equal ones. */
function byName(a: VoiceResource, b: VoiceResource): number {
  const key = (text: string) => Buffer.from(text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()));
  return key(a.name).compare(key(b.name)) || (a.id < b.id ? -1 : 1);
}

const newestFirst = (a: VoiceResource, b: VoiceResource): number =>
  Date.parse(b.createdAt) - Date.parse(a.createdAt) || (a.id < b.id ? 1 : -1);

describe("GET /api/voices?sort", () => {
  it.each([
    ["name", byName],
    ["-createdAt", newestFirst],
  ] as const)("%s lists own and system voices in that order, page by page", async (sort, order) => {
    const orgId = newOrg();
    await givenVoices(orgId);
    for (const [variant, count] of [
      ["", 16],
      ["SYSTEM", 8],
      ["CUSTOM", 8],
    ] as const) {
      const query = { sort, language: languageOf(orgId), ...(variant && { variant }) };
      const whole = await listAll(orgId, query);
      expect(whole).toHaveLength(count);
      expect(whole.map(({ id }) => id)).toEqual(whole.toSorted(order).map(({ id }) => id));
      for (const limit of ["1", "3", String(count)]) {
        const paged = await listAll(orgId, { ...query, limit });
        expect(paged.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
      }
    }
  });

  it("is the name when it is absent", async () => {
    const orgId = newOrg();
    await givenVoices(orgId);
    const [absent, byNameFirst] = [await list(orgId, {}), await list(orgId, { sort: "name" })];
    expect(absent).toEqual(byNameFirst);
  });

  it("has the two lists of the app: custom voices newest first, system voices by name", async () => {
    const orgId = newOrg();
    await givenVoices(orgId);
    const custom = await list(orgId, { variant: "CUSTOM", sort: "-createdAt" });
    expect(custom.items).toEqual(custom.items.toSorted(newestFirst));
    expect(new Set(custom.items.map(({ variant }) => variant))).toEqual(new Set(["CUSTOM"]));
    const system = await list(orgId, { variant: "SYSTEM", sort: "name" });
    expect(system.items).toEqual(system.items.toSorted(byName));
  });

  it.each(["", "createdAt", "-name", "id", "__proto__"])(
    "%j is 400 and names the parameter",
    async (sort) => {
      const response = await call(`/api/voices?sort=${sort}`, { as: newOrg() });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: "Invalid input", issues: [{ path: ["sort"] }] });
    },
  );

  it("with the cursor of another sort, or of another list, is 400 and names the cursor", async () => {
    const orgId = newOrg();
    for (let count = 0; count < 2; count += 1) await givenVoice(orgId);
    const cursorOf = async (sort: string) =>
      (await list(orgId, { sort, limit: "1", variant: "CUSTOM" })).nextCursor ?? "";
    const generations = Buffer.from('["-createdAt",1,"a",1]').toString("base64url");
    for (const [sort, cursor] of [
      ["name", await cursorOf("-createdAt")],
      ["-createdAt", await cursorOf("name")],
      ["", await cursorOf("-createdAt")],
      ["name", generations],
      ["name", Buffer.from('["name",7,"a"]').toString("base64url")],
      ["-createdAt", Buffer.from('["-createdAt","7","a"]').toString("base64url")],
      ["-createdAt", Buffer.from('["-createdAt",1.5,"a"]').toString("base64url")],
      ["name", Buffer.from('["__proto__","a","a"]').toString("base64url")],
    ] as const) {
      const query = new URLSearchParams({ ...(sort && { sort }), cursor });
      const response = await call(`/api/voices?${query}`, { as: orgId });
      expect(response.status, `${sort} ${cursor}`).toBe(400);
      expect(await response.json()).toMatchObject({ issues: [{ path: ["cursor"] }] });
    }
  });

  it.each(["name", "-createdAt"])("%s does not list a voice of another organisation", async (sort) => {
    const [orgId, other] = [newOrg(), newOrg()];
    const foreign = await givenVoice(other, "ready", { language: languageOf(orgId) });
    for (const query of [{ sort }, { sort, variant: "CUSTOM" }, { sort, language: languageOf(orgId) }]) {
      expect((await list(orgId, { ...query, limit: "100" })).items.map(({ id }) => id)).not.toContain(
        foreign,
      );
    }
  });
});

describe("a page of voices", () => {
  const plansOf = async (as: string, query: Query) => {
    const queries: string[] = [];
    const prepare = (sql: string) => {
      queries.push(sql);
      return env.DB.prepare(sql);
    };
    await list(as, query, { DB: withMethods(env.DB, { prepare }) });
    const plans = queries.map(async (sql) => {
      const parameters = Array(sql.split("?").length - 1).fill("1");
      const plan = await env.DB.prepare(`explain query plan ${sql}`)
        .bind(...parameters)
        .all();
      return plan.results.map(({ detail }) => String(detail));
    });
    return (await Promise.all(plans)).flat();
  };

  it.each(["name", "-createdAt"])("by %s is read from an index, and sorted nowhere", async (sort) => {
    const orgId = newOrg();
    for (let count = 0; count < 2; count += 1) await givenVoice(orgId);
    const index = sort === "name" ? "voices_by_name" : "voices_by_time";
    for (const variant of ["", "SYSTEM", "CUSTOM"]) {
      const query = { sort, limit: "1", ...(variant && { variant }) };
      const cursor = (await list(orgId, query)).nextCursor ?? "";
      for (const page of [query, { ...query, ...(cursor && { cursor }) }]) {
        const plan = await plansOf(orgId, page);
        expect(plan.join("\n")).toContain(index);
        expect(plan.join("\n")).not.toMatch(/TEMP B-TREE|SCAN/);
      }
    }
  });
});
