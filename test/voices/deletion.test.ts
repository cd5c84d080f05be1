// Deleting a voice: its row, its object, and what still refers to it.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { failing, withMethods } from "../support/bindings.ts";
import { call, newIsolate, statusOf } from "../support/call.ts";
import {
  givenCustomer,
  givenGeneration,
  givenVoice,
  meteredEvents,
  NOTHING_STORED,
  newOrg,
  resetPolar,
  runCron,
  storedCounts,
} from "../support/fixtures.ts";
import { sessionToken } from "../support/tokens.ts";
import { itRejectsUnauthenticated } from "../support/unauthenticated.ts";
import { upload } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";

afterEach(resetPolar);

describe("DELETE /api/voices/{voiceId}", () => {
  itRejectsUnauthenticated("/api/voices/x", { method: "DELETE" });
  const remove = (id: string, as: string, more = {}) =>
    call(`/api/voices/${id}`, { as, method: "DELETE", ...more });

  it("deletes row, object and cached row, keeps generations with a null voiceId, and keeps the billed event", async () => {
    const orgId = await givenCustomer({ active: true });
    const { id } = (await (await upload(orgId, silentWav(11))).json()) as { id: string };
    const generation = await givenGeneration(orgId, "ready", { voiceId: id });
    const isolate = newIsolate();
    await statusOf(call(`/api/voices/${id}`, { as: orgId, isolate }));

    const response = await remove(id, orgId, { isolate });
    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 0, events: 1 });
    expect((await call(`/api/voices/${id}`, { as: orgId, isolate })).status).toBe(404);
    expect((await remove(id, orgId, { isolate })).status).toBe(404);
    const kept = await call(`/api/generations/${generation}`, { as: orgId });
    expect(await kept.json()).toMatchObject({ voiceId: null, voiceName: "Test voice", state: "ready" });
    expect(await meteredEvents(orgId)).toHaveLength(1);
    expect(await pendingDeletions(orgId)).toBe(0);
  });

  it("is not undone for its generations by a voice of another organisation that gets its id", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId);
    const generation = await givenGeneration(orgId, "ready", { voiceId: id });
    expect(await statusOf(remove(id, orgId))).toBe(204);
    await givenVoice(newOrg(), "ready", { id });
    for (const path of [`/api/generations/${generation}`, "/api/generations"]) {
      const body = await (await call(path, { as: orgId })).text();
      expect(body).toContain('"voiceId":null');
    }
  });

  it("is 404 for a voice of another organisation, a system voice and an unknown id, and deletes nothing", async () => {
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
      expect(await statusOf(call(`/api/voices/${id}`, { as: owner }))).toBe(200);
    }
  });

  it("is 204 when R2 fails: the voice is 404 at once, and the cron deletes the object", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId);
    expect((await remove(id, orgId, { env: { AUDIO: failing(env.AUDIO, "delete") } })).status).toBe(204);
    expect(await storedCounts(orgId)).toMatchObject({ rows: 0, objects: 1 });
    expect((await call(`/api/voices/${id}`, { as: orgId })).status).toBe(404);

    await runCron({ minutesLater: 2, env: { AUDIO: failing(env.AUDIO, "delete") } });
    expect(await pendingDeletions(orgId)).toBe(1);
    await runCron({ minutesLater: 2 });
    expect(await storedCounts(orgId)).toMatchObject({ objects: 0 });
    expect(await pendingDeletions(orgId)).toBe(0);
  });

  it("makes the audio 404 even when the D1 replica has not received the deletion", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId);
    const r2ObjectKey = `voices/orgs/${orgId}/${id}`;
    const row = { variant: "CUSTOM", r2_object_key: r2ObjectKey, content_type: "audio/wav" };
    await (await remove(id, orgId)).text();
    const lagging = withMethods(env.DB, {
      withSession: (constraint: D1SessionConstraint) =>
        constraint === "first-unconstrained"
          ? { prepare: () => ({ bind: () => ({ all: async () => ({ results: [row] }) }) }) }
          : env.DB.withSession(constraint),
    });
    const response = await call(`/api/voices/${id}`, { as: orgId, env: { DB: lagging } });
    expect([response.status, await response.json()]).toEqual([404, { error: "Voice not found" }]);
  });

  it("is 500 and deletes nothing when D1 fails", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId);
    const response = await remove(id, orgId, { env: { DB: failing(env.DB, "batch") } });
    expect(response.status).toBe(500);
    expect(await storedCounts(orgId)).toMatchObject({ rows: 1, objects: 1 });
    expect(await pendingDeletions(orgId)).toBe(0);
  });

  it("ends an upload that is still running: it is 409 and leaves nothing stored", async () => {
    const orgId = await givenCustomer({ active: true });
    const put = async (...args: Parameters<R2Bucket["put"]>) => {
      const stored = await env.AUDIO.put(...args);
      const voices = await call("/api/voices?variant=CUSTOM", { as: orgId });
      const { items } = (await voices.json()) as { items: { id: string }[] };
      expect(items).toMatchObject([{ state: "processing" }]);
      expect((await remove(items[0]?.id ?? "", orgId)).status).toBe(204);
      return stored;
    };
    const response = await upload(orgId, silentWav(11), {
      env: { AUDIO: withMethods(env.AUDIO, { put }) },
    });
    expect(response.status).toBe(409);
    expect(await response.json()).toEqual({
      error: "The voice was deleted while its recording was being uploaded",
    });
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
  });

  it("is 403 with the session cookie and a disallowed origin, and deletes nothing", async () => {
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

const pendingDeletions = (orgId: string) =>
  env.DB.prepare("select count(*) as n from pending_object_deletions where instr(r2_object_key, ?) > 0")
    .bind(orgId)
    .first<number>("n");
