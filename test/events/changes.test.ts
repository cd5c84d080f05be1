// Which changes are recorded for the change feed, and what their events say.
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { AudioIngest } from "../../src/index.ts";
import { call, newIsolate, statusOf } from "../support/call.ts";
import { EVENTS, receivedEvents, receivedTypes, receiverState, resetEvents } from "../support/events.ts";
import {
  fixture,
  givenGeneration,
  givenSubscriber,
  givenVoice,
  newOrg,
  runCron,
} from "../support/fixtures.ts";
import {
  givenBegunGeneration,
  INGEST_SECRET,
  newGeneration,
  newId,
  putAudio,
  putJson,
} from "../support/ingest.ts";
import { upload } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";

beforeEach(resetEvents);

const countOf = (objectId: string) =>
  env.DB.prepare("select count(*) as n from change_events where object_id = ?").bind(objectId).first("n");

/** A row of the app's columns, with the names and times of the JSON of an event. */
async function appColumns(table: "voices" | "generations", id: string): Promise<Record<string, unknown>> {
  const row = await env.DB.prepare(`select * from ${table} where id = ?`).bind(id).first();
  const text = (name: string) => row?.[name] ?? null;
  const time = (name: string) => new Date(Number(row?.[name])).toISOString();
  const times = { createdAt: time("created_at"), updatedAt: time("updated_at") };
  const common = { id, orgId: text("org_id"), r2ObjectKey: text("r2_object_key"), ...times };
  return table === "voices"
    ? {
        ...common,
        ...{ name: text("name"), description: text("description"), category: text("category") },
        ...{ language: text("language"), variant: text("variant") },
      }
    : {
        ...common,
        ...{ voiceId: text("voice_id"), voiceName: text("voice_name"), text: text("text") },
        ...{ temperature: text("temperature"), topP: text("top_p"), topK: text("top_k") },
        ...{ repetitionPenalty: text("repetition_penalty"), failureReason: text("failure_reason") },
      };
}

async function givenCreatedVoice(query: Record<string, string> = {}) {
  const orgId = await givenSubscriber();
  const response = await upload(orgId, await fixture("speech.mp3"), {
    query: { name: "My voice", category: "PODCAST", language: "de-AT", ...query },
    headers: { "Content-Type": "audio/mpeg" },
    env: EVENTS,
  });
  expect(response.status).toBe(201);
  return { orgId, id: ((await response.json()) as { id: string }).id };
}

