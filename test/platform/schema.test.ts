// The constraints and indexes of the D1 schema.
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { describe, expect, it } from "vitest";
import { generations, NO_LEVELS, voices } from "../../src/platform/schema.ts";
import { findPlayableGeneration, findPlayableVoice } from "../../src/playback/queries.ts";
import { withMethods } from "../support/bindings.ts";
import { call } from "../support/call.ts";
import { givenGeneration, givenVoice, newOrg } from "../support/fixtures.ts";

const insertVoice = (variant: string, orgId: string | null, category = "GENERAL") =>
  env.DB.prepare("insert into voices (id, org_id, name, category, variant) values (?, ?, 'A', ?, ?)")
    .bind(crypto.randomUUID(), orgId, category, variant)
    .run();

describe("the D1 schema", () => {
  it.each([
    ["SYSTEM", null, "GENERAL"],
    ["CUSTOM", "org_a", "PODCAST"],
  ])("accepts a %s voice of the organisation %s", async (variant, orgId, category) => {
    expect((await insertVoice(variant, orgId, category)).success).toBe(true);
  });

  it.each([
    ["a system voice with an owner", "SYSTEM", "org_a", "GENERAL"],
    ["a custom voice without an owner", "CUSTOM", null, "GENERAL"],
    ["an unknown variant", "SHARED", "org_a", "GENERAL"],
    ["an unknown category", "CUSTOM", "org_a", "OPERA"],
  ])("rejects %s", async (_fact, variant, orgId, category) => {
    await expect(insertVoice(variant, orgId, category)).rejects.toThrow(/CHECK constraint failed/);
  });

  it("deletes a voice without a write to its generations, which can be a million", async () => {
    const deleteVoiceOf = async (count: number) => {
      const voiceId = await givenVoice("org_a");
      for (let made = 0; made < count; made += 1) await givenGeneration("org_a", "ready", { voiceId });
      const { meta } = await env.DB.prepare("delete from voices where id = ?").bind(voiceId).run();
      return meta.rows_written;
    };
    const [none, some] = [await deleteVoiceOf(0), await deleteVoiceOf(3)];
    expect(none).toBeGreaterThan(0);
    expect(some).toBe(none);
  });

  it.each([
    ["a voice", findPlayableVoice],
    ["a generation", findPlayableGeneration],
  ])("has an index for the query that finds %s to play", async (_fact, find) => {
    const queries: string[] = [];
    const session = env.DB.withSession();
    const prepare = (query: string) => {
      queries.push(query);
      return session.prepare(query);
    };
    const database = withMethods(env.DB, { withSession: () => withMethods(session, { prepare }) });
    await find(database, "a", "org_a", "nearest");
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) {
      const parameters = query.split("?").length - 1;
      const plan = env.DB.prepare(`explain query plan ${query}`).bind(...Array(parameters).fill("a"));
      expect(JSON.stringify((await plan.all()).results)).toMatch(/SEARCH \w+ USING INDEX/);
    }
  });

  it.each([
    ["voices", voices, () => givenVoice("org_a")],
    ["generations", generations, () => givenGeneration("org_a")],
  ] as const)(
    "keeps in %s the levels of the audio, with peaks byte for byte",
    async (_name, table, given) => {
      const db = drizzle(env.DB);
      const id = await given();
      const read = async () => {
        const { peakLevel, clippedShare, silenceShare, peaks } = table;
        const [row] = await db
          .select({ peakLevel, clippedShare, silenceShare, peaks })
          .from(table)
          .where(eq(table.id, id));
        return row;
      };
      expect(await read()).toEqual(NO_LEVELS);
      const peaks = Buffer.from(Array.from({ length: 2000 }, (_, index) => index % 256));
      const levels = { peakLevel: 0.5, clippedShare: 0, silenceShare: 0.25, peaks };
      await db.update(table).set(levels).where(eq(table.id, id));
      expect(await read()).toEqual(levels);
    },
  );

  it.each(["voices", "generations"])(
    "has the levels last in a row of %s, so that a query without them does not read past them",
    async (table) => {
      const { results } = await env.DB.prepare("select name from pragma_table_info(?)").bind(table).all();
      expect(results.slice(-4).map(({ name }) => name)).toEqual([
        "peak_level",
        "clipped_share",
        "silence_share",
        "peaks",
      ]);
    },
  );

  it.each(["/api/voices", "/api/voices/{id}/metadata", "/api/generations", "/api/generations/{id}"])(
    "has peaks that GET %s does not read",
    async (path) => {
      const orgId = newOrg();
      const id = await (path.includes("voices") ? givenVoice(orgId) : givenGeneration(orgId));
      const queries: string[] = [];
      const prepare = (query: string) => {
        queries.push(query);
        return env.DB.prepare(query);
      };
      const response = await call(path.replace("{id}", id), {
        as: orgId,
        env: { DB: withMethods(env.DB, { prepare }) },
      });
      expect(await response.text()).toContain(id);
      expect(queries.join()).toContain('"codec"');
      expect(queries.join()).toContain('"peak_level"');
      expect(queries.join()).not.toContain('"peaks"');
    },
  );
});
