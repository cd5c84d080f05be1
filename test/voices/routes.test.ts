// GET /api/voices: the list of voices.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import type { VoiceResource } from "../../src/voices/schema.ts";
import { call, statusOf } from "../support/call.ts";
import { givenCustomer, givenVoice, newOrg, resetPolar } from "../support/fixtures.ts";
import { itRejectsUnauthenticated } from "../support/unauthenticated.ts";
import { upload } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";

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

/** Every page, and the items of all pages. */
async function listAll(as: string, query: Record<string, string>) {
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

  it("lists the system voices and the organisation's own by name, and no voice of another organisation", async () => {
    const [orgId, other] = [newOrg(), newOrg()];
    const system = await givenVoice(null, "ready", { name: "middle" });
    const own = [
      await givenVoice(orgId, "ready", { name: "Zoe" }),
      await givenVoice(orgId, "processing", { name: "anna" }),
    ];
    const foreign = await givenVoice(other, "ready", { name: "Mallory" });
    const ids = (await list(orgId, { limit: "100" })).items.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([system, ...own]));
    expect(ids).not.toContain(foreign);
    expect(ids.indexOf(own[1] ?? "")).toBeLessThan(ids.indexOf(system));
    expect(ids.indexOf(system)).toBeLessThan(ids.indexOf(own[0] ?? ""));
  });

  it("lists a new voice with every public field, as its metadata endpoint does", async () => {
    const orgId = await givenCustomer({ active: true });
    const query = { name: "Grandma", category: "NARRATIVE", language: "de-AT", description: "Warm" };
    const created = await upload(orgId, silentWav(11), { query });
    const { id } = (await created.json()) as { id: string };
    const { items } = await list(orgId, { variant: "CUSTOM" });
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const expected = {
      ...query,
      id,
      variant: "CUSTOM",
      state: "ready",
      contentType: "audio/wav",
      durationSeconds: 11,
      sizeBytes: silentWav(11).byteLength,
      codec: "PCM",
      sampleRateHz: 44_100,
      channels: 1,
      bitsPerSample: 16,
      bitrateBps: 705_632,
      createdAt: time,
      updatedAt: time,
      audioUrl: `/api/voices/${id}`,
      ...{ peakLevel: 0, clippedShare: 0, silenceShare: 1 },
      peaksUrl: `/api/voices/${id}/peaks`,
      linkUrl: `/api/voices/${id}/link`,
    };
    expect(items).toEqual([expected]);
    const metadata = await call(`/api/voices/${id}/metadata`, { as: orgId });
    expect(await metadata.json()).toEqual(expected);
    expect(metadata.headers.get("Cache-Control")).toBe("no-store");
  });

  it("searches name and description in any letter case, and treats %, _ and quotes literally", async () => {
    const orgId = newOrg();
    for (const [name, description] of [
      ["Bright Alto", "for stories"],
      ["Calm", "An ALTO of 100%"],
      ["Deep_Bass", null],
    ] as const) {
      await givenVoice(orgId, "ready", { name, description });
    }
    const search = (text: string) => names(orgId, { variant: "CUSTOM", search: text });
    expect(await search("alto")).toEqual(["Calm", "Bright Alto"]);
    expect(await search(" STORIES ")).toEqual(["Bright Alto"]);
    expect(await search("100%")).toEqual(["Calm"]);
    expect(await search("p_b")).toEqual(["Deep_Bass"]);
    expect(await search("%")).toEqual(["Calm"]);
    expect(await search("x".repeat(200))).toEqual([]);
    expect(await search("")).toHaveLength(3);
    expect(await search("' or 1=1 --")).toEqual([]);
  });

  it("filters by category, variant and language, alone and combined", async () => {
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

  it("pages through voices of the same name and lists each of them once", async () => {
    const orgId = newOrg();
    const ids = new Set<string>();
    for (let count = 0; count < 7; count += 1) {
      ids.add(await givenVoice(orgId, "ready", { name: count % 2 ? "Same" : "same" }));
    }
    const { pages, items } = await listAll(orgId, { variant: "CUSTOM", limit: "3" });
    expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(new Set(items.map(({ id }) => id))).toEqual(ids);
    expect((await listAll(orgId, { variant: "CUSTOM", limit: "7" })).pages).toHaveLength(1);
  });

  it("continues after its cursor although voices were added and deleted between two pages", async () => {
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

  it("pages through names in any script and of any length", async () => {
    const orgId = newOrg();
    const given = ["Ärger", "Иван", "🎙️ studio", `z${"x".repeat(199)}`, 'q"uo\\te'];
    for (const name of given) await givenVoice(orgId, "ready", { name });
    const { items } = await listAll(orgId, { variant: "CUSTOM", limit: "1" });
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
    ["language", "en--US"],
    ["search", "x".repeat(201)],
    ["cursor", "nonsense"],
    ["cursor", btoa('["a"]')],
    ["cursor", btoa('[{"a":1},"b"]')],
    ["cursor", btoa("null")],
  ])("is 400 for %s=%s and names the parameter", async (name, value) => {
    const response = await call(`/api/voices?${new URLSearchParams({ [name]: value })}`, { as: newOrg() });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "Invalid input", issues: [{ path: [name] }] });
  });

  it.each(["search", "limit", "cursor", "sort", "category", "variant", "language"])(
    "is 400 and says so when %s appears twice or is malformed",
    async (name) => {
      for (const [query, message] of [
        [`${name}=1&${name}=2`, `${name} appears more than once in the query`],
        [`${name}=%FF`, `${name} is not valid percent-encoded UTF-8`],
      ]) {
        const response = await call(`/api/voices?${query}`, { as: newOrg() });
        expect(response.status).toBe(400);
        expect(await response.json()).toEqual({
          error: "Invalid input",
          issues: [{ code: "custom", message, path: [name] }],
        });
      }
    },
  );

  it("reports the other invalid parameters besides a repeated one", async () => {
    const response = await call("/api/voices?search=a&search=b&limit=0", { as: newOrg() });
    expect(await response.json()).toMatchObject({ issues: [{ path: ["search"] }, { path: ["limit"] }] });
  });

  it("finds a voice by the language that it was created with, also in the spelling of the app's list", async () => {
    const orgId = await givenCustomer({ active: true });
    for (const language of ["ca-ES-", "es-ES_tradnl"]) {
      const query = { name: language, category: "GENERAL", language };
      expect(await statusOf(upload(orgId, silentWav(11), { query }))).toBe(201);
      const { items } = await list(orgId, { variant: "CUSTOM", language });
      expect(items).toMatchObject([
        { name: language, language: language === "ca-ES-" ? "ca-ES" : "es-ES-tradnl" },
      ]);
    }
  });

  it.each(["%E0", "%zz", "%ED%A0%80", "a%00b"])(
    "is 404 for the id %s, which no voice can have",
    async (id) => {
      for (const path of [`/api/voices/${id}`, `/api/voices/${id}/metadata`, `/api/audio/${id}`]) {
        expect(await statusOf(call(path, { as: newOrg() })), path).toBe(404);
      }
    },
  );
});
