// POST /api/voices/create: what it stores, what it rejects, in which order, and how it rolls back.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { acquireChunkedUploadSlot } from "../../src/recordings/chunked-uploads.ts";
import { failing, failingQueries, withMethods } from "../support/bindings.ts";
import { bytesOf, call, dispatch, newCountingIsolate, newIsolate } from "../support/call.ts";
import {
  fixture,
  givenCustomer,
  givenPolarFault,
  meteredEvents,
  NOTHING_STORED,
  newOrg,
  ONE_VOICE_STORED,
  resetPolar,
  runCron,
  storedCounts,
} from "../support/fixtures.ts";
import { shortenAbortTimeouts } from "../support/timeouts.ts";
import { sessionToken } from "../support/tokens.ts";
import { itRejectsUnauthenticated } from "../support/unauthenticated.ts";
import { brokenOff, streamOf, upload, VALID_QUERY } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";

/** The number of statements of the batch that makes a voice ready. */
const COMPLETION_STATEMENTS = 4;
const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;

afterEach(async () => {
  vi.restoreAllMocks();
  await resetPolar();
});

/** Whether `isolate` would accept another upload without a Content-Length. */
function hasFreeSlot(isolate: Env): boolean {
  const release = acquireChunkedUploadSlot(isolate);
  release?.();
  return release !== null;
}

