import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import type { VoiceResource } from "../../src/voices/schema.ts";
import { call, failing, newIsolate, replacing } from "../support/call.ts";
import {
  givenCustomer,
  givenGeneration,
  givenVoice,
  meteredEvents,
  newOrg,
  resetPolar,
  runCron,
  storedCounts,
} from "../support/fixtures.ts";
import { sessionToken } from "../support/tokens.ts";
import { itRejectsUnauthenticated } from "../support/unauthenticated.ts";
import { longWav, upload } from "../support/uploads.ts";

afterEach(resetPolar);

interface VoicePage {
  items: VoiceResource[];
  nextCursor: string | null;
}

async function list(as: string, query: Record<string, string> = {}): Promise<VoicePage> {
  const response = await call(`/api/voices?${new URLSearchParams(query)}`, { as });
  expect(response.status).toBe(200);
  return response.json();
}

const names = async (as: string, query: Record<string, string> = {}) =>
  (await list(as, query)).items.map(({ name }) => name);

/** Every page, and what all of them together held. */
async function walk(as: string, query: Record<string, string>) {
  const pages: VoiceResource[][] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: VoicePage = await list(as, { ...query, ...(cursor && { cursor }) });
    pages.push(page.items);
    cursor = page.nextCursor;
  }
  return { pages, items: pages.flat() };
}

describe("GET /api/voices", () => {
  itRejectsUnauthenticated("/api/voices");

  it("has the system voices and the organisation's own, by name, and nobody else's", async () => {
    const [mine, other] = [newOrg(), newOrg()];
    const system = await givenVoice(null, "ready", { name: "middle" });
    const own = [
      await givenVoice(mine, "ready", { name: "Zoe" }),
      await givenVoice(mine, "processing", { name: "anna" }),
    ];
    const foreign = await givenVoice(other, "ready", { name: "Mallory" });
    const ids = (await list(mine, { limit: "100" })).items.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([system, ...own]));
    expect(ids).not.toContain(foreign);
    expect(ids.indexOf(own[1] ?? "")).toBeLessThan(ids.indexOf(system));
    expect(ids.indexOf(system)).toBeLessThan(ids.indexOf(own[0] ?? ""));
  });

  it("tells of a voice just created all that is known", async () => {
    const orgId = await givenCustomer({ active: true });
    const query = { name: "Grandma", category: "NARRATIVE", language: "de-AT", description: "Warm" };
    const created = await upload(orgId, longWav(11), { query });
    const { id } = (await created.json()) as { id: string };
    const { items } = await list(orgId, { variant: "CUSTOM" });
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const told = {
      ...query,
      id,
      variant: "CUSTOM",
      state: "ready",
      contentType: "audio/wav",
      durationSeconds: 11,
      sizeBytes: longWav(11).byteLength,
      createdAt: time,
      updatedAt: time,
      audioUrl: `/api/voices/${id}`,
    };
    expect(items).toEqual([told]);
    const alone = await call(`/api/voices/${id}/metadata`, { as: orgId });
    expect(await alone.json()).toEqual(told);
    expect(alone.headers.get("Cache-Control")).toBe("no-store");
  });

  it("searches name and description, without regard to case, and takes nothing for a pattern", async () => {
    const orgId = newOrg();
    for (const [name, description] of [
      ["Bright Alto", "for stories"],
      ["Calm", "An ALTO of 100%"],
      ["Deep_Bass", null],
    ] as const) {
      await givenVoice(orgId, "ready", { name, description });
    }
    const search = (text: string) => names(orgId, { variant: "CUSTOM", search: text });
    expect(await search("alto")).toEqual(["Bright Alto", "Calm"]);
    expect(await search(" STORIES ")).toEqual(["Bright Alto"]);
    expect(await search("100%")).toEqual(["Calm"]);
    expect(await search("p_b")).toEqual(["Deep_Bass"]);
    expect(await search("%")).toEqual(["Calm"]);
    expect(await search("x".repeat(200))).toEqual([]);
    expect(await search("")).toHaveLength(3);
    expect(await search("' or 1=1 --")).toEqual([]);
  });

  it("filters by category, variant and language, each alone and together", async () => {
    const orgId = newOrg();
    await givenVoice(orgId, "ready", { name: "A", category: "PODCAST", language: "en-US" });
    await givenVoice(orgId, "ready", { name: "B", category: "PODCAST", language: "de-DE" });
    await givenVoice(orgId, "ready", { name: "C", category: "GENERAL", language: "en-GB-oxendict" });
    await givenVoice(orgId, "ready", { name: "D", category: "GENERAL", language: "eng" });
    const own = (query: Record<string, string>) => names(orgId, { variant: "CUSTOM", ...query });
    expect(await own({ category: "PODCAST" })).toEqual(["A", "B"]);
    expect(await own({ language: "en" })).toEqual(["A", "C"]);
    expect(await own({ language: "EN-gb" })).toEqual(["C"]);
    expect(await own({ language: "en-US", category: "GENERAL" })).toEqual([]);
    expect(await own({ language: "en", category: "GENERAL", search: "c" })).toEqual(["C"]);
    const systemOnly = await list(orgId, { variant: "SYSTEM", limit: "100" });
    expect(new Set(systemOnly.items.map(({ variant }) => variant))).not.toContain("CUSTOM");
  });

  it("goes page by page through voices of the same name, and over each once", async () => {
    const orgId = newOrg();
    const ids = new Set<string>();
    for (let count = 0; count < 7; count += 1) {
      ids.add(await givenVoice(orgId, "ready", { name: count % 2 ? "Same" : "same" }));
    }
    const { pages, items } = await walk(orgId, { variant: "CUSTOM", limit: "3" });
    expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(new Set(items.map(({ id }) => id))).toEqual(ids);
    expect((await walk(orgId, { variant: "CUSTOM", limit: "7" })).pages).toHaveLength(1);
  });

  it("is not moved by what comes and goes between two pages", async () => {
    const orgId = newOrg();
    const voices = new Map<string, string>();
    for (const name of ["b", "d", "f", "h"]) voices.set(name, await givenVoice(orgId, "ready", { name }));
    const first = await list(orgId, { variant: "CUSTOM", limit: "2" });
    await givenVoice(orgId, "ready", { name: "a" });
    await givenVoice(orgId, "ready", { name: "e" });
    await env.DB.prepare("delete from voices where id = ?").bind(voices.get("d")).run();
    const rest = await names(orgId, { variant: "CUSTOM", cursor: first.nextCursor ?? "" });
    expect(rest).toEqual(["e", "f", "h"]);
  });

  it("pages by names in other scripts and of any length", async () => {
    const orgId = newOrg();
    const given = ["Ärger", "Иван", "🎙️ studio", `z${"x".repeat(199)}`, 'q"uo\\te'];
    for (const name of given) await givenVoice(orgId, "ready", { name });
    const { items } = await walk(orgId, { variant: "CUSTOM", limit: "1" });
    expect(items).toHaveLength(given.length);
    expect(new Set(items.map(({ name }) => name))).toEqual(new Set(given));
  });

  it.each([
    ["limit", "0"],
    ["limit", "101"],
    ["limit", "1.5"],
    ["limit", "many"],
    ["category", "OPERA"],
    ["variant", "system"],
    ["language", "en_US"],
    ["search", "x".repeat(201)],
    ["cursor", "nonsense"],
    ["cursor", btoa('["a"]')],
    ["cursor", btoa('[{"a":1},"b"]')],
    ["cursor", btoa("null")],
  ])("refuses %s=%s, and says where the fault is", async (name, value) => {
    const response = await call(`/api/voices?${new URLSearchParams({ [name]: value })}`, { as: newOrg() });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "Invalid input", issues: [{ path: [name] }] });
  });

  it("refuses a parameter that is given twice", async () => {
    for (const name of ["search", "limit", "cursor", "category", "variant", "language"]) {
      const response = await call(`/api/voices?${name}=1&${name}=2`, { as: newOrg() });
      expect(response.status, name).toBe(400);
      await response.text();
    }
  });
});

