// The internal HTTP API: authentication, beginning a generation, recording its failure.
import { describe, expect, it } from "vitest";
import { bytesOf, call, newCountingIsolate, statusOf } from "../support/call.ts";
import { givenVoice, newOrg } from "../support/fixtures.ts";
import {
  getAudio,
  givenBegunGeneration,
  INGEST_SECRET,
  ingest,
  newGeneration,
  newId,
  putAudio,
  putJson,
} from "../support/ingest.ts";
import { silentWav } from "../support/wav.ts";

const WAV = silentWav(2);

it("a generation is 404 before it is begun, 409 until its audio is stored, then 200, and always 404 to others", async () => {
  const [id, orgId, other] = [newId(), newOrg(), newOrg()];
  const statuses = async () => [await statusOf(getAudio(id, orgId)), await statusOf(getAudio(id, other))];
  expect(await statuses()).toEqual([404, 404]);
  const voiceId = await givenVoice(orgId);
  const begun = await putJson(id, newGeneration(orgId, { voiceId, temperature: 0.5, topK: 7 }));
  expect(begun.status).toBe(201);
  expect(await begun.json()).toMatchObject({
    id,
    voiceId,
    state: "processing",
    text: "Hello there",
    temperature: 0.5,
    topP: 0.95,
    topK: 7,
    repetitionPenalty: 1.2,
    audioUrl: null,
  });
  expect(await statuses()).toEqual([409, 404]);

  const stored = await putAudio(id, WAV);
  expect(stored.status).toBe(200);
  expect(await stored.json()).toMatchObject({
    state: "ready",
    durationSeconds: 2,
    sizeBytes: WAV.byteLength,
    audioUrl: `/api/audio/${id}`,
  });
  expect(await statuses()).toEqual([200, 404]);
  const played = await getAudio(id, orgId);
  expect(played.headers.get("Content-Type")).toBe("audio/wav");
  expect(await bytesOf(played)).toEqual(WAV);
});

describe("the internal API", () => {
  const steps = ["x", "x/audio", "x/failure"];

  it.each(steps)("PUT %s without the secret is 401 and touches neither D1 nor R2", async (step) => {
    for (const Authorization of ["", "Bearer wrong", `Basic ${INGEST_SECRET}`, `Bearer ${INGEST_SECRET}x`]) {
      const { isolate, d1, r2 } = newCountingIsolate({ INGEST_SECRET });
      const response = await ingest(step, { body: "x", headers: { Authorization }, isolate });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({ error: "Unauthorized" });
      expect({ d1, r2 }).toEqual({ d1: {}, r2: {} });
    }
  });

  it("is 401 with the session token of a user", async () => {
    const request = { method: "PUT", as: newOrg(), env: { INGEST_SECRET } };
    expect(await statusOf(call("/internal/generations/x", request))).toBe(401);
  });

  it.each(steps)("%s is 404 for every method when INGEST_SECRET is unset", async (step) => {
    for (const method of ["PUT", "GET", "POST"]) {
      const response = await ingest(step, { method, env: { INGEST_SECRET: "" } });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ error: "Not found" });
    }
  });

  it("accepts both secrets during a rotation", async () => {
    const two = { INGEST_SECRET: `${"new-secret-".repeat(4)}, ${INGEST_SECRET}` };
    expect(await statusOf(putJson(newId(), newGeneration(newOrg()), { env: two }))).toBe(201);
    const headers = { Authorization: `Bearer ${"new-secret-".repeat(4)}` };
    expect(await statusOf(putJson(newId(), newGeneration(newOrg()), { env: two, headers }))).toBe(201);
  });

  it("is 500 (misconfigured) when the secret is shorter than 32 characters", async () => {
    expect(await statusOf(ingest("x", { env: { INGEST_SECRET: "short" } }))).toBe(500);
  });
});

