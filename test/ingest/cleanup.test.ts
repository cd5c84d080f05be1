import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { call, failing } from "../support/call.ts";
import { givenGeneration, newOrg, runCron } from "../support/fixtures.ts";
import { putAudio } from "../support/ingest.ts";
import { longWav } from "../support/uploads.ts";

const MINUTE_MS = 60_000;
const keyOf = (orgId: string, id: string) => `generations/orgs/${orgId}/${id}`;

/** A generation whose audio was stored by an attempt that died before it could say so, `minutes` ago. */
async function givenDeadAttempt(orgId: string, minutes: number): Promise<string> {
  const uploadLeasedAt = new Date(Date.now() - minutes * MINUTE_MS);
  const id = await givenGeneration(orgId, "processing", {
    uploadLeaseId: crypto.randomUUID(),
    uploadLeasedAt,
  });
  await env.AUDIO.put(keyOf(orgId, id), longWav(1));
  return id;
}

const isStored = async (orgId: string, id: string) => (await env.AUDIO.head(keyOf(orgId, id))) !== null;

describe("an attempt to store a generation's audio", () => {
  it("that died over an hour ago leaves nothing, and the audio may be sent again", async () => {
    const orgId = newOrg();
    const id = await givenDeadAttempt(orgId, 61);
    await runCron();
    expect(await isStored(orgId, id)).toBe(false);
    expect((await call(`/api/audio/${id}`, { as: orgId })).status).toBe(409);
    expect((await putAudio(id, longWav(2))).status).toBe(200);
  });

  it("that may still be going on is left alone", async () => {
    const orgId = newOrg();
    const id = await givenDeadAttempt(orgId, 59);
    await runCron();
    expect(await isStored(orgId, id)).toBe(true);
  });

  it("that ended well is none of the cron's, however long ago", async () => {
    const orgId = newOrg();
    const id = await givenGeneration(orgId, "processing");
    expect((await putAudio(id, longWav(2))).status).toBe(200);
    await runCron({ minutesLater: 24 * 60 });
    const played = await call(`/api/audio/${id}`, { as: orgId });
    expect(played.status).toBe(200);
    await played.arrayBuffer();
  });

  it("is taken back an hour later when R2 fails the first time", async () => {
    const orgId = newOrg();
    const id = await givenDeadAttempt(orgId, 61);
    await runCron({ env: { AUDIO: failing(env.AUDIO, "delete") } });
    expect(await isStored(orgId, id)).toBe(true);
    await runCron({ minutesLater: 61 });
    expect(await isStored(orgId, id)).toBe(false);
  });

  it("is found, with many others, over more than one batch", async () => {
    const orgId = newOrg();
    for (let count = 0; count < 90; count += 1) await givenDeadAttempt(orgId, 61);
    expect((await env.AUDIO.list({ prefix: keyOf(orgId, "") })).objects).toHaveLength(90);
    await runCron();
    expect((await env.AUDIO.list({ prefix: keyOf(orgId, "") })).objects).toEqual([]);
  });
});
