// How changes reach the search index: at once for who made them, and what happens when they cannot.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { restartBuild } from "../../src/search/build.ts";
import { failingQueries } from "../support/bindings.ts";
import { call, newIsolate, statusOf } from "../support/call.ts";
import { fixture, givenCustomer, givenGeneration, givenVoice, newOrg, runCron } from "../support/fixtures.ts";
import { INGEST_SECRET, newGeneration, newId, putAudio, putJson } from "../support/ingest.ts";
import { captureLog } from "../support/log.ts";
import { upload } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";
import { drainSearchChanges, found, givenGenerations } from "./found.ts";

const MINUTES_PER_DAY = 24 * 60;

afterEach(() => vi.restoreAllMocks());

const count = (database: D1Database, from: string) =>
  database.prepare(`select count(*) as n from ${from}`).first<number>("n");
const patch = (id: string, orgId: string, update: object) =>
  statusOf(
    call(`/api/voices/${id}`, {
      ...{ as: orgId, method: "PATCH", body: JSON.stringify(update) },
      headers: { "Content-Type": "application/json" },
    }),
  );

describe("the next search finds", () => {
  it("a voice that was created, renamed, described and deleted", async () => {
    const orgId = await givenCustomer({ active: true });
    const query = { name: "Grandma", category: "GENERAL", language: "en-US" };
    const created = await upload(orgId, await fixture("speech.mp3"), { query });
    const { id } = (await created.json()) as { id: string };
    expect(await found(orgId, "voices", "grandma")).toEqual([id]);
    expect(await patch(id, orgId, { name: "Grandpa" })).toBe(200);
    expect(await found(orgId, "voices", "grandma")).toEqual([]);
    expect(await found(orgId, "voices", "grandpa")).toEqual([id]);
    expect(await patch(id, orgId, { description: "A calm voice" })).toBe(200);
    expect(await found(orgId, "voices", "calm")).toEqual([id]);
    expect(await patch(id, orgId, { description: null })).toBe(200);
    expect(await found(orgId, "voices", "calm")).toEqual([]);
    expect(await statusOf(call(`/api/voices/${id}`, { as: orgId, method: "DELETE" }))).toBe(204);
    expect(await found(orgId, "voices", "grandpa")).toEqual([]);
  });

  it("a generation that was begun, became ready or failed, and was deleted", async () => {
    const [id, orgId] = [newId(), newOrg()];
    const inState = (state: string) => found(orgId, "generations", "there", { state });
    expect(await statusOf(putJson(id, newGeneration(orgId)))).toBe(201);
    expect(await inState("processing")).toEqual([id]);
    expect(await statusOf(putJson(`${id}/failure`, { reason: "no GPU" }))).toBe(200);
    expect([await inState("processing"), await inState("failed")]).toEqual([[], [id]]);
    expect(await statusOf(putAudio(id, silentWav(1)))).toBe(200);
    expect([await inState("failed"), await inState("ready")]).toEqual([[], [id]]);
    expect(await statusOf(call(`/api/generations/${id}`, { as: orgId, method: "DELETE" }))).toBe(204);
    expect(await found(orgId, "generations", "there")).toEqual([]);
  });

  it("no voice whose recording was refused", async () => {
    const orgId = await givenCustomer({ active: true });
    const query = { name: "Refused", category: "GENERAL", language: "en-US" };
    expect(await statusOf(upload(orgId, "not audio", { query }))).toBe(422);
    expect(await found(orgId, "voices", "refused")).toEqual([]);
    await drainSearchChanges();
    const texts = await count(
      env.SEARCH_DB,
      `documents d join scopes s on s.id = d.scope_id where org_id = '${orgId}' and deleted_at is null`,
    );
    expect(texts).toBe(0);
  });

  it("nothing that the app deleted over /internal, and forgets it a day later", async () => {
    const orgId = newOrg();
    const [voice, generation] = [
      await givenVoice(orgId, "ready", { name: "Mine" }),
      await givenGeneration(orgId),
    ];
    expect(await found(orgId, "voices", "mine")).toEqual([voice]);
    for (const path of [`voices/${voice}`, `generations/${generation}`]) {
      const headers = { Authorization: `Bearer ${INGEST_SECRET}` };
      const request = call(`/internal/${path}`, { method: "DELETE", headers, env: { INGEST_SECRET } });
      expect(await statusOf(request)).toBe(204);
    }
    expect(await found(orgId, "voices", "mine")).toEqual([]);
    expect(await found(orgId, "generations", "hello")).toEqual([]);
    const documents = `documents d join scopes s on s.id = d.scope_id where org_id = '${orgId}'`;
    await runCron();
    expect(await count(env.SEARCH_DB, documents)).toBe(2);
    await runCron({ minutesLater: MINUTES_PER_DAY + 1 });
    expect(await count(env.SEARCH_DB, documents)).toBe(0);
  });

  it("a generation that began under the id of another organisation's deleted one, which does not find it", async () => {
    const [orgId, other] = [newOrg(), newOrg()];
    const id = await givenGeneration(orgId, "ready", { text: "first owner" });
    expect(await found(orgId, "generations", "owner")).toEqual([id]);
    expect(await statusOf(call(`/api/generations/${id}`, { as: orgId, method: "DELETE" }))).toBe(204);
    await givenGeneration(other, "ready", { id, text: "second owner" });
    expect(await found(other, "generations", "owner")).toEqual([id]);
    expect(await found(orgId, "generations", "owner")).toEqual([]);
  });
});

