// DELETE below /internal: an app that keeps its own record deletes here as well.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FaultyBindings } from "../faults/faulty-bindings.ts";
import { DAY_MINUTES, statusAndBody, storedCounts } from "../generations/deletions.ts";
import { withMethods } from "../support/bindings.ts";
import { call, newCountingIsolate, newIsolate, statusOf } from "../support/call.ts";
import { EVENTS, receivedTypes, resetEvents } from "../support/events.ts";
import { givenGeneration, givenVoice, newOrg, runCron } from "../support/fixtures.ts";
import { getAudio, INGEST_SECRET, newGeneration, newId, putAudio, putJson } from "../support/ingest.ts";
import { captureLog } from "../support/log.ts";
import { fakeDelays } from "../support/timeouts.ts";
import { silentWav } from "../support/wav.ts";

beforeEach(resetEvents);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const deleteInternally = (path: string, isolate?: Env) =>
  statusOf(
    call(`/internal/${path}`, {
      method: "DELETE",
      headers: { Authorization: `Bearer ${INGEST_SECRET}` },
      isolate: isolate ?? newIsolate({ INGEST_SECRET, ...EVENTS }),
    }),
  );

const DELETED = [409, { error: "This generation was deleted" }];

describe("DELETE /internal/generations/{generationId}", () => {
  it("deletes row and object, tells the feed, and may be repeated", async () => {
    const orgId = newOrg();
    const [id, other] = [await givenGeneration(orgId), await givenGeneration(orgId)];
    const isolate = newIsolate({ INGEST_SECRET, ...EVENTS });
    expect(await statusOf(call(`/api/audio/${id}`, { as: orgId, isolate }))).toBe(200);
    for (const _time of [1, 2]) expect(await deleteInternally(`generations/${id}`, isolate)).toBe(204);
    expect(await statusOf(call(`/api/audio/${id}`, { as: orgId, isolate }))).toBe(404);
    expect(await env.AUDIO.head(`generations/orgs/${orgId}/${id}`)).toBeNull();
    expect(await receivedTypes(id)).toEqual(["generation.deleted"]);
    expect(await statusOf(call(`/api/audio/${other}`, { as: orgId, isolate }))).toBe(200);
  });

  it("with its organisation does the same", async () => {
    const orgId = newOrg();
    const id = await givenGeneration(orgId);
    for (const _time of [1, 2]) expect(await deleteInternally(`generations/${id}?orgId=${orgId}`)).toBe(204);
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 0, queued: 1 });
    expect(await receivedTypes(id)).toEqual(["generation.deleted"]);
  });
});

