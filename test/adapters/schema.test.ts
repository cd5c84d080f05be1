import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { givenGeneration, givenVoice } from "../support/world.ts";

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
    ["a voice is played", "select * from voices where id = ? and (variant = 'SYSTEM' or org_id = ?)"],
    ["a generation is played", "select * from generations where id = ? and org_id = ?"],
  ])("uses an index when %s", async (_fact, query) => {
    const { results } = await env.DB.prepare(`explain query plan ${query}`).bind("a", "b").all();
    expect(JSON.stringify(results)).toContain("USING INDEX");
  });

  it("uses an index when a voice's generations lose it", async () => {
    const plan = "explain query plan update generations set voice_id = null where voice_id = ?";
    const { results } = await env.DB.prepare(plan).bind("a").all();
    expect(JSON.stringify(results)).toContain("generations_voice_id");
  });
});