describe("GET /api/voices/{voiceId}/metadata", () => {
  itRejectsUnauthenticated("/api/voices/x/metadata");

  it("tells of a system voice to everybody, without what was never measured", async () => {
    const id = await givenVoice(null, "ready", { name: "System" });
    const response = await call(`/api/voices/${id}/metadata`, { as: newOrg() });
    expect(await response.json()).toMatchObject({
      id,
      variant: "SYSTEM",
      state: "ready",
      contentType: null,
      durationSeconds: null,
      sizeBytes: null,
    });
  });

  it("tells of a voice that is still processing that it is, and no address", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId, "processing");
    const response = await call(`/api/voices/${id}/metadata`, { as: orgId });
    expect(await response.json()).toMatchObject({ state: "processing", audioUrl: null });
  });

  it("names no organisation, no key and no other column", async () => {
    const orgId = newOrg();
    const response = await call(`/api/voices/${await givenVoice(orgId)}/metadata`, { as: orgId });
    expect(await response.text()).not.toContain(orgId);
  });
});

describe("DELETE /api/voices/{voiceId}", () => {
  itRejectsUnauthenticated("/api/voices/x", { method: "DELETE" });
  const remove = (id: string, as: string, more = {}) =>
    call(`/api/voices/${id}`, { as, method: "DELETE", ...more });

  it("takes row, object and memory, leaves generations without their voice, and bills nothing back", async () => {
    const orgId = await givenCustomer({ active: true });
    const { id } = (await (await upload(orgId, longWav(11))).json()) as { id: string };
    const generation = await givenGeneration(orgId, "ready", { voiceId: id });
    const isolate = newIsolate();
    await (await call(`/api/voices/${id}`, { as: orgId, isolate })).arrayBuffer();

    const response = await remove(id, orgId, { isolate });
    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 0, events: 1 });
    expect((await call(`/api/voices/${id}`, { as: orgId, isolate })).status).toBe(404);
    expect((await remove(id, orgId, { isolate })).status).toBe(404);
    const left = await call(`/api/generations/${generation}`, { as: orgId });
    expect(await left.json()).toMatchObject({ voiceId: null, voiceName: "Test voice", state: "ready" });
    expect(await meteredEvents(orgId)).toHaveLength(1);
    expect(await pendingRemovals(orgId)).toBe(0);
  });

  it("is 404 for another organisation's voice and for a system voice, and touches neither", async () => {
    const owner = newOrg();
    const [custom, system] = [await givenVoice(owner), await givenVoice(null)];
    for (const [id, as] of [
      [custom, newOrg()],
      [system, owner],
      ["none", owner],
    ] as const) {
      const response = await remove(id, as);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ error: "Voice not found" });
    }
    for (const id of [custom, system]) {
      const played = await call(`/api/voices/${id}`, { as: owner });
      expect(played.status).toBe(200);
      await played.arrayBuffer();
    }
  });

  it("takes the object later when R2 fails, and until then nobody gets it", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId);
    expect((await remove(id, orgId, { env: { AUDIO: failing(env.AUDIO, "delete") } })).status).toBe(204);
    expect(await storedCounts(orgId)).toMatchObject({ rows: 0, objects: 1 });
    expect((await call(`/api/voices/${id}`, { as: orgId })).status).toBe(404);

    await runCron({ minutesLater: 2, env: { AUDIO: failing(env.AUDIO, "delete") } });
    expect(await pendingRemovals(orgId)).toBe(1);
    await runCron({ minutesLater: 2 });
    expect(await storedCounts(orgId)).toMatchObject({ objects: 0 });
    expect(await pendingRemovals(orgId)).toBe(0);
  });

  it("is 404 to a play whose replica has not heard of it yet", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId);
    const row = { variant: "CUSTOM", r2ObjectKey: `voices/orgs/${orgId}/${id}`, contentType: "audio/wav" };
    await (await remove(id, orgId)).text();
    const lagging = replacing(env.DB, "withSession", (constraint: D1SessionConstraint) =>
      constraint === "first-unconstrained"
        ? { prepare: () => ({ bind: () => ({ raw: async () => [Object.values(row)] }) }) }
        : env.DB.withSession(constraint),
    );
    const response = await call(`/api/voices/${id}`, { as: orgId, env: { DB: lagging } });
    expect([response.status, await response.json()]).toEqual([404, { error: "Voice not found" }]);
  });

  it("changes nothing when D1 fails", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId);
    const response = await remove(id, orgId, { env: { DB: failing(env.DB, "batch") } });
    expect(response.status).toBe(500);
    expect(await storedCounts(orgId)).toMatchObject({ rows: 1, objects: 1 });
    expect(await pendingRemovals(orgId)).toBe(0);
  });

  it("ends an upload that is still going on, which leaves nothing then", async () => {
    const orgId = await givenCustomer({ active: true });
    const putting = async (...args: Parameters<R2Bucket["put"]>) => {
      const stored = await env.AUDIO.put(...args);
      const { items } = await list(orgId, { variant: "CUSTOM" });
      expect(items).toMatchObject([{ state: "processing" }]);
      expect((await remove(items[0]?.id ?? "", orgId)).status).toBe(204);
      return stored;
    };
    const response = await upload(orgId, longWav(11), {
      env: { AUDIO: replacing(env.AUDIO, "put", putting) },
    });
    expect(response.status).toBe(409);
    expect(await response.json()).toEqual({
      error: "The voice was deleted while its recording was being uploaded",
    });
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 0, events: 0 });
  });

  it("is refused to the page of a stranger that acts with its visitor's cookie", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId);
    const headers = {
      Cookie: `__session=${await sessionToken({ orgId })}`,
      Origin: "https://evil.example",
    };
    expect((await call(`/api/voices/${id}`, { method: "DELETE", headers })).status).toBe(403);
    expect(await storedCounts(orgId)).toMatchObject({ rows: 1, objects: 1 });
  });
});

const pendingRemovals = (orgId: string) =>
  env.DB.prepare("select count(*) as n from pending_object_deletions where instr(r2_object_key, ?) > 0")
    .bind(orgId)
    .first<number>("n");
