// The cron cleans up generations whose audio upload was killed.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { failing, withMethods } from "../support/bindings.ts";
import { call, statusOf } from "../support/call.ts";
import { givenGeneration, newOrg, runCron } from "../support/fixtures.ts";
import { putAudio } from "../support/ingest.ts";
import { silentWav } from "../support/wav.ts";

const MINUTE_MS = 60_000;
const keyOf = (orgId: string, id: string) => `generations/orgs/${orgId}/${id}`;

/** A generation whose audio was stored `minutes` ago by a Worker that was killed before it wrote the row. */
async function givenKilledUpload(orgId: string, minutes: number): Promise<string> {
  const uploadLeasedAt = new Date(Date.now() - minutes * MINUTE_MS);
  const id = await givenGeneration(orgId, "processing", {
    uploadLeaseId: crypto.randomUUID(),
    uploadLeasedAt,
  });
  await env.AUDIO.put(keyOf(orgId, id), "audio");
  return id;
}

const isStored = async (orgId: string, id: string) => (await env.AUDIO.head(keyOf(orgId, id))) !== null;

describe("an upload of a generation's audio", () => {
  it("that was killed over an hour ago is removed by the cron, and the audio can be sent again", async () => {
    const orgId = newOrg();
    const id = await givenKilledUpload(orgId, 61);
    await runCron();
    expect(await isStored(orgId, id)).toBe(false);
    expect((await call(`/api/audio/${id}`, { as: orgId })).status).toBe(409);
    expect((await putAudio(id, silentWav(2))).status).toBe(200);
  });

  it("that began less than an hour ago is kept by the cron", async () => {
    const orgId = newOrg();
    const id = await givenKilledUpload(orgId, 59);
    await runCron();
    expect(await isStored(orgId, id)).toBe(true);
  });

  it("that succeeded is kept by the cron, however long ago", async () => {
    const orgId = newOrg();
    const id = await givenGeneration(orgId, "processing");
    expect((await putAudio(id, silentWav(2))).status).toBe(200);
    await runCron({ minutesLater: 24 * 60 });
    expect(await statusOf(call(`/api/audio/${id}`, { as: orgId }))).toBe(200);
  });

  it("that R2 fails to delete is deleted by the cron an hour later", async () => {
    const orgId = newOrg();
    const id = await givenKilledUpload(orgId, 61);
    await runCron({ env: { AUDIO: failing(env.AUDIO, "delete") } });
    expect(await isStored(orgId, id)).toBe(true);
    await runCron({ minutesLater: 61 });
    expect(await isStored(orgId, id)).toBe(false);
  });

  it("that failed can be sent again at once, and what R2 stores of it later is deleted by the cron", async () => {
    const orgId = newOrg();
    const [failed, retried] = [
      await givenGeneration(orgId, "processing"),
      await givenGeneration(orgId, "processing"),
    ];
    const broken = { env: { AUDIO: failing(env.AUDIO, "put") } };
    for (const id of [failed, retried]) expect((await putAudio(id, silentWav(2), broken)).status).toBe(500);
    expect((await putAudio(retried, silentWav(2))).status).toBe(200);

    await env.AUDIO.put(keyOf(orgId, failed), "landed late");
    await runCron();
    expect(await isStored(orgId, failed)).toBe(true);
    await runCron({ minutesLater: 61 });
    expect(await isStored(orgId, failed)).toBe(false);
    expect(await isStored(orgId, retried)).toBe(true);
  });

  it("that was cleaned up while it was running is deleted by its own rollback", async () => {
    const orgId = newOrg();
    const id = await givenGeneration(orgId, "processing");
    const cleanUpBeforePut = withMethods(env.AUDIO, {
      put: async (...args: Parameters<R2Bucket["put"]>) => {
        await runCron({ minutesLater: 61 });
        return env.AUDIO.put(...args);
      },
    });
    const response = await putAudio(id, silentWav(2), { env: { AUDIO: cleanUpBeforePut } });
    expect(response.status).toBe(409);
    expect(await isStored(orgId, id)).toBe(false);
    expect((await putAudio(id, silentWav(2))).status).toBe(200);
  });

  it("that was cleaned up and then killed is deleted by a second cleanup, a day later", async () => {
    const orgId = newOrg();
    const id = await givenKilledUpload(orgId, 61);
    await runCron();
    await env.AUDIO.put(keyOf(orgId, id), "stored after the cleanup");
    await runCron({ minutesLater: 23 * 60 });
    expect(await isStored(orgId, id)).toBe(true);
    await runCron({ minutesLater: 25 * 60 });
    expect(await isStored(orgId, id)).toBe(false);
    const leases = "select count(*) as n from generations where org_id = ? and upload_lease_id is not null";
    expect(await env.DB.prepare(leases).bind(orgId).first<number>("n")).toBe(0);
  });

  it("that was killed is removed by one run of the cron, also when there are more than one batch of them", async () => {
    const orgId = newOrg();
    await Promise.all(Array.from({ length: 90 }, () => givenKilledUpload(orgId, 61)));
    expect((await env.AUDIO.list({ prefix: keyOf(orgId, "") })).objects).toHaveLength(90);
    await runCron();
    expect((await env.AUDIO.list({ prefix: keyOf(orgId, "") })).objects).toEqual([]);
  });
});
