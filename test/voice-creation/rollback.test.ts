// POST /api/voices/create: a creation that fails leaves nothing stored.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { failing, failingQueries, withMethods } from "../support/bindings.ts";
import {
  fixture,
  givenCustomer,
  NOTHING_STORED,
  ONE_VOICE_STORED,
  resetPolar,
  runCron,
  storedCounts,
} from "../support/fixtures.ts";
import { upload, VALID_QUERY } from "../support/uploads.ts";

/** The batch that completes an upload, after that which begins it. */
const COMPLETION_BATCH = 2;

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await resetPolar();
});

describe("POST /api/voices/create", () => {
  it("is rolled back with 409 when its row is deleted while the recording is stored", async () => {
    const orgId = await givenCustomer({ active: true });
    const put = async (...args: Parameters<R2Bucket["put"]>) => {
      const stored = await env.AUDIO.put(...args);
      await env.DB.prepare("delete from voices where org_id = ?").bind(orgId).run();
      return stored;
    };
    const AUDIO = withMethods(env.AUDIO, { put });
    const response = await upload(orgId, await fixture("speech.mp3"), { env: { AUDIO } });
    expect(response.status).toBe(409);
    expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
  });

  describe("a creation that fails", () => {
    it.each([
      ["the row cannot be inserted", () => ({ DB: failingQueries(env.DB, /^insert into "voices"/) })],
      ["the object cannot be stored", () => ({ AUDIO: failing(env.AUDIO, "put") })],
      ["the object cannot be read back", () => ({ AUDIO: failing(env.AUDIO, "get") })],
      ["the row cannot be made ready", () => ({ DB: failingQueries(env.DB, /^update "voices"/) })],
      [
        "the event cannot be written",
        () => ({ DB: failingQueries(env.DB, /^insert into "metering_events"/) }),
      ],
    ])("is rolled back with 500 when %s", async (_fact, faulty) => {
      const orgId = await givenCustomer({ active: true });
      const response = await upload(orgId, await fixture("speech.mp3"), { env: faulty() });
      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({ error: "Failed to create voice. Please retry." });
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it("leaves to the cron an object that R2 fails to delete, and logs it", async () => {
      const orgId = await givenCustomer({ active: true });
      const logged = vi.spyOn(console, "error");
      const faulty = { DB: failingQueries(env.DB, /^update "voices"/), AUDIO: failing(env.AUDIO, "delete") };
      const response = await upload(orgId, await fixture("speech.mp3"), { env: faulty });
      expect(response.status).toBe(500);
      expect(logged.mock.calls.join()).toContain("voice_rollback_failed");
      expect(await storedCounts(orgId)).toEqual({ rows: 0, objects: 1, events: 0 });
      await runCron({ minutesLater: 61 });
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it("only by a lost D1 response after the voice was made ready is 201", async () => {
      const orgId = await givenCustomer({ active: true });
      let batches = 0;
      const batch = async (statements: D1PreparedStatement[]) => {
        const results = await env.DB.batch(statements);
        batches += 1;
        if (batches !== COMPLETION_BATCH) return results;
        throw new Error("response lost");
      };
      const DB = withMethods(env.DB, { batch });
      const response = await upload(orgId, await fixture("speech.mp3"), { env: { DB } });
      expect(response.status).toBe(201);
      expect(batches).toBeGreaterThanOrEqual(COMPLETION_BATCH);
      expect(await storedCounts(orgId)).toEqual(ONE_VOICE_STORED);
    });
  });

  it("logs a failure without user input and without the token", async () => {
    const orgId = await givenCustomer({ active: true });
    const logged = vi.spyOn(console, "error");
    const query = { ...VALID_QUERY, name: "Secret name", description: "Secret words" };
    const faulty = { DB: failingQueries(env.DB, /^insert into "voices"/) };
    await upload(orgId, await fixture("speech.mp3"), { query, env: faulty });
    const lines = logged.mock.calls.join("\n");
    expect(JSON.parse(lines)).toMatchObject({
      event: "voice_creation_failed",
      method: "POST",
      path: "/api/voices/create",
      cause: { name: "Error", at: expect.any(Array), message: expect.stringContaining('near "injected"') },
    });
    expect(lines).not.toMatch(/Secret|Bearer|ey[A-Za-z]/);
  });
});
