// PATCH /api/voices/{voiceId}: what it changes, for whom, and that no later state is lost.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { VoiceResource } from "../../src/voices/schema.ts";
import { failingQueries, withMethods } from "../support/bindings.ts";
import { call, newCountingIsolate, newIsolate, statusOf } from "../support/call.ts";
import { givenCustomer, givenGeneration, givenVoice, newOrg, resetPolar } from "../support/fixtures.ts";
import { captureLog } from "../support/log.ts";
import { sessionToken } from "../support/tokens.ts";
import { itRejectsUnauthenticated } from "../support/unauthenticated.ts";
import { upload } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";
import { JSON_TYPE, metadata, nameOf, patch } from "./updates.ts";

const JSON_BODY = { method: "PATCH", headers: JSON_TYPE, body: '{"name":"Renamed"}' };

beforeEach(() => {
  captureLog();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await resetPolar();
});

describe("PATCH /api/voices/{voiceId}", () => {
  itRejectsUnauthenticated("/api/voices/x", JSON_BODY);

  it("changes the fields that it names, keeps the others, and answers with the voice as its metadata has it", async () => {
    const orgId = newOrg();
    const at = new Date("2026-01-02T03:04:05.678Z");
    const before = { name: "Before", description: "Warm", category: "PODCAST", language: "de-AT" } as const;
    const id = await givenVoice(orgId, "ready", { ...before, createdAt: at, updatedAt: at });
    const changes = [
      { name: "  After 🎙️ ", description: null },
      { category: "NARRATIVE", language: "en_GB" },
      { description: "Line one\nline two" },
    ];
    const expected = [
      { ...before, name: "After 🎙️", description: null },
      { ...before, name: "After 🎙️", description: null, category: "NARRATIVE", language: "en-GB" },
      { name: "After 🎙️", description: "Line one\nline two", category: "NARRATIVE", language: "en-GB" },
    ];
    let updatedAt = at.toISOString();
    for (const [index, change] of changes.entries()) {
      const response = await patch(id, orgId, change);
      expect(response.status).toBe(200);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      const voice = (await response.json()) as VoiceResource;
      expect(voice).toMatchObject({ id, variant: "CUSTOM", ...expected[index], createdAt: at.toISOString() });
      expect(await metadata(id, orgId)).toEqual(voice);
      expect(voice.updatedAt > updatedAt).toBe(true);
      updatedAt = voice.updatedAt;
    }
  });

  it("may be repeated, and clears a description that is null, empty or blank", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId, "ready", { description: "Warm" });
    for (const description of [null, null, "", " \n "]) {
      expect(await (await patch(id, orgId, { description })).json()).toMatchObject({ description: null });
    }
    expect((await metadata(id, orgId)).description).toBeNull();
  });

  it("replaces half a surrogate pair, as a creation does", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId);
    const response = await patch(id, orgId, { name: "a\ud83d", description: "\ude00b" });
    expect(await response.json()).toMatchObject({ name: "a\ufffd", description: "\ufffdb" });
  });

  it.each([
    ["nothing", {}, []],
    ["an unknown field", { name: "A", state: "ready" }, []],
    ["the organisation", { orgId: "org_other" }, []],
    ["the object key", { r2ObjectKey: "voices/system/x" }, []],
    ["a list", [], []],
    ["null", null, []],
    ["null as the name", { name: null }, ["name"]],
    ["a number as the name", { name: 7 }, ["name"]],
    ["a blank name", { name: "  " }, ["name"]],
    ["a name that shows nothing", { name: "\u3164" }, ["name"]],
    ["a name that reverses text", { name: "a\u202eb" }, ["name"]],
    ["a name with a line break", { name: "a\nb" }, ["name"]],
    ["a name of 201 characters", { name: "x".repeat(201) }, ["name"]],
    ["another category", { category: "OPERA" }, ["category"]],
    ["null as the category", { category: null }, ["category"]],
    ["a malformed language", { language: "en--US" }, ["language"]],
    ["null as the language", { language: null }, ["language"]],
    ["a description of 2001 characters", { description: "x".repeat(2001) }, ["description"]],
    ["a description that reverses text", { description: "\u2067x" }, ["description"]],
  ])("is 400 for %s, says where, and changes nothing", async (_what, update, path) => {
    const orgId = newOrg();
    const id = await givenVoice(orgId, "ready", { name: "Kept" });
    const before = await metadata(id, orgId);
    const response = await patch(id, orgId, update);
    expect(response.status).toBe(400);
    const { error, issues } = (await response.json()) as { error: string; issues: unknown[] };
    expect([error, issues[0]]).toMatchObject(["Invalid input", { path }]);
    expect(await metadata(id, orgId)).toEqual(before);
  });

  it.each([
    ["malformed JSON", 400, { body: '{"name":' }],
    ["another media type", 415, { headers: { "Content-Type": "text/plain" }, body: '{"name":"A"}' }],
    ["no media type", 415, { headers: { "Content-Type": "" }, body: '{"name":"A"}' }],
    ["a body over 1 MiB", 413, { body: JSON.stringify({ name: "x".repeat(1024 * 1024) }) }],
  ])("with %s is %i and touches neither D1 nor R2", async (_what, status, request) => {
    const { isolate, d1, r2 } = newCountingIsolate();
    expect(await statusOf(patch("x", newOrg(), null, { ...request, isolate }))).toBe(status);
    expect({ d1, r2 }).toEqual({ d1: {}, r2: {} });
  });

  it("that declares a body over 1 MiB is 413 without reading it", async () => {
    const pull = () => Promise.reject(new Error("the body was read"));
    const body = new ReadableStream({ pull }, { highWaterMark: 0 });
    const headers = { "Content-Length": String(1024 * 1024 + 1) };
    expect(await statusOf(patch("x", newOrg(), null, { body, headers }))).toBe(413);
  });

  it("is 404 for a voice of another organisation, a system voice and an unknown id, and changes nothing", async () => {
    const owner = newOrg();
    const custom = await givenVoice(owner, "ready", { name: "Own" });
    const system = await givenVoice(null, "ready", { name: "System" });
    for (const [id, as] of [
      [custom, newOrg()],
      [system, owner],
      ["none", owner],
      [`${custom}%00`, owner],
    ] as const) {
      const response = await patch(id, as, { name: "Stolen" });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ error: "Voice not found" });
    }
    expect([await nameOf(custom), await nameOf(system)]).toEqual(["Own", "System"]);
  });

  it("is 403 with the session cookie and a disallowed origin, and changes nothing; 200 from an allowed one", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId, "ready", { name: "Kept" });
    const cookie = `__session=${await sessionToken({ orgId })}`;
    const send = (Origin: string) =>
      call(`/api/voices/${id}`, {
        ...JSON_BODY,
        headers: { ...JSON_TYPE, Cookie: cookie, Origin },
        env: { APP_ORIGINS: "https://studio.example.com" },
      });
    expect(await statusOf(send("https://evil.example"))).toBe(403);
    expect(await nameOf(id)).toBe("Kept");
    for (const origin of ["https://app.example.com", "https://studio.example.com"]) {
      expect(await statusOf(send(origin))).toBe(200);
    }
  });

  it("renames a voice in every list, and plays it as before in an isolate that has cached its row", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId, "ready", { name: "Zoe" });
    const other = await givenVoice(orgId, "ready", { name: "Mia" });
    const generation = await givenGeneration(orgId, "ready", { voiceId: id, voiceName: "Zoe" });
    const isolate = newIsolate();
    const play = async () => (await call(`/api/voices/${id}`, { as: orgId, isolate })).text();
    const before = await play();
    await statusOf(patch(id, orgId, { name: "anna" }, { isolate }));
    expect(await play()).toBe(before);
    const list = await call("/api/voices?variant=CUSTOM", { as: orgId, isolate });
    expect(((await list.json()) as { items: VoiceResource[] }).items.map((voice) => voice.id)).toEqual([
      id,
      other,
    ]);
    // A generation keeps the name that the voice had.
    const kept = await call(`/api/generations/${generation}`, { as: orgId });
    expect(await kept.json()).toMatchObject({ voiceId: id, voiceName: "Zoe" });
  });

  it("renames a voice that is not ready, also while its recording is being stored, and keeps the new name", async () => {
    const orgId = await givenCustomer({ active: true });
    const put = async (...args: Parameters<R2Bucket["put"]>) => {
      const id = String(
        await env.DB.prepare("select id from voices where org_id = ?").bind(orgId).first("id"),
      );
      const response = await patch(id, orgId, { name: "Renamed" });
      expect(await response.json()).toMatchObject({ name: "Renamed", state: "processing" });
      return env.AUDIO.put(...args);
    };
    const created = await upload(orgId, silentWav(11), { env: { AUDIO: withMethods(env.AUDIO, { put }) } });
    const { id } = (await created.json()) as { id: string };
    expect(await metadata(id, orgId)).toMatchObject({ name: "Renamed", state: "ready", durationSeconds: 11 });
  });

  it("is 500 and changes nothing when D1 fails", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId, "ready", { name: "Kept" });
    const DB = failingQueries(env.DB, /^update "voices"/);
    expect(await statusOf(patch(id, orgId, { name: "A" }, { env: { DB } }))).toBe(500);
    expect(await nameOf(id)).toBe("Kept");
  });
});