describe("beginning a generation", () => {
  it("again with the same input is 200 and changes nothing, also after its voice was deleted", async () => {
    const [id, orgId] = [newId(), newOrg()];
    const voiceId = await givenVoice(orgId);
    const input = newGeneration(orgId, { voiceId });
    expect(await statusOf(putJson(id, input))).toBe(201);
    expect(await statusOf(putJson(id, input))).toBe(200);
    await call(`/api/voices/${voiceId}`, { as: orgId, method: "DELETE" });
    expect(await statusOf(putJson(id, input))).toBe(200);
  });

  it("replaces a lone surrogate in its text by U+FFFD, and is 200 with the same input again", async () => {
    const [id, input] = [newId(), newGeneration(newOrg(), { text: "b\ud83d", voiceName: "\udc00" })];
    const begun = await putJson(id, input);
    expect(await begun.json()).toMatchObject({ text: "b\ufffd", voiceName: "\ufffd" });
    expect(await statusOf(putJson(id, input))).toBe(200);
  });

  it("keeps every other character of its text, also one that reverses the text after it", async () => {
    const text = "\u2067\u0634\u2069 \u202ereversed\u202c\r\n\u200b";
    const begun = await putJson(newId(), newGeneration(newOrg(), { text }));
    expect(await begun.json()).toMatchObject({ text });
  });

  it("with an id that another generation has is 409, also across organisations", async () => {
    const { id, orgId } = await givenBegunGeneration();
    for (const input of [
      newGeneration(orgId, { text: "Something else" }),
      newGeneration(orgId, { topK: 1 }),
      newGeneration(newOrg()),
    ]) {
      const response = await putJson(id, input);
      expect(response.status).toBe(409);
      expect(await response.json()).toEqual({ error: "Another generation already has this id" });
    }
  });

  it("with many requests at once creates one generation: one is 201 and the others are 200", async () => {
    const [id, input] = [newId(), newGeneration(newOrg())];
    const statuses = await Promise.all(Array.from({ length: 8 }, () => statusOf(putJson(id, input))));
    expect(statuses.sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
  });

  it("accepts a system voice, and is 400 for a voice of another organisation and for an unknown one", async () => {
    const system = await givenVoice(null);
    expect(await statusOf(putJson(newId(), newGeneration(newOrg(), { voiceId: system })))).toBe(201);
    for (const voiceId of [await givenVoice(newOrg()), "none"]) {
      const response = await putJson(newId(), newGeneration(newOrg(), { voiceId }));
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ issues: [{ path: ["voiceId"] }] });
    }
  });

  it.each([
    ["orgId", { orgId: undefined }],
    ["orgId", { orgId: "../system" }],
    ["voiceName", { voiceName: "" }],
    ["text", { text: 7 }],
    ["topK", { topK: 1.5 }],
    ["topK", { topK: 2 ** 31 }],
    ["text", { text: "a\0b" }],
    ["voiceName", { voiceName: "\u200b\u3164" }],
    ["voiceName", { voiceName: "Ann\u202egpj" }],
  ])("is 400 and names the field %s when the input has %j", async (field, more) => {
    const response = await putJson(newId(), newGeneration(newOrg(), more));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "Invalid input", issues: [{ path: [field] }] });
  });

  it.each(["a%2Fb", "a.b", "x".repeat(65), "%E0", "%zz"])(
    "is 400 with the id %s, which cannot be part of an R2 key",
    async (id) => {
      const response = await putJson(id, newGeneration(newOrg()));
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ issues: [{ path: ["generationId"] }] });
    },
  );

  it("with a body that is not JSON, has another media type or is too large is 400, 415 or 413", async () => {
    const malformed = await ingest(newId(), { body: "{", headers: { "Content-Type": "application/json" } });
    expect([malformed.status, await malformed.json()]).toEqual([
      400,
      { error: "The request body is not valid JSON" },
    ]);
    const untyped = await ingest(newId(), { body: JSON.stringify(newGeneration(newOrg())) });
    expect(untyped.status).toBe(415);
    expect(await untyped.json()).toMatchObject({ error: expect.stringContaining("application/json") });
    const large = await putJson(newId(), newGeneration(newOrg(), { text: "x".repeat(1024 * 1024) }));
    expect(await statusOf(Promise.resolve(large))).toBe(413);
  });
});

describe("recording that a generation failed", () => {
  it("shows it as failed with its reason, until audio is stored all the same", async () => {
    const { id, orgId } = await givenBegunGeneration();
    const reason = "The voice could not be loaded";
    for (const _repetition of [1, 2]) {
      const failed = await putJson(`${id}/failure`, { reason });
      expect(failed.status).toBe(200);
      expect(await failed.json()).toMatchObject({ state: "failed", failureReason: reason });
    }
    const rejected = await getAudio(id, orgId);
    expect([rejected.status, await rejected.json()]).toEqual([
      409,
      { error: "The audio could not be generated. Please generate it again." },
    ]);
    expect(await (await putAudio(id, WAV)).json()).toMatchObject({ state: "ready", failureReason: null });
    expect(await statusOf(getAudio(id, orgId))).toBe(200);
  });

  it("is 409 once the audio is stored, 404 for an unknown generation, and 400 without a reason", async () => {
    const { id } = await givenBegunGeneration();
    await statusOf(putAudio(id, WAV));
    expect(await statusOf(putJson(`${id}/failure`, { reason: "late" }))).toBe(409);
    expect(await statusOf(putJson(`${newId()}/failure`, { reason: "late" }))).toBe(404);
    expect(await statusOf(putJson(`${id}/failure`, { reason: " " }))).toBe(400);
  });
});
