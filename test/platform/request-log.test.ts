// The log line of a request, X-Request-Id and Server-Timing.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { failing, failingQueries } from "../support/bindings.ts";
import { call, newIsolate } from "../support/call.ts";
import {
  AUDIO_TEXT,
  givenCustomer,
  givenGeneration,
  givenPolarFault,
  givenVoice,
  newOrg,
  resetPolar,
} from "../support/fixtures.ts";
import { newGeneration, putAudio, putJson } from "../support/ingest.ts";
import { captureLog, requestLines } from "../support/log.ts";
import { sessionToken } from "../support/tokens.ts";
import { upload } from "../support/uploads.ts";
import { silentWav } from "../support/wav.ts";

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

afterEach(async () => {
  vi.restoreAllMocks();
  await resetPolar();
});

describe("X-Request-Id", () => {
  it.each([
    ["/api/audio/none", 404],
    ["/api/nothing", 404],
    ["/nothing", 404],
  ])("is on the response to %s", async (path, status) => {
    const response = await call(path, { as: newOrg() });
    expect(response.status).toBe(status);
    expect(response.headers.get("X-Request-Id")).toMatch(UUID);
    await response.text();
  });

  it("is the client's own if that has 1 to 64 letters, digits, `_`, `.` and `-`, otherwise a UUID", async () => {
    const requestIdFor = async (id: string) => {
      const response = await call("/nothing", { headers: { "X-Request-Id": id } });
      await response.text();
      return response.headers.get("X-Request-Id");
    };
    expect(await requestIdFor("trace_1.a-b")).toBe("trace_1.a-b");
    for (const malformed of ['"}{', "a b", "x".repeat(65), "", "cron-1"])
      expect(await requestIdFor(malformed)).toMatch(UUID);
  });

  it("is in every line that its request logs, also after the response", async () => {
    const orgId = await givenCustomer({ active: true });
    await givenPolarFault({ target: "events", kind: "status", status: 503 });
    const lines = captureLog();
    const isolate = newIsolate({
      VOICE_CREATION_RATE_LIMIT: failing(env.VOICE_CREATION_RATE_LIMIT, "limit"),
    });
    const headers = { "Content-Type": "audio/wav", "X-Request-Id": "creation-1" };
    expect((await upload(orgId, silentWav(11), { headers, isolate })).status).toBe(201);
    expect(lines.map(({ event, requestId }) => [event, requestId])).toEqual([
      ["rate_limit_failed", "creation-1"],
      ["request", "creation-1"],
      ["metering_delivery_failed", "creation-1"],
    ]);
  });

  it.each([
    ["generation", givenGeneration, "audio"],
    ["voice", givenVoice, "voices"],
  ] as const)("is in both lines of a play of a %s that R2 fails", async (kind, given, path) => {
    const orgId = newOrg();
    const isolate = newIsolate({ AUDIO: failing(env.AUDIO, "get") });
    const lines = captureLog();
    const headers = { "X-Request-Id": "play-1" };
    await (await call(`/api/${path}/${await given(orgId)}`, { as: orgId, headers, isolate })).text();
    expect(lines.map(({ event, requestId }) => [event, requestId])).toEqual([
      [`${kind}_unavailable`, "play-1"],
      ["request", "play-1"],
    ]);
  });
});