describe("DELETE /internal/generations/{generationId}?orgId= that arrives before the begin", () => {
  it("has the begin and what follows refused for a day, and may be repeated", async () => {
    const [id, orgId] = [newId(), newOrg()];
    for (const _time of [1, 2]) expect(await deleteInternally(`generations/${id}?orgId=${orgId}`)).toBe(204);
    const begin = () => statusAndBody(putJson(id, newGeneration(orgId)));
    expect(await begin()).toEqual(DELETED);
    expect(await statusOf(putAudio(id, silentWav(1)))).toBe(404);
    expect(await statusOf(putJson(`${id}/failure`, { reason: "late" }))).toBe(404);
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 0, queued: 1 });
    expect(await receivedTypes(id)).toEqual([]);

    await runCron({ minutesLater: DAY_MINUTES });
    expect(await begin()).toEqual(DELETED);
    await runCron({ minutesLater: DAY_MINUTES + 61 });
    expect((await begin())[0]).toBe(201);
  });

  it("wins over a begin that is at D1 already", async () => {
    const [id, orgId] = [newId(), newOrg()];
    const batch = async (statements: D1PreparedStatement[]) => {
      expect(await deleteInternally(`generations/${id}?orgId=${orgId}`)).toBe(204);
      return env.DB.batch(statements);
    };
    const DB = withMethods(env.DB, { batch });
    expect(await statusAndBody(putJson(id, newGeneration(orgId), { env: { DB } }))).toEqual(DELETED);
    expect(await storedCounts(orgId)).toMatchObject({ rows: 0, queued: 1 });
  });

  it("is kept when the response of D1 was lost, and when it takes effect a second time later", async () => {
    captureLog();
    const [id, orgId] = [newId(), newOrg()];
    const fault = { step: 0, statement: 0, d1Error: "Network connection lost", r2Refusal: "" };
    for (const kind of ["response lost", "applied late"] as const) {
      const faulty = new FaultyBindings([{ ...fault, kind }], fakeDelays());
      const isolate = newIsolate({ INGEST_SECRET, ...faulty.bindings });
      expect(await deleteInternally(`generations/${id}?orgId=${orgId}`, isolate)).toBe(204);
      expect(faulty.operations.join()).toContain(`(${kind})`);
      await faulty.applyLate();
      expect(await statusAndBody(putJson(id, newGeneration(orgId)))).toEqual(DELETED);
    }
    expect(await storedCounts(orgId)).toMatchObject({ rows: 0, queued: 1 });
  });

  it("keeps the generation that another organisation has under the id, before and after", async () => {
    const [owner, other] = [newOrg(), newOrg()];
    const id = await givenGeneration(owner);
    expect(await deleteInternally(`generations/${id}?orgId=${other}`)).toBe(204);
    expect(await statusOf(getAudio(id, owner))).toBe(200);
    const later = newId();
    expect(await deleteInternally(`generations/${later}?orgId=${other}`)).toBe(204);
    expect(await statusOf(putJson(later, newGeneration(owner)))).toBe(201);
  });

  it("of an id that no generation can begin with queues nothing, as its key could be another object's", async () => {
    const orgId = newOrg();
    for (const id of ["a%2Fb", "a.b", "a%00", "x".repeat(65)]) {
      expect(await deleteInternally(`generations/${id}?orgId=${orgId}`), id).toBe(204);
    }
    expect(await storedCounts(orgId)).toMatchObject({ queued: 0 });
  });

  it("without orgId changes nothing, as the key is not known", async () => {
    const [id, orgId] = [newId(), newOrg()];
    expect(await deleteInternally(`generations/${id}`)).toBe(204);
    expect(await statusOf(putJson(id, newGeneration(orgId)))).toBe(201);
  });

  it.each(["", "a/b", "x".repeat(65), "org_a&orgId=org_b"])(
    "with orgId=%s is 400 and touches neither D1 nor R2",
    async (orgId) => {
      const { isolate, d1, r2 } = newCountingIsolate({ INGEST_SECRET });
      expect(await deleteInternally(`generations/x?orgId=${orgId}`, isolate)).toBe(400);
      expect({ d1, r2 }).toEqual({ d1: {}, r2: {} });
    },
  );
});

describe("DELETE /internal/voices/{voiceId}", () => {
  it("deletes row and object, tells the feed, and may be repeated", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId);
    const generationId = await givenGeneration(orgId, "ready", { voiceId: id });
    const isolate = newIsolate({ INGEST_SECRET, ...EVENTS });
    expect(await statusOf(call(`/api/voices/${id}`, { as: orgId, isolate }))).toBe(200);
    for (const _time of [1, 2]) expect(await deleteInternally(`voices/${id}`, isolate)).toBe(204);
    expect(await statusOf(call(`/api/voices/${id}`, { as: orgId, isolate }))).toBe(404);
    expect(await env.AUDIO.head(`voices/orgs/${orgId}/${id}`)).toBeNull();
    expect(await receivedTypes(id)).toEqual(["voice.deleted"]);
    const row = env.DB.prepare("select voice_id from generations where id = ?").bind(generationId);
    expect(await row.first()).toEqual({ voice_id: null });
  });

  it("keeps a system voice and every other voice", async () => {
    const [system, other] = [await givenVoice(null), await givenVoice(newOrg())];
    for (const id of [system, "nothing", `${other}x`]) {
      expect(await deleteInternally(`voices/${id}`)).toBe(204);
    }
    const { results } = await env.DB.prepare("select id from voices where id in (?, ?)")
      .bind(system, other)
      .all();
    expect(results).toHaveLength(2);
    expect(await receivedTypes(system)).toEqual([]);
  });
});