describe("POST /api/voices/create", () => {
  itRejectsUnauthenticated("/api/voices/create?name=x&category=GENERAL&language=en", {
    method: "POST",
    body: "audio",
  });

  it.each([
    ["speech.wav", "audio/wav", 13.5],
    ["speech.mp3", "audio/mpeg", 13.5],
    ["speech.m4a", "audio/mp4", 13.5],
    ["speech.ogg", "audio/ogg", 13.5],
    ["speech.flac", "audio/flac", 13.5],
    ["speech.webm", "audio/webm", 13.5],
    ["speech.mka", "audio/matroska", 13.5],
    ["vorbis.ogg", "audio/ogg", 13.5],
    ["speech.aiff", "audio/aiff", 13.5],
    ["speech.wma", "audio/x-ms-wma", 13.5],
    ["mediarecorder.webm", "audio/webm", 10.9],
    ["mediarecorder.mp4", "audio/mp4", 10.9],
    ["speech.wv", "audio/x-wavpack", 13.5],
  ])(
    "creates a voice from %s with its row, object and event, and serves it byte for byte",
    async (file, contentType, seconds) => {
      const orgId = await givenCustomer({ active: true });
      const recording = await fixture(file);
      const query = { ...VALID_QUERY, name: "  Grandma  ", description: " Warm & slow " };
      const created = await upload(orgId, recording, { query, headers: { "Content-Type": contentType } });
      expect(created.status).toBe(201);
      const { id, ...answer } = (await created.json()) as Record<string, string>;
      expect(answer).toEqual({ name: "Grandma", message: "Voice created successfully" });
      expect(created.headers.get("Location")).toBe(`/api/voices/${id}`);

      const row = await env.DB.prepare("select * from voices where id = ?").bind(id).first();
      expect(row).toMatchObject({
        org_id: orgId,
        name: "Grandma",
        description: "Warm & slow",
        category: "GENERAL",
        language: "en-US",
        variant: "CUSTOM",
        r2_object_key: `voices/orgs/${orgId}/${id}`,
        content_type: contentType,
        size_bytes: recording.byteLength,
      });
      expect(row?.duration_seconds).toBeCloseTo(seconds, 1);

      const played = await call(`/api/voices/${id}`, { as: orgId });
      expect(played.headers.get("Content-Type")).toBe(contentType);
      expect(await bytesOf(played)).toEqual(new Uint8Array(recording));

      const [event, ...more] = await meteredEvents(orgId);
      expect(more).toEqual([]);
      expect(event).toMatchObject({ name: "voice_creation", external_id: id, duplicates: 0 });
      expect(Date.parse(String(event?.timestamp))).toBe(row?.created_at);
    },
  );

  it("serves a WAV that was uploaded as text/html as audio/wav, and stores no Content-Type", async () => {
    const orgId = await givenCustomer({ active: true });
    const created = await upload(orgId, await fixture("speech.wav"), {
      headers: { "Content-Type": "text/html" },
    });
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    const played = await call(`/api/voices/${id}`, { as: orgId });
    expect(played.headers.get("Content-Type")).toBe("audio/wav");
    await played.arrayBuffer();
    const stored = await env.AUDIO.head(`voices/orgs/${orgId}/${id}`);
    expect(stored?.httpMetadata?.contentType).toBeUndefined();
  });

  it("creates a voice from a recording without a Content-Length", async () => {
    const orgId = await givenCustomer({ active: true });
    expect((await upload(orgId, streamOf(await fixture("speech.mp3")))).status).toBe(201);
  });

  describe("a multipart recording without a Content-Length", () => {
    const recording = silentWav(140);
    const chunked = () => streamOf(recording);

    it("is stored byte for byte, and can be replayed with a Content-Length", async () => {
      const orgId = await givenCustomer({ active: true });
      const headers = { "Content-Type": "audio/wav", "Idempotency-Key": "parts" };
      const created = await upload(orgId, chunked(), { headers });
      expect(created.status).toBe(201);
      const { id } = (await created.json()) as { id: string };
      const played = await call(`/api/voices/${id}`, { as: orgId });
      const bytes = await bytesOf(played);
      expect(bytes.length).toBe(recording.length);
      expect(bytes.every((byte, at) => byte === recording[at])).toBe(true);
      expect((await upload(orgId, recording, { headers })).headers.get("Idempotent-Replayed")).toBe("true");
    });

    it.each([
      ["a part cannot be stored", "uploadPart"],
      ["the parts cannot be put together", "complete"],
    ] as const)("is 500 and leaves nothing stored when %s", async (_fact, method) => {
      const orgId = await givenCustomer({ active: true });
      let aborted = 0;
      const createMultipartUpload = async (key: string) => {
        const parts = await env.AUDIO.createMultipartUpload(key);
        const abort = () => {
          aborted += 1;
          return parts.abort();
        };
        return failing(withMethods(parts, { abort }), method);
      };
      const AUDIO = withMethods(env.AUDIO, { createMultipartUpload });
      expect((await upload(orgId, chunked(), { env: { AUDIO } })).status).toBe(500);
      expect(aborted).toBe(1);
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it("is 503 with Retry-After while eight others are being uploaded, and is accepted afterwards", {
      timeout: 30_000,
    }, async () => {
      const orgId = await givenCustomer({ active: true });
      const isolate = newIsolate();
      const stalled = Array.from({ length: 8 }, () => new IdentityTransformStream());
      const running = stalled.map(({ readable }) => upload(orgId, readable, { isolate }));
      await expect.poll(() => hasFreeSlot(isolate)).toBe(false);
      const rejected = await upload(orgId, chunked(), { isolate });
      expect(rejected.status).toBe(503);
      expect(rejected.headers.get("Retry-After")).toBe("10");
      expect((await upload(orgId, recording, { isolate })).status).toBe(201);
      await Promise.all(stalled.map(({ writable }) => writable.close()));
      for (const response of await Promise.all(running)) expect(response.status).toBe(400);
      expect((await upload(orgId, chunked(), { isolate })).status).toBe(201);
    });
  });

  describe("a request that is rejected stores nothing:", () => {
    it.each([
      ["no name", "category=GENERAL&language=en", "invalid_type", "Voice name is required", "name"],
      [
        "a blank name",
        "name=%20%20&category=GENERAL&language=en",
        "too_small",
        "Voice name is required",
        "name",
      ],
      [
        "two names",
        "name=a&name=b&category=GENERAL&language=en",
        "invalid_type",
        "Voice name is required",
        "name",
      ],
      ["no category", "name=a&language=en", "invalid_enum_value", "Invalid category", "category"],
      [
        "another category",
        "name=a&category=OPERA&language=en",
        "invalid_enum_value",
        "Invalid category",
        "category",
      ],
      ["no language", "name=a&category=GENERAL", "invalid_type", "Language is required", "language"],
      [
        "a malformed language",
        "name=a&category=GENERAL&language=en_US",
        "custom",
        "Language must be a BCP 47 tag such as en-US",
        "language",
      ],
    ])("%s is 400 with the documented issue", async (_fact, query, code, message, field) => {
      const orgId = await givenCustomer({ active: true });
      const response = await upload(orgId, await fixture("speech.mp3"), { query });
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({
        error: "Invalid input",
        issues: [{ code, message, path: [field] }],
      });
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it("an empty body is 400", async () => {
      const orgId = await givenCustomer({ active: true });
      for (const body of [null, "", new ArrayBuffer(0)]) {
        const response = await upload(orgId, body);
        expect(response.status).toBe(400);
        expect(await response.json()).toEqual({ error: "Please upload an audio file" });
      }
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it.each([[{}], [{ "Content-Type": "" }], [{ "Content-Type": " ; charset=utf-8" }]])(
      "a body without a media type (headers %j) is 400",
      async (headers) => {
        const orgId = await givenCustomer({ active: true });
        const response = await upload(orgId, await fixture("speech.mp3"), { headers });
        expect(response.status).toBe(400);
        expect(await response.json()).toEqual({ error: "Missing Content-Type header" });
        expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
      },
    );

    it("a recording of 20 MiB and one byte is 413, with or without a Content-Length", async () => {
      const orgId = await givenCustomer({ active: true });
      const tooLarge = new Uint8Array(MAX_UPLOAD_BYTES + 1);
      for (const body of [tooLarge, streamOf(tooLarge)]) {
        const response = await upload(orgId, body);
        expect(response.status).toBe(413);
        expect(await response.json()).toEqual({ error: "Audio file exceeds the 20 MB size limit" });
      }
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it("a Content-Length of 20 MiB and one byte is 413 before R2 is called", async () => {
      const orgId = await givenCustomer({ active: true });
      const { isolate, r2 } = newCountingIsolate();
      const headers = { "Content-Type": "audio/wav", "Content-Length": `${MAX_UPLOAD_BYTES + 1}` };
      expect((await upload(orgId, "x", { isolate, headers })).status).toBe(413);
      expect(r2).toEqual({});
    });

    it("an upload without a Content-Length whose connection breaks is 400", async () => {
      const orgId = await givenCustomer({ active: true });
      const body = new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(1000));
          controller.error(new Error("connection lost"));
        },
      });
      const response = await upload(orgId, body);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error: "The upload was interrupted. Please try again." });
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it("an upload with a Content-Length whose connection breaks fails", async () => {
      const orgId = await givenCustomer({ active: true });
      const bytes = new Uint8Array(await fixture("speech.wav"));
      const headers = { "Content-Type": "audio/wav", "Content-Length": `${bytes.byteLength}` };
      const response = await upload(orgId, brokenOff(bytes, 100_000), { headers });
      expect(response.ok).toBe(false);
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it("a body of exactly 20 MiB that is not audio is 422, not 413", async () => {
      const orgId = await givenCustomer({ active: true });
      const response = await upload(orgId, new Uint8Array(MAX_UPLOAD_BYTES));
      expect(response.status).toBe(422);
    });

    it.each([
      ["text", "This is no audio."],
      ["an HTML page", "<!doctype html><script>alert(1)</script>".repeat(100)],
      ["noise", Uint8Array.from({ length: 60_000 }, (_, index) => (index * index * 31 + index * 7) >> 3)],
    ])("%s is 422", async (_fact, body) => {
      const orgId = await givenCustomer({ active: true });
      const response = await upload(orgId, body);
      expect(response.status).toBe(422);
      expect(await response.json()).toEqual({ error: "File is not a valid audio file" });
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it("a recording shorter than 10 seconds is 422 with its duration in the message", async () => {
      const orgId = await givenCustomer({ active: true });
      const response = await upload(orgId, await fixture("short.mp3"));
      expect(response.status).toBe(422);
      expect(await response.json()).toEqual({
        error: "Audio too short (2.1s). Minimum duration is 10 seconds.",
      });
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });
  });

  describe("a request with several errors is answered in the documented order:", () => {
    const everythingWrong = { query: "category=OPERA", headers: {} };

    it("a missing session is 401 before anything else", async () => {
      const response = await call("/api/voices/create", { method: "POST", body: "" });
      expect(response.status).toBe(401);
    });

    it("a missing subscription is 403 before invalid input is 400", async () => {
      const orgId = await givenCustomer({ active: false });
      expect((await upload(orgId, null, everythingWrong)).status).toBe(403);
    });

    it("invalid input is 400 before an empty body", async () => {
      const orgId = await givenCustomer({ active: true });
      expect(await (await upload(orgId, null, everythingWrong)).json()).toMatchObject({
        error: "Invalid input",
      });
    });

    it("an empty body is 400 before a missing Content-Type", async () => {
      const orgId = await givenCustomer({ active: true });
      const response = await upload(orgId, null, { headers: {} });
      expect(await response.json()).toEqual({ error: "Please upload an audio file" });
    });

    it("a body over 20 MiB is 413 before a missing Content-Type is 400", async () => {
      const orgId = await givenCustomer({ active: true });
      const response = await upload(orgId, "x", { headers: { "Content-Length": `${MAX_UPLOAD_BYTES + 1}` } });
      expect(response.status).toBe(413);
    });

    it("a missing Content-Type is 400 before invalid audio is 422", async () => {
      const orgId = await givenCustomer({ active: true });
      expect((await upload(orgId, new Uint8Array(8), { headers: {} })).status).toBe(400);
    });
  });

  describe("the subscription check", () => {
    it.each([
      ["has no active subscription", () => givenCustomer({ active: false })],
      ["is unknown to Polar", async () => newOrg()],
    ])("is 403 when the organisation %s", async (_fact, given) => {
      const orgId = await given();
      const response = await upload(orgId, await fixture("speech.mp3"));
      expect(response.status).toBe(403);
      expect(await response.json()).toEqual({ error: "SUBSCRIPTION_REQUIRED" });
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it.each([
      ["is down", { kind: "status", status: 503 }, "10"],
      ["is rate-limiting, with Polar's own Retry-After", { kind: "status", status: 429 }, "7"],
      ["rejects our credentials", { kind: "status", status: 401 }, "10"],
      ["breaks the connection", { kind: "lose_response" }, "10"],
      ["does not respond within 5 seconds", { kind: "hang" }, "10"],
    ] as const)("is 500 with Retry-After when Polar %s", async (_fact, fault, retryAfter) => {
      const timeout = shortenAbortTimeouts();
      const orgId = await givenCustomer({ active: true });
      await givenPolarFault({ target: "customers", ...fault });
      const response = await upload(orgId, await fixture("speech.mp3"));
      expect(response.status).toBe(500);
      expect(response.headers.get("Retry-After")).toBe(retryAfter);
      expect(timeout).toHaveBeenCalledWith(5000);
      expect(await response.json()).toEqual({
        error: "Your subscription could not be checked right now. Please try again.",
      });
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it("is 500 with Retry-After when Polar cannot be reached", async () => {
      const orgId = await givenCustomer({ active: true });
      const unreachable = { POLAR_BASE_URL: "https://unreachable.test" };
      const response = await upload(orgId, await fixture("speech.mp3"), { env: unreachable });
      expect(response.status).toBe(500);
      expect(response.headers.get("Retry-After")).toBe("10");
    });

    it("is 500, not 403, when Polar answers a 404 that does not concern the customer", async () => {
      const orgId = await givenCustomer({ active: true });
      const wrongAddress = { POLAR_BASE_URL: "https://polar.test/v1" };
      expect((await upload(orgId, await fixture("speech.mp3"), { env: wrongAddress })).status).toBe(500);
    });

    it("is the only thing that waits for Polar: the event is delivered after the response", async () => {
      const orgId = await givenCustomer({ active: true });
      await givenPolarFault({ target: "events", kind: "hang" });
      shortenAbortTimeouts();
      let isDelivered = false;
      const { response, backgroundWork } = dispatch(
        `/api/voices/create?${new URLSearchParams(VALID_QUERY)}`,
        {
          method: "POST",
          headers: {
            Authorization: `Bearer ${await sessionToken({ orgId })}`,
            "Content-Type": "audio/mpeg",
          },
          body: await fixture("speech.mp3"),
        },
      );
      const done = response.then(backgroundWork).then(() => {
        isDelivered = true;
      });
      expect((await response).status).toBe(201);
      expect(isDelivered).toBe(false);
      await done;
    });

    it("does not include metering: a voice is created while Polar accepts no events", async () => {
      const orgId = await givenCustomer({ active: true });
      await givenPolarFault({ target: "events", kind: "status", status: 503 });
      const response = await upload(orgId, await fixture("speech.mp3"));
      expect(response.status).toBe(201);
      expect(await storedCounts(orgId)).toEqual({ rows: 1, objects: 1, events: 0 });
    });
  });

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
      const batch = async (statements: D1PreparedStatement[]) => {
        const results = await env.DB.batch(statements);
        if (statements.length === COMPLETION_STATEMENTS) throw new Error("response lost");
        return results;
      };
      const DB = withMethods(env.DB, { batch });
      const response = await upload(orgId, await fixture("speech.mp3"), { env: { DB } });
      expect(response.status).toBe(201);
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
