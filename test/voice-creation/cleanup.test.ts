import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { failing, replacing } from "../support/call.ts";
import { fixture, givenCustomer, givenVoice, newOrg, runCron, storedCounts } from "../support/fixtures.ts";
import { upload } from "../support/uploads.ts";

const NOTHING = { rows: 0, objects: 0, events: 0 };
const HOUR_MS = 60 * 60_000;

const uploadsOf = (orgId: string) =>
  env.DB.prepare("select count(*) as n from voice_uploads where org_id = ?").bind(orgId).first<number>("n");

/** What a Worker leaves that dies between storing the object and making the voice ready. */
async function givenCrash(orgId: string): Promise<void> {
  const dead = () => Promise.reject(new Error("the Worker is dead"));
  let batches = 0;
  const DB = replacing(env.DB, "batch", (statements: D1PreparedStatement[]) => {
    batches += 1;
    return batches === 1 ? env.DB.batch(statements) : dead();
  });
  await upload(orgId, await fixture("speech.wav"), { env: { DB, AUDIO: failing(env.AUDIO, "delete") } });
  expect(await storedCounts(orgId)).toEqual({ rows: 1, objects: 1, events: 0 });
}

describe("the sweep", () => {
  it("removes row and object of an upload that has not ended for an hour, and not before", async () => {
    const orgId = await givenCustomer({ active: true });
    await givenCrash(orgId);
    await runCron({ minutesLater: 59 });
    expect(await storedCounts(orgId)).toEqual({ rows: 1, objects: 1, events: 0 });
    await runCron({ minutesLater: 61 });
    expect(await storedCounts(orgId)).toEqual(NOTHING);
  });

  it("removes an object that arrives after its upload was swept, and then forgets the upload", async () => {
    const orgId = await givenCustomer({ active: true });
    await givenCrash(orgId);
    const [late] = (await env.AUDIO.list({ prefix: `voices/orgs/${orgId}/` })).objects;
    await runCron({ minutesLater: 61 });
    await env.AUDIO.put(late?.key ?? "", "arrived late");
    await runCron({ minutesLater: 24 * 60 });
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 1, events: 0 });
    await runCron({ minutesLater: 25 * 60 + 2 });
    expect(await storedCounts(orgId)).toEqual(NOTHING);
    expect(await uploadsOf(orgId)).toBe(0);
  });

  it("is not undone by a completion that arrives after it", async () => {
    const orgId = await givenCustomer({ active: true });
    let completion: (() => Promise<unknown>) | undefined;
    let batches = 0;
    const DB = replacing(env.DB, "batch", (statements: D1PreparedStatement[]) => {
      batches += 1;
      if (batches === 1) return env.DB.batch(statements);
      completion ??= () => env.DB.batch(statements);
      return Promise.reject(new Error("on its way"));
    });
    const overrides = { DB, AUDIO: failing(env.AUDIO, "delete") };
    const headers = { "Content-Type": "audio/wav", "Idempotency-Key": "key" };
    const recording = await fixture("speech.wav");
    expect((await upload(orgId, recording, { env: overrides, headers })).status).toBe(500);
    await runCron({ minutesLater: 61, env: { AUDIO: failing(env.AUDIO, "delete") } });
    await completion?.();
    await runCron({ minutesLater: 62 });
    expect(await storedCounts(orgId)).toEqual(NOTHING);
    const again = await upload(orgId, recording, { headers });
    expect(again.status).toBe(201);
    expect(again.headers.get("Idempotent-Replayed")).toBeNull();
    expect(await storedCounts(orgId)).toEqual({ rows: 1, objects: 1, events: 1 });
  });

  it("removes an unready voice that another writer began, with its object", async () => {
    const orgId = newOrg();
    const createdAt = new Date(Date.now() - 2 * HOUR_MS);
    const id = await givenVoice(orgId, "processing", { createdAt });
    await env.AUDIO.put(`voices/orgs/${orgId}/${id}`, "audio");
    await runCron();
    expect(await storedCounts(orgId)).toEqual(NOTHING);
  });

  it("touches no ready voice, no system voice and no generation, however old", async () => {
    const orgId = newOrg();
    const createdAt = new Date(0);
    await givenVoice(orgId, "ready", { createdAt });
    const system = await givenVoice(null, "processing", { createdAt });
    await runCron({ minutesLater: 120 });
    expect(await storedCounts(orgId)).toEqual({ rows: 1, objects: 1, events: 0 });
    expect(await env.DB.prepare("select id from voices where id = ?").bind(system).first()).not.toBeNull();
  });

  it("goes on where it was stopped", async () => {
    const orgId = await givenCustomer({ active: true });
    await givenCrash(orgId);
    await runCron({ minutesLater: 61, env: { AUDIO: failing(env.AUDIO, "delete") } });
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 1, events: 0 });
    await runCron({ minutesLater: 62 });
    expect(await storedCounts(orgId)).toEqual(NOTHING);
  });

  it("ends an upload that is still going on after an hour, which then undoes itself", async () => {
    const orgId = await givenCustomer({ active: true });
    const AUDIO = replacing(env.AUDIO, "put", async (...args: Parameters<R2Bucket["put"]>) => {
      await runCron({ minutesLater: 61 });
      return env.AUDIO.put(...args);
    });
    const response = await upload(orgId, await fixture("speech.wav"), { env: { AUDIO } });
    expect(response.status).toBe(409);
    expect(await storedCounts(orgId)).toEqual(NOTHING);
  });

  it("clears more than one batch of a hundred", async () => {
    const orgId = newOrg();
    const createdAt = new Date(Date.now() - 2 * HOUR_MS);
    for (let n = 0; n < 170; n += 1) {
      const id = await givenVoice(orgId, "processing", { createdAt });
      await env.AUDIO.put(`voices/orgs/${orgId}/${id}`, "audio");
    }
    await runCron();
    expect(await storedCounts(orgId)).toEqual(NOTHING);
  });
});
