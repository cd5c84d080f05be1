// Idempotency-Key on POST /api/voices/create: replays, conflicts, expiry.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { failing, withMethods } from "../support/bindings.ts";
import {
  fixture,
  givenCustomer,
  NOTHING_STORED,
  ONE_VOICE_STORED,
  runCron,
  setSubscription,
  storedCounts,
} from "../support/fixtures.ts";
import { brokenOff, streamOf, upload, VALID_QUERY } from "../support/uploads.ts";

const HEADERS = { "Content-Type": "audio/wav", "Idempotency-Key": "a-key" };
/** Creates a voice of speech.wav with the Idempotency-Key `a-key`. */
const create = async (orgId: string, options: Parameters<typeof upload>[2] = {}, body?: BodyInit) =>
  upload(orgId, body ?? (await fixture("speech.wav")), { headers: HEADERS, ...options });

describe("a creation with an Idempotency-Key", () => {
  it("is replayed when it is sent again, and creates one voice, one object and one event", async () => {
    const orgId = await givenCustomer({ active: true });
    const first = await create(orgId);
    expect(first.status).toBe(201);
    expect(first.headers.get("Idempotent-Replayed")).toBeNull();
    const again = await create(orgId);
    expect(again.status).toBe(201);
    expect(again.headers.get("Idempotent-Replayed")).toBe("true");
    expect(again.headers.get("Location")).toBe(first.headers.get("Location"));
    expect(await again.json()).toEqual(await first.json());
    expect(await storedCounts(orgId)).toEqual(ONE_VOICE_STORED);
  });

  it("is replayed for the same parameters in another order, with or without a Content-Length", async () => {
    const orgId = await givenCustomer({ active: true });
    expect((await create(orgId, {}, streamOf(await fixture("speech.wav")))).status).toBe(201);
    const query = "language=en-US&category=GENERAL&name=My+voice";
    expect((await create(orgId, { query })).headers.get("Idempotent-Replayed")).toBe("true");
    expect(await storedCounts(orgId)).toEqual(ONE_VOICE_STORED);
  });

  it("is not replayed for malformed percent-encoding that decodes to the same name, which is 400", async () => {
    const orgId = await givenCustomer({ active: true });
    const query = (name: string) => ({ query: `name=${name}&category=GENERAL&language=en-US` });
    expect((await create(orgId, query("%EF%BF%BD"))).status).toBe(201);
    expect((await create(orgId, query("%FF"))).status).toBe(400);
    expect(await storedCounts(orgId)).toEqual(ONE_VOICE_STORED);
  });

  it("is replayed after the subscription has ended", async () => {
    const orgId = await givenCustomer({ active: true });
    await create(orgId);
    await setSubscription(orgId, false);
    await env.DB.prepare("delete from subscriptions where org_id = ?").bind(orgId).run();
    expect((await create(orgId)).status).toBe(201);
    expect((await upload(orgId, await fixture("speech.wav"))).status).toBe(403);
  });

  it.each([
    ["another name", { query: { ...VALID_QUERY, name: "Another" } }, "speech.wav"],
    ["another recording", {}, "speech.mp3"],
  ])("is 422 when the key is sent again with %s", async (_difference, options, file) => {
    const orgId = await givenCustomer({ active: true });
    await create(orgId);
    const response = await create(orgId, options, await fixture(file));
    expect(response.status).toBe(422);
    expect(await response.json()).toEqual({
      error: "This Idempotency-Key was already used for another request",
    });
    expect(await storedCounts(orgId)).toEqual(ONE_VOICE_STORED);
  });

  it("is not replayed to another organisation that uses the same key", async () => {
    const [first, second] = [await givenCustomer({ active: true }), await givenCustomer({ active: true })];
    await create(first);
    const response = await create(second);
    expect(response.headers.get("Idempotent-Replayed")).toBeNull();
    expect(await storedCounts(second)).toEqual(ONE_VOICE_STORED);
  });

  it("is 409 with Retry-After while another request with its key is running, and creates one voice", async () => {
    const orgId = await givenCustomer({ active: true });
    const statuses = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const response = await create(orgId);
        if (response.status === 409) expect(response.headers.get("Retry-After")).toBe("2");
        return response.status;
      }),
    );
    // The last ones may find the first one completed.
    for (const status of statuses) expect([201, 409]).toContain(status);
    expect(statuses).toContain(201);
    expect(await storedCounts(orgId)).toEqual(ONE_VOICE_STORED);
  });

  it("is 409 when another request with its key is the first to reach the database", async () => {
    const orgId = await givenCustomer({ active: true });
    let competitor: Promise<Response> | undefined;
    // The competitor runs after this request has found the key free.
    const batch = async (statements: D1PreparedStatement[]) => {
      competitor ??= create(orgId);
      await competitor;
      return env.DB.batch(statements);
    };
    const DB = withMethods(env.DB, { batch });
    expect((await create(orgId, { env: { DB } })).status).toBe(409);
    expect((await competitor)?.status).toBe(201);
    expect(await storedCounts(orgId)).toEqual(ONE_VOICE_STORED);
  });

  it("can be retried at once after a failure, a rejection and a broken connection", async () => {
    const orgId = await givenCustomer({ active: true });
    const bytes = new Uint8Array(await fixture("speech.wav"));
    expect((await create(orgId, { env: { AUDIO: failing(env.AUDIO, "put") } })).status).toBe(500);
    expect((await create(orgId, {}, new Uint8Array(100))).status).toBe(422);
    const declared = { ...HEADERS, "Content-Length": `${bytes.byteLength}` };
    expect((await create(orgId, { headers: declared }, brokenOff(bytes, 1000))).ok).toBe(false);
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    expect((await create(orgId)).status).toBe(201);
    expect(await storedCounts(orgId)).toEqual(ONE_VOICE_STORED);
  });

  it("creates a new voice with the same key after a day", async () => {
    const orgId = await givenCustomer({ active: true });
    await create(orgId);
    await runCron({ minutesLater: 23 * 60 });
    expect((await create(orgId)).headers.get("Idempotent-Replayed")).toBe("true");
    await runCron({ minutesLater: 24 * 60 + 1 });
    expect((await create(orgId)).headers.get("Idempotent-Replayed")).toBeNull();
    expect(await storedCounts(orgId)).toEqual({ rows: 2, objects: 2, events: 2 });
  });

  it("creates a new voice with the same key after a day even if the cron has not run", async () => {
    const orgId = await givenCustomer({ active: true });
    await create(orgId);
    await env.DB.prepare("update voice_uploads set completed_at = completed_at - ? where org_id = ?")
      .bind(24 * 60 * 60_000 + 1, orgId)
      .run();
    expect((await create(orgId)).headers.get("Idempotent-Replayed")).toBeNull();
    expect(await storedCounts(orgId)).toEqual({ rows: 2, objects: 2, events: 2 });
  });

  it("is accepted again ten minutes after a request with its key was killed", async () => {
    const orgId = await givenCustomer({ active: true });
    const DB = failing(env.DB, "batch", { after: 1 });
    expect((await create(orgId, { env: { DB } })).status).toBe(500);
    expect((await create(orgId)).status).toBe(409);
    await env.DB.prepare("update voice_uploads set created_at = created_at - ? where org_id = ?")
      .bind(10 * 60_000, orgId)
      .run();
    expect((await create(orgId)).status).toBe(201);
    await runCron({ minutesLater: 61 });
    expect(await storedCounts(orgId)).toEqual(ONE_VOICE_STORED);
  });

  it("is replayed when R2 reports no MD5 for its object", async () => {
    const orgId = await givenCustomer({ active: true });
    const put = async (...args: Parameters<R2Bucket["put"]>) => ({
      size: (await env.AUDIO.put(...args))?.size,
      checksums: {},
    });
    const AUDIO = withMethods(env.AUDIO, { put });
    expect((await create(orgId, { env: { AUDIO } })).status).toBe(201);
    expect((await create(orgId)).headers.get("Idempotent-Replayed")).toBe("true");
  });

  it.each([[""], ["two words"], ["ö"], ["x".repeat(256)]])("is 400 with the key %j", async (key) => {
    const orgId = await givenCustomer({ active: true });
    const response = await create(orgId, { headers: { ...HEADERS, "Idempotency-Key": key } });
    expect(response.status).toBe(400);
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
  });
});
