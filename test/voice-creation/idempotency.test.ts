import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { failing, replacing } from "../support/call.ts";
import { fixture, givenCustomer, runCron, storedCounts } from "../support/fixtures.ts";
import { brokenOff, upload, VALID_QUERY } from "../support/uploads.ts";

const ONE = { rows: 1, objects: 1, events: 1 };
const NOTHING = { rows: 0, objects: 0, events: 0 };

const HEADERS = { "Content-Type": "audio/wav", "Idempotency-Key": "a-key" };
const create = async (orgId: string, options: Parameters<typeof upload>[2] = {}, body?: BodyInit) =>
  upload(orgId, body ?? (await fixture("speech.wav")), { headers: HEADERS, ...options });

describe("a creation with an Idempotency-Key", () => {
  it("is answered again as it was the first time, and is one voice, one object and one event", async () => {
    const orgId = await givenCustomer({ active: true });
    const first = await create(orgId);
    expect(first.status).toBe(201);
    expect(first.headers.get("Idempotent-Replayed")).toBeNull();
    const again = await create(orgId);
    expect(again.status).toBe(201);
    expect(again.headers.get("Idempotent-Replayed")).toBe("true");
    expect(again.headers.get("Location")).toBe(first.headers.get("Location"));
    expect(await again.json()).toEqual(await first.json());
    expect(await storedCounts(orgId)).toEqual(ONE);
  });

  it("is the same request in another order, and without a declared length", async () => {
    const orgId = await givenCustomer({ active: true });
    const body = new Response(await fixture("speech.wav")).body;
    expect((await create(orgId, {}, body ?? undefined)).status).toBe(201);
    const query = "language=en-US&category=GENERAL&name=My+voice";
    expect((await create(orgId, { query })).headers.get("Idempotent-Replayed")).toBe("true");
    expect(await storedCounts(orgId)).toEqual(ONE);
  });

  it("is answered again also after the subscription has ended", async () => {
    const orgId = await givenCustomer({ active: true });
    await create(orgId);
    await fetch(`https://polar.test/subscriptions/${orgId}`, { method: "PUT", body: '{"active":false}' });
    await env.DB.prepare("delete from subscriptions where org_id = ?").bind(orgId).run();
    expect((await create(orgId)).status).toBe(201);
    expect((await upload(orgId, await fixture("speech.wav"))).status).toBe(403);
  });

  it.each([
    ["another name", { query: { ...VALID_QUERY, name: "Another" } }, "speech.wav"],
    ["another recording", {}, "speech.mp3"],
  ])("is 422 with %s", async (_difference, options, file) => {
    const orgId = await givenCustomer({ active: true });
    await create(orgId);
    const response = await create(orgId, options, await fixture(file));
    expect(response.status).toBe(422);
    expect(await response.json()).toEqual({
      error: "This Idempotency-Key was already used for another request",
    });
    expect(await storedCounts(orgId)).toEqual(ONE);
  });

  it("is another organisation's own", async () => {
    const [ours, theirs] = [await givenCustomer({ active: true }), await givenCustomer({ active: true })];
    await create(ours);
    const response = await create(theirs);
    expect(response.headers.get("Idempotent-Replayed")).toBeNull();
    expect(await storedCounts(theirs)).toEqual(ONE);
  });

  it("is 409 with Retry-After while the first one goes on, however many come at once", async () => {
    const orgId = await givenCustomer({ active: true });
    const statuses = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const response = await create(orgId);
        if (response.status === 409) expect(response.headers.get("Retry-After")).toBe("2");
        return response.status;
      }),
    );
    // Those that come last may find the first one done.
    for (const status of statuses) expect([201, 409]).toContain(status);
    expect(statuses).toContain(201);
    expect(await storedCounts(orgId)).toEqual(ONE);
  });

  it("is 409 also for the one that loses the race to the database", async () => {
    const orgId = await givenCustomer({ active: true });
    let competitor: Promise<Response> | undefined;
    // The other one comes in after this one found the key free.
    const DB = replacing(env.DB, "batch", async (statements: D1PreparedStatement[]) => {
      competitor ??= create(orgId);
      await competitor;
      return env.DB.batch(statements);
    });
    expect((await create(orgId, { env: { DB } })).status).toBe(409);
    expect((await competitor)?.status).toBe(201);
    expect(await storedCounts(orgId)).toEqual(ONE);
  });

  it("may be tried again at once after a failure and after a broken connection", async () => {
    const orgId = await givenCustomer({ active: true });
    const bytes = new Uint8Array(await fixture("speech.wav"));
    expect((await create(orgId, { env: { AUDIO: failing(env.AUDIO, "put") } })).status).toBe(500);
    expect((await create(orgId, {}, new Uint8Array(100))).status).toBe(422);
    const declared = { ...HEADERS, "Content-Length": `${bytes.byteLength}` };
    expect((await create(orgId, { headers: declared }, brokenOff(bytes, 1000))).ok).toBe(false);
    expect(await storedCounts(orgId)).toEqual(NOTHING);
    expect((await create(orgId)).status).toBe(201);
    expect(await storedCounts(orgId)).toEqual(ONE);
  });

  it("is a new one after a day", async () => {
    const orgId = await givenCustomer({ active: true });
    await create(orgId);
    await runCron({ minutesLater: 23 * 60 });
    expect((await create(orgId)).headers.get("Idempotent-Replayed")).toBe("true");
    await runCron({ minutesLater: 24 * 60 + 1 });
    expect((await create(orgId)).headers.get("Idempotent-Replayed")).toBeNull();
    expect(await storedCounts(orgId)).toEqual({ rows: 2, objects: 2, events: 2 });
  });

  it("is a new one after a day also when the cron has not run", async () => {
    const orgId = await givenCustomer({ active: true });
    await create(orgId);
    await env.DB.prepare("update voice_uploads set completed_at = completed_at - ? where org_id = ?")
      .bind(24 * 60 * 60_000 + 1, orgId)
      .run();
    expect((await create(orgId)).headers.get("Idempotent-Replayed")).toBeNull();
    expect(await storedCounts(orgId)).toEqual({ rows: 2, objects: 2, events: 2 });
  });

  it("whose request died is free again after ten minutes", async () => {
    const orgId = await givenCustomer({ active: true });
    let batches = 0;
    const DB = replacing(env.DB, "batch", (statements: D1PreparedStatement[]) => {
      batches += 1;
      return batches === 1 ? env.DB.batch(statements) : Promise.reject(new Error("the Worker is dead"));
    });
    expect((await create(orgId, { env: { DB } })).status).toBe(500);
    expect((await create(orgId)).status).toBe(409);
    await env.DB.prepare("update voice_uploads set created_at = created_at - ? where org_id = ?")
      .bind(10 * 60_000, orgId)
      .run();
    expect((await create(orgId)).status).toBe(201);
    await runCron({ minutesLater: 61 });
    expect(await storedCounts(orgId)).toEqual(ONE);
  });

  it("is answered again also where R2 tells no MD5", async () => {
    const orgId = await givenCustomer({ active: true });
    const AUDIO = replacing(env.AUDIO, "put", async (...args: Parameters<R2Bucket["put"]>) => ({
      size: (await env.AUDIO.put(...args))?.size,
      checksums: {},
    }));
    expect((await create(orgId, { env: { AUDIO } })).status).toBe(201);
    expect((await create(orgId)).headers.get("Idempotent-Replayed")).toBe("true");
  });

  it.each([[""], ["two words"], ["ö"], ["x".repeat(256)]])("is 400 for %j", async (key) => {
    const orgId = await givenCustomer({ active: true });
    const response = await create(orgId, { headers: { ...HEADERS, "Idempotency-Key": key } });
    expect(response.status).toBe(400);
    expect(await storedCounts(orgId)).toEqual(NOTHING);
  });
});
