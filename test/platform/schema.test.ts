import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { findPlayableGeneration, findPlayableVoice } from "../../src/playback/queries.ts";
import { replacing } from "../support/call.ts";
import { givenGeneration, givenVoice } from "../support/fixtures.ts";

const insertVoice = (variant: string, orgId: string | null, category = "GENERAL") =>
  env.DB.prepare("insert into voices (id, org_id, name, category, variant) values (?, ?, 'A', ?, ?)")
    .bind(crypto.randomUUID(), orgId, category, variant)
    .run();

describe("the database", () => {
  it.each([
    ["SYSTEM", null, "GENERAL"],
    ["CUSTOM", "org_a", "PODCAST"],
  ])("takes a %s voice of %s", async (variant, orgId, category) => {
    expect((await insertVoice(variant, orgId, category)).success).toBe(true);
  });

  it.each([
    ["a system voice with an owner", "SYSTEM", "org_a", "GENERAL"],
    ["a custom voice without an owner", "CUSTOM", null, "GENERAL"],
    ["an unknown variant", "SHARED", "org_a", "GENERAL"],
    ["an unknown category", "CUSTOM", "org_a", "OPERA"],
  ])("refuses %s", async (_fact, variant, orgId, category) => {
    await expect(insertVoice(variant, orgId, category)).rejects.toThrow(/CHECK constraint failed/);
  });

  it("keeps a generation whose voice is deleted, without the voice's id", async () => {
    const voiceId = await givenVoice("org_a");
    const id = await givenGeneration("org_a", "ready", { voiceId, voiceName: "Gone" });
    await env.DB.prepare("delete from voices where id = ?").bind(voiceId).run();
    const row = await env.DB.prepare("select voice_id, voice_name from generations where id = ?")
      .bind(id)
      .first();
    expect(row).toEqual({ voice_id: null, voice_name: "Gone" });
  });

  it.each([
    ["a voice is played", findPlayableVoice],
    ["a generation is played", findPlayableGeneration],
  ])("uses an index when %s", async (_fact, find) => {
    const queries: string[] = [];
    const recording = <T extends D1DatabaseSession>(session: T) =>
      replacing(session, "prepare", (query: string) => {
        queries.push(query);
        return session.prepare(query);
      });
    const database = replacing(env.DB, "withSession", () => recording(env.DB.withSession()));
    await find(database, "a", "org_a", "nearest");
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) {
      const places = query.split("?").length - 1;
      const plan = env.DB.prepare(`explain query plan ${query}`).bind(...Array(places).fill("a"));
      expect(JSON.stringify((await plan.all()).results)).toMatch(/SEARCH \w+ USING INDEX/);
    }
  });

  it("uses an index when a voice's generations lose it", async () => {
    const plan = "explain query plan update generations set voice_id = null where voice_id = ?";
    const { results } = await env.DB.prepare(plan).bind("a").all();
    expect(JSON.stringify(results)).toContain("generations_voice_id");
  });
});
