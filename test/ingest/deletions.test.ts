// DELETE below /internal: an app that keeps its own record deletes here as well.
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { call, newIsolate, statusOf } from "../support/call.ts";
import { EVENTS, receivedTypes, resetEvents } from "../support/events.ts";
import { givenGeneration, givenVoice, newOrg } from "../support/fixtures.ts";
import { INGEST_SECRET } from "../support/ingest.ts";

beforeEach(resetEvents);

const deleteInternally = (path: string, isolate?: Env) =>
  statusOf(
    call(`/internal/${path}`, {
      method: "DELETE",
      headers: { Authorization: `Bearer ${INGEST_SECRET}` },
      isolate: isolate ?? newIsolate({ INGEST_SECRET, ...EVENTS }),
    }),
  );

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
    const kept = await call(`/api/generations/${generationId}`, { as: orgId });
    expect(await kept.json()).toMatchObject({ voiceId: null, state: "ready" });
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