describe("the log line of a request", () => {
  it("has its route, organisation, status, bytes, cache status, operations and durations", async () => {
    const id = await givenGeneration("org_line");
    const lines = captureLog();
    const response = await call(`/api/audio/${id}?token=hidden`, {
      as: "org_line",
      headers: { Range: "bytes=0-4" },
    });
    await response.arrayBuffer();
    const [line, ...others] = lines;
    expect(others).toEqual([]);
    const usage = { operations: 1, milliseconds: expect.any(Number) };
    expect(line).toEqual({
      event: "request",
      requestId: response.headers.get("X-Request-Id"),
      method: "GET",
      route: "/api/audio/:generationId",
      status: 206,
      orgId: "org_line",
      bytesOut: 5,
      cache: "Resonance; fwd=bypass",
      d1: usage,
      r2: usage,
      milliseconds: expect.any(Number),
    });
  });

  it.each([
    ["GET", "/nothing", null, 404],
    ["GET", "/api/nothing", null, 404],
    ["PUT", "/api/audio/x", null, 405],
    ["GET", "/api/voices/x", "/api/voices/:voiceId", 401],
    ["POST", "/api/voices/create?name=Private", "/api/voices/create", 401],
  ])("for %s %s has the route %s, the status %i and no organisation", async (method, path, route, status) => {
    const lines = captureLog();
    await (await call(path, { method })).text();
    expect(requestLines(lines)).toEqual([expect.objectContaining({ method, route, status })]);
    expect(requestLines(lines)[0]).not.toHaveProperty("orgId");
  });

  it("has the organisation that a backend acts for, also when D1 fails", async () => {
    const lines = captureLog();
    const database = { DB: failingQueries(env.DB, /insert/) };
    const response = await putJson(crypto.randomUUID(), newGeneration("org_line"), { env: database });
    await response.text();
    expect(requestLines(lines)).toMatchObject([{ status: 500, orgId: "org_line" }]);
  });

  it("has the organisation that a backend acts for", async () => {
    const lines = captureLog();
    await (await putJson(crypto.randomUUID(), newGeneration("org_line"))).text();
    expect(requestLines(lines)).toMatchObject([
      { route: "/internal/generations/:generationId", status: 201, orgId: "org_line" },
    ]);
  });

  it("has the facts of the audio that the request stored, and no others", async () => {
    const orgId = await givenCustomer({ active: true });
    const id = crypto.randomUUID();
    const lines = captureLog();
    for (const response of [
      await upload(orgId, silentWav(11)),
      await upload(orgId, silentWav(9)),
      await putJson(id, newGeneration(orgId)),
      await putAudio(id, silentWav(2)),
      await putAudio(id, silentWav(2)),
    ])
      await response.text();
    const facts = { codec: "PCM", sampleRateHz: 44_100, channels: 1, bitsPerSample: 16 };
    expect(requestLines(lines).map(({ status, audio }) => [status, audio])).toEqual([
      [201, { ...facts, bitrateBps: 705_632 }],
      [422, undefined],
      [201, undefined],
      [200, { ...facts, bitrateBps: 705_776 }],
      [200, undefined],
    ]);
  });

  it("has no outgoing bytes for a HEAD, and the incoming bytes of an upload", async () => {
    const id = await givenVoice("org_line");
    const lines = captureLog();
    const head = await call(`/api/voices/${id}`, { as: "org_line", method: "HEAD" });
    expect(head.headers.get("Content-Length")).toBe(String(AUDIO_TEXT.length));
    await (await upload(newOrg(), "12345")).text();
    expect(requestLines(lines)).toEqual([
      expect.objectContaining({ bytesOut: 0 }),
      expect.objectContaining({ bytesIn: 5, status: 403 }),
    ]);
  });

  it("contains no token, no query string, no Idempotency-Key and no body", async () => {
    const orgId = await givenCustomer({ active: true });
    const token = await sessionToken({ orgId });
    const lines = captureLog();
    const secrets = ["PrivateName", "PrivateDescription", "private-key-1", token];
    const query = {
      name: secrets[0] ?? "",
      category: "GENERAL",
      language: "en",
      description: secrets[1] ?? "",
    };
    const headers = {
      "Content-Type": "audio/wav",
      "Idempotency-Key": "private-key-1",
      Authorization: `Bearer ${token}`,
    };
    for (const body of [silentWav(11), "PrivateBody"])
      await (await upload(orgId, body, { query, headers })).text();
    expect(lines.length).toBeGreaterThan(1);
    const logged = JSON.stringify(lines);
    for (const secret of [...secrets, "PrivateBody"]) expect(logged).not.toContain(secret);
  });
});

it("the log line of a failed query contains no user input", async () => {
  const lines = captureLog();
  const search = "x\n    at Secret.search (secret.js:1:1)\nat SECRET";
  const path = `/api/voices?search=${encodeURIComponent(search)}`;
  for (const overrides of [
    { DB: failingQueries(env.DB, /select/) },
    { SEARCH_DB: failingQueries(env.SEARCH_DB, /match/) },
  ]) {
    const as = newOrg();
    await givenVoice(as);
    await (await call(path, { as, env: overrides })).text();
    const [failure] = lines.splice(0).filter(({ event }) => event === "search_unavailable");
    expect(failure).toMatchObject({ cause: { name: "Error", at: expect.any(Array) } });
    expect(JSON.stringify(failure)).not.toMatch(/secret/i);
  }
});

it("Server-Timing has the number of D1 and R2 operations", async () => {
  const id = await givenGeneration("org_line");
  const isolate = newIsolate();
  const serverTiming = async () => {
    const response = await call(`/api/audio/${id}`, { as: "org_line", isolate });
    await response.arrayBuffer();
    return response.headers.get("Server-Timing")?.replaceAll(/dur=\d+/g, "dur=N");
  };
  expect(await serverTiming()).toBe('d1;dur=N;desc="1", r2;dur=N;desc="1", total;dur=N');
  expect(await serverTiming()).toBe('d1;dur=N;desc="0", r2;dur=N;desc="1", total;dur=N');
});

it("the log line of a creation counts 6 D1 operations, a batch as one, and 1 R2 operation", async () => {
  const orgId = await givenCustomer({ active: true });
  const lines = captureLog();
  expect((await upload(orgId, silentWav(11))).status).toBe(201);
  // D1: reads the subscription, takes a call to Polar, stores the answer, begins and commits the upload, takes a call for
  // the event. R2: stores the recording, which the analysis Worker reads.
  expect(requestLines(lines)).toMatchObject([{ d1: { operations: 6 }, r2: { operations: 1 } }]);
});