it("the cron applies what no search has, also more than a batch, and leaves nothing in the outbox", async () => {
  const orgId = newOrg();
  const ids = await givenGenerations(orgId, 230, "bulk");
  await runCron();
  expect(await count(env.DB, "search_changes")).toBe(0);
  expect(await found(orgId, "generations", "bulk")).toEqual(ids);
});

it("a search applies two hundred changes of its organisation first, the next page the following ones", async () => {
  const [orgId, other] = [newOrg(), newOrg()];
  await givenGenerations(other, 210, "bulk");
  const ids = await givenGenerations(orgId, 450, "bulk");
  const twoPages = { limit: "100" };
  expect(await found(orgId, "generations", "bulk", twoPages)).toEqual(ids.slice(-200));
  expect(await found(orgId, "generations", "bulk", twoPages)).toEqual(ids);
});

describe("without the search database", () => {
  it.each([/from build/, /insert into tokens/])(
    "whose queries like %s fail, a search is 503 and a list is complete",
    async (query) => {
      const orgId = newOrg();
      await givenVoice(orgId);
      await givenGeneration(orgId);
      await drainSearchChanges();
      const lines = captureLog();
      await givenVoice(orgId);
      await givenGeneration(orgId);
      const isolate = newIsolate({ SEARCH_DB: failingQueries(env.SEARCH_DB, query) });
      for (const path of ["voices", "generations"]) {
        const response = await call(`/api/${path}?search=e`, { as: orgId, isolate });
        expect(response.status).toBe(503);
        expect(response.headers.get("Retry-After")).toBe("60");
        expect(await response.json()).toEqual({
          error: "Search is not available right now. Please try again in a minute.",
        });
      }
      expect(lines.filter(({ event }) => event === "search_unavailable")).toHaveLength(2);
      expect(JSON.stringify(lines)).toContain("injected");
      const list = await call("/api/voices?variant=CUSTOM", { as: orgId, isolate });
      expect(await list.json()).toMatchObject({ items: [{ name: "Test voice" }, { name: "Test voice" }] });
      // What was changed meanwhile is not lost.
      await runCron({ env: { SEARCH_DB: isolate.SEARCH_DB } });
      expect(lines.filter(({ event }) => event === "update_search_index_failed")).toHaveLength(1);
      expect(await found(orgId, "generations", "hello")).toHaveLength(2);
    },
  );

  it("of a new index, a search is 503 until the cron has built it, and a change meanwhile is found then", async () => {
    captureLog();
    const orgId = newOrg();
    const before = await givenGeneration(orgId, "ready", { text: "built" });
    await drainSearchChanges();
    await restartBuild(env.SEARCH_DB);
    const during = await givenGeneration(orgId, "ready", { text: "built" });
    const search = () => call("/api/generations?search=built", { as: orgId });
    expect(await statusOf(search())).toBe(503);
    await runCron();
    expect(await found(orgId, "generations", "built")).toEqual([during, before]);
  });
});
