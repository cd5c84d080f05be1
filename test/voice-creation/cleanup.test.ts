// The cron cleans up uploads that were interrupted: their row, their object, and later their record.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { failing, withMethods } from "../support/bindings.ts";
import {
  fixture,
  givenCustomer,
  givenVoice,
  NOTHING_STORED,
  newOrg,
  ONE_VOICE_STORED,
  runCron,
  storedCounts,
} from "../support/fixtures.ts";
import { upload } from "../support/uploads.ts";

const HOUR_MS = 60 * 60_000;

const uploadsOf = (orgId: string) =>
  env.DB.prepare("select count(*) as n from voice_uploads where org_id = ?").bind(orgId).first<number>("n");

/** What remains of a Worker that was killed between storing the object and making the voice ready. */
async function givenCrash(orgId: string): Promise<void> {
  const overrides = { DB: failing(env.DB, "batch", { after: 1 }), AUDIO: failing(env.AUDIO, "delete") };
  await upload(orgId, await fixture("speech.wav"), { env: overrides });
  expect(await storedCounts(orgId)).toEqual({ rows: 1, objects: 1, events: 0 });
}

describe("the cron", () => {
  it("removes the row and object of an upload an hour after it began, and not before", async () => {
    const orgId = await givenCustomer({ active: true });
    await givenCrash(orgId);
    await runCron({ minutesLater: 59 });
    expect(await storedCounts(orgId)).toEqual({ rows: 1, objects: 1, events: 0 });
    await runCron({ minutesLater: 61 });
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
  });

  it("removes an object that is stored after its upload was cleaned up, and after a day the upload's record", async () => {
    const orgId = await givenCustomer({ active: true });
    await givenCrash(orgId);
    const [late] = (await env.AUDIO.list({ prefix: `voices/orgs/${orgId}/` })).objects;
    await runCron({ minutesLater: 61 });
    await env.AUDIO.put(late?.key ?? "", "stored late");
    await runCron({ minutesLater: 24 * 60 });
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 1, events: 0 });
    await runCron({ minutesLater: 25 * 60 + 2 });
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    expect(await uploadsOf(orgId)).toBe(0);
  });

  it("removes a voice whose completion takes effect after its upload was cleaned up", async () => {
    const orgId = await givenCustomer({ active: true });
    let completion: (() => Promise<unknown>) | undefined;
    let batches = 0;
    const batch = (statements: D1PreparedStatement[]) => {
      batches += 1;
      if (batches === 1) return env.DB.batch(statements);
      completion ??= () => env.DB.batch(statements);
      return Promise.reject(new Error("takes effect later"));
    };
    const DB = withMethods(env.DB, { batch });
    const overrides = { DB, AUDIO: failing(env.AUDIO, "delete") };
    const headers = { "Content-Type": "audio/wav", "Idempotency-Key": "key" };
    const recording = await fixture("speech.wav");
    expect((await upload(orgId, recording, { env: overrides, headers })).status).toBe(500);
    await runCron({ minutesLater: 61, env: { AUDIO: failing(env.AUDIO, "delete") } });
    await completion?.();
    await runCron({ minutesLater: 62 });
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    const again = await upload(orgId, recording, { headers });
    expect(again.status).toBe(201);
    expect(again.headers.get("Idempotent-Replayed")).toBeNull();
    expect(await storedCounts(orgId)).toEqual(ONE_VOICE_STORED);
  });

  it("removes a voice of another writer that is still processing after two hours, and its object", async () => {
    const orgId = newOrg();
    const createdAt = new Date(Date.now() - 2 * HOUR_MS);
    const id = await givenVoice(orgId, "processing", { createdAt });
    await env.AUDIO.put(`voices/orgs/${orgId}/${id}`, "audio");
    await runCron();
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
  });

  it("keeps ready voices and system voices, however old", async () => {
    const orgId = newOrg();
    const createdAt = new Date(0);
    await givenVoice(orgId, "ready", { createdAt });
    const system = await givenVoice(null, "processing", { createdAt });
    await runCron({ minutesLater: 120 });
    expect(await storedCounts(orgId)).toEqual({ rows: 1, objects: 1, events: 0 });
    expect(await env.DB.prepare("select id from voices where id = ?").bind(system).first()).not.toBeNull();
  });

  it("removes in its next run the objects that R2 failed to delete", async () => {
    const orgId = await givenCustomer({ active: true });
    await givenCrash(orgId);
    await runCron({ minutesLater: 61, env: { AUDIO: failing(env.AUDIO, "delete") } });
    expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 1, events: 0 });
    await runCron({ minutesLater: 62 });
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
  });

  it("ends an upload that is still running after an hour, which is then rolled back with 409", async () => {
    const orgId = await givenCustomer({ active: true });
    const put = async (...args: Parameters<R2Bucket["put"]>) => {
      await runCron({ minutesLater: 61 });
      return env.AUDIO.put(...args);
    };
    const AUDIO = withMethods(env.AUDIO, { put });
    const response = await upload(orgId, await fixture("speech.wav"), { env: { AUDIO } });
    expect(response.status).toBe(409);
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
  });

  it("cleans up more uploads than one batch of a hundred", async () => {
    const orgId = newOrg();
    const createdAt = new Date(Date.now() - 2 * HOUR_MS);
    const givenStaleVoice = async () => {
      const id = await givenVoice(orgId, "processing", { createdAt });
      await env.AUDIO.put(`voices/orgs/${orgId}/${id}`, "audio");
    };
    await Promise.all(Array.from({ length: 170 }, givenStaleVoice));
    await runCron();
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
  });

  it("deletes more expired Idempotency-Keys than one batch of a thousand, and no other", async () => {
    const orgId = newOrg();
    await env.DB.prepare(
      `insert into voice_uploads (voice_id, org_id, created_at, completed_at)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 2500)
      select ?1 || i, ?1, ?2, iif(i <= 7, ?3, ?2) from n`,
    )
      .bind(orgId, Date.now() - 25 * HOUR_MS, Date.now())
      .run();
    await runCron();
    expect(await uploadsOf(orgId)).toBe(7);
  });
});