describe("the change feed", () => {
  it("tells of a voice that became ready, with the row in the app's columns", async () => {
    const description = 'A "quoted"\nname, 声 🎙️ and a \\';
    const { id } = await givenCreatedVoice({ description });
    const [event, ...others] = await receivedEvents(id);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: "voice.created", data: { description } });
    expect(event?.data).toEqual(await appColumns("voices", id));
    expect(Date.parse(event?.timestamp ?? "")).toBeLessThanOrEqual(Date.now());
  });

  it("tells of a deleted voice, as it was, with a higher sequence", async () => {
    const { orgId, id } = await givenCreatedVoice();
    const row = await appColumns("voices", id);
    const request = { as: orgId, method: "DELETE", env: EVENTS };
    expect(await statusOf(call(`/api/voices/${id}`, request))).toBe(204);
    const [created, deleted] = await receivedEvents(id);
    expect(deleted).toMatchObject({ type: "voice.deleted", data: row });
    expect(deleted?.sequence).toBeGreaterThan(created?.sequence ?? 0);
    expect(await statusOf(call(`/api/voices/${id}`, request))).toBe(404);
    expect(await receivedTypes(id)).toEqual(["voice.created", "voice.deleted"]);
  });

  it("tells of a changed voice, with the row after the change", async () => {
    const { orgId, id } = await givenCreatedVoice();
    const change = (body: object, as = orgId) =>
      statusOf(
        call(`/api/voices/${id}`, {
          as,
          method: "PATCH",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(body),
          env: EVENTS,
        }),
      );
    expect(await change({ name: "New name" })).toBe(200);
    expect(await change({ name: "Not theirs" }, newOrg())).toBe(404);
    const [, updated, ...others] = await receivedEvents(id);
    expect(others).toEqual([]);
    expect(updated).toMatchObject({ type: "voice.updated", data: { name: "New name", category: "PODCAST" } });
    expect(updated?.data).toEqual(await appColumns("voices", id));
  });

  it("tells of deleted generations, as they were, also of one without audio", async () => {
    const orgId = newOrg();
    const [ready, processing] = [await givenGeneration(orgId), await givenGeneration(orgId, "processing")];
    const foreign = await givenGeneration(newOrg());
    const rows = await Promise.all([ready, processing].map((id) => appColumns("generations", id)));
    const request = call("/api/generations/delete", {
      as: orgId,
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ids: [ready, processing, foreign] }),
      env: EVENTS,
    });
    expect(await statusOf(request)).toBe(200);
    for (const [index, id] of [ready, processing].entries()) {
      expect(await receivedEvents(id)).toMatchObject([{ type: "generation.deleted", data: rows[index] }]);
    }
    expect(await countOf(foreign)).toBe(0);
    const one = await givenGeneration(orgId);
    const single = call(`/api/generations/${one}`, { as: orgId, method: "DELETE", env: EVENTS });
    expect(await statusOf(single)).toBe(204);
    expect(await receivedTypes(one)).toEqual(["generation.deleted"]);
  });

  it("tells of 100 generations that are deleted at once: 20 by the request, the rest by the cron", async () => {
    const orgId = newOrg();
    const ids = await Promise.all(Array.from({ length: 100 }, () => givenGeneration(orgId, "processing")));
    const request = call("/api/generations/delete", {
      as: orgId,
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ids }),
      env: EVENTS,
    });
    expect(await statusOf(request)).toBe(200);
    const told = async () => (await receiverState()).received.map(({ event }) => event.data.id);
    expect(await told()).toHaveLength(20);
    await runCron({ env: EVENTS as unknown as Partial<Env> });
    expect(new Set(await told())).toEqual(new Set(ids));
    expect(await told()).toHaveLength(100);
  });

  it("tells nothing of a voice that was never ready, nor of what another organisation may not delete", async () => {
    const orgId = newOrg();
    const processing = await givenVoice(orgId, "processing");
    const foreign = await givenVoice(newOrg());
    const system = await givenVoice(null);
    for (const [id, status] of [
      [processing, 204],
      [foreign, 404],
      [system, 404],
    ] as const) {
      const request = call(`/api/voices/${id}`, { as: orgId, method: "DELETE", env: EVENTS });
      expect(await statusOf(request)).toBe(status);
      expect(await countOf(id)).toBe(0);
    }
  });

  it("tells of a generation that became ready, with its numbers as they are stored", async () => {
    const [id, orgId] = [newId(), newOrg()];
    const text = `Long texts are sent whole: ${"長い words ".repeat(9_000)}`;
    const numbers = { temperature: 0.30000000000000004, topP: 1e-7, topK: -1, repetitionPenalty: 1e20 };
    const voiceId = await givenVoice(orgId);
    const begin = { ...newGeneration(orgId, { text, voiceId }), ...numbers };
    expect(await statusOf(putJson(id, begin, { env: EVENTS }))).toBe(201);
    expect(await countOf(id)).toBe(0);
    expect(await statusOf(putAudio(id, silentWav(1), { env: EVENTS }))).toBe(200);
    const [event, ...others] = await receivedEvents(id);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: "generation.ready", data: { text, voiceId, ...numbers } });
    expect(event?.data).toEqual(await appColumns("generations", id));
  });

  it("tells of a generation that failed, and that it is ready after all", async () => {
    const { id } = await givenBegunGeneration();
    expect(await statusOf(putJson(`${id}/failure`, { reason: "no GPU" }, { env: EVENTS }))).toBe(200);
    expect(await receivedEvents(id)).toMatchObject([
      { type: "generation.failed", data: { failureReason: "no GPU", r2ObjectKey: null } },
    ]);
    expect(await statusOf(putAudio(id, silentWav(1), { env: EVENTS }))).toBe(200);
    expect(await receivedEvents(id)).toMatchObject([
      { type: "generation.failed" },
      { type: "generation.ready", data: { failureReason: null } },
    ]);
    const late = putJson(`${id}/failure`, { reason: "too late" }, { env: EVENTS });
    expect(await statusOf(late)).toBe(409);
    expect(await countOf(id)).toBe(2);
  });

  it("tells of audio that was stored again, because the row has a new time", async () => {
    const { id, orgId } = await givenBegunGeneration();
    expect(await statusOf(putAudio(id, silentWav(1)))).toBe(200);
    await env.AUDIO.delete(`generations/orgs/${orgId}/${id}`);
    expect(await statusOf(putAudio(id, silentWav(1), { env: EVENTS }))).toBe(200);
    const [event, ...others] = await receivedEvents(id);
    expect(others).toEqual([]);
    expect(event?.data).toEqual(await appColumns("generations", id));
    // Audio that is there is not a change.
    expect(await statusOf(putAudio(id, silentWav(1), { env: EVENTS }))).toBe(200);
    expect(await countOf(id)).toBe(1);
  });

  it("tells of what a backend does through the service binding", async () => {
    const { id } = await givenBegunGeneration();
    const isolate = newIsolate({ ...EVENTS, INGEST_SECRET });
    const ctx = createExecutionContext();
    const result = await new AudioIngest(ctx, isolate).failGeneration(id, "no GPU");
    await waitOnExecutionContext(ctx);
    expect(result).toMatchObject({ ok: true });
    expect(await receivedTypes(id)).toEqual(["generation.failed"]);
  });
});
